import fc from 'fast-check'
import type { Input } from './request.ts'

interface BadFeatures {
  kind: string
  changed: Input[]
  names: string[]
}

/** Feature values of `wide` that its schema does not allow, the identifier and the event time left as they are. */
export const badFeatures: fc.Arbitrary<BadFeatures> = fc.oneof(
  badScalar(
    'count',
    fc.oneof(
      fc.constantFrom(...notIntegral()),
      fc.string().filter((text) => !/^[+-]?\d+$/.test(text)),
    ),
  ),
  badScalar(
    'count',
    fc.oneof(
      fc.bigInt({ min: 2n ** 63n, max: 10n ** 40n }).map(String),
      fc.bigInt({ min: -(10n ** 40n), max: -(2n ** 63n) - 1n }).map(String),
    ),
  ),
  badScalar('ratio', fc.oneof(fc.constantFrom(...notFractional()), fc.string().filter(isNoDecimal))),
  fc.constantFrom('Text', 'nope', 'constructor', 'write_time', 'COUNT', 'toString').map((name) => ({
    kind: 'a feature that the group does not have',
    changed: [{ FeatureName: name, ValueAsString: '1' }],
    names: [name],
  })),
  fc.constantFrom('text', 'count').map((name) => ({
    kind: 'a feature named twice',
    changed: [
      { FeatureName: name, ValueAsString: '1' },
      { FeatureName: name, ValueAsString: '1' },
    ],
    names: [name],
  })),
  fc
    .constantFrom<Input>(
      { FeatureName: 'text', ValueAsStringList: ['a'] },
      { FeatureName: 'text', ValueAsString: 'a', ValueAsStringList: ['a'] },
      { FeatureName: 'words', ValueAsString: 'a' },
      { FeatureName: 'codes', ValueAsString: '1' },
      { FeatureName: 'place', ValueAsString: '[1,2,3]' },
      { FeatureName: 'codes', ValueAsStringList: ['1', '1.5'] },
      { FeatureName: 'codes', ValueAsStringList: ['9223372036854775808'] },
      { FeatureName: 'codes', ValueAsStringList: [''] },
      { FeatureName: 'place', ValueAsStringList: [] },
      { FeatureName: 'place', ValueAsStringList: ['1', '2'] },
      { FeatureName: 'place', ValueAsStringList: ['1', '2', '3', '4'] },
      { FeatureName: 'place', ValueAsStringList: ['1', '2', 'NaN'] },
    )
    .map((value) => ({ kind: 'a collection or none', changed: [value], names: [String(value['FeatureName'])] })),
  fc.constantFrom('x'.repeat(358_400), 'é'.repeat(180_000), '😀'.repeat(89_600)).map((text) => ({
    kind: 'a record past 350 KB',
    changed: [{ FeatureName: 'text', ValueAsString: text }],
    names: ['358400'],
  })),
)

function badScalar(feature: string, texts: fc.Arbitrary<string>) {
  return texts.map((text) => ({
    kind: `a ${feature} of another type`,
    changed: [{ FeatureName: feature, ValueAsString: text }],
    names: [feature, text.slice(0, 100)],
  }))
}

function notIntegral(): string[] {
  return [
    '',
    '1.0',
    '1e3',
    ' 1',
    '1 ',
    '0x1',
    '٣',
    'NaN',
    '1_000',
    '--1',
    '+',
    '-',
    '1,000',
    'true',
    '½',
    '1\n',
    '\u00001',
  ]
}

function notFractional(): string[] {
  return [
    '',
    'NaN',
    'Infinity',
    '-Infinity',
    '1e309',
    '-1e400',
    '.',
    'e5',
    '1,5',
    '0x1p3',
    '1e',
    ' 1',
    '1.5.2',
    '1f',
    '٣.٥',
  ]
}

function isNoDecimal(text: string): boolean {
  return !/^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?$/.test(text)
}
