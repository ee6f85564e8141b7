import fc from 'fast-check'
import type { FeatureDefinition, FeatureGroup } from '../../../store/groups/feature-group.ts'

export type Value = string | string[] | undefined

export const DEFINITIONS: FeatureDefinition[] = [
  { FeatureName: 'id', FeatureType: 'String' },
  { FeatureName: 'time', FeatureType: 'String' },
  { FeatureName: 'Whole', FeatureType: 'Integral' },
  { FeatureName: 'Real', FeatureType: 'Fractional' },
  { FeatureName: 'Text', FeatureType: 'String' },
  { FeatureName: 'Wholes', FeatureType: 'Integral', CollectionType: 'Set' },
  { FeatureName: 'Texts', FeatureType: 'String', CollectionType: 'List' },
  {
    FeatureName: 'Reals',
    FeatureType: 'Fractional',
    CollectionType: 'Vector',
    CollectionConfig: { VectorConfig: { Dimension: 2 } },
  },
]

export const GROUP: FeatureGroup = {
  groupId: 'g',
  revision: 1,
  FeatureGroupName: 'things',
  FeatureGroupArn: 'arn:aws:sagemaker:eu-west-1:123456789012:feature-group/things',
  RecordIdentifierFeatureName: 'id',
  EventTimeFeatureName: 'time',
  FeatureDefinitions: DEFINITIONS,
  Tags: [],
  creationTime: 0,
  lastModifiedTime: 0,
  isUpdated: false,
  additions: [],
}

export const MIN = '-9223372036854775808'
export const MAX = '9223372036854775807'

/** A column, an operator with what it compares with, and a value of the column, or none. */
export function someTriple() {
  const whole = fc.oneof(
    fc.integer({ min: -3, max: 3 }).map(String),
    fc.constantFrom(
      MIN,
      MAX,
      '9007199254740991',
      '9007199254740992',
      '9007199254740993',
      '-9007199254740993',
      '+2',
      '002',
    ),
  )
  const real = fc.constantFrom(
    '0',
    '-0',
    '1',
    '1.0',
    '0.1',
    '.1',
    '1e-1',
    '-1.5',
    '1e300',
    '0.30000000000000004',
    '0.3',
  )
  const text = fc.string({ unit: fc.constantFrom('a', 'b', 'B', '\u{1f600}', '\uffff', ' '), maxLength: 2 })
  const texts: { [type: string]: fc.Arbitrary<string> } = { Integral: whole, Fractional: real, String: text }
  return fc
    .constantFrom(...DEFINITIONS)
    .chain(({ FeatureName, FeatureType, CollectionType }) => {
      const one = texts[FeatureType] ?? text
      const value: fc.Arbitrary<string | string[]> =
        CollectionType === undefined ? one : fc.array(one, { maxLength: 3 })
      const operand = fc.option(one)
      const compared = fc.record({ operator: fc.constantFrom('<', '>', '<=', '>=', '=', '<>'), operand })
      const within = fc.record({ operator: fc.constant('within'), operand: fc.tuple(operand, operand) })
      const isIn = fc.record({ operator: fc.constant('in'), operand: fc.array(operand, { maxLength: 4 }) })
      const triple: fc.Arbitrary<{ operator: string; operand: unknown }> = fc.oneof(compared, within, isIn)
      return fc.record({ column: fc.constant(FeatureName), triple, value: fc.option(value, { nil: undefined }) })
    })
    .map(({ column, triple, value }) => ({ column, value, ...triple }))
}

/** q's rules as they are written, one value at a time, on BigInt, double and bytes. */
export function plainly(column: string, [value, operator, operand]: [Value, string, unknown]): boolean {
  const type = DEFINITIONS.find(({ FeatureName }) => FeatureName === column)?.FeatureType
  const order = (a: string | null, b: string | null): number => {
    if (a === null || b === null) return Number(a !== null) - Number(b !== null)
    if (type === 'Integral') return Number(BigInt(a.replace('+', '')) - BigInt(b.replace('+', '')))
    return type === 'Fractional' ? Number(a) - Number(b) : Buffer.compare(Buffer.from(a), Buffer.from(b))
  }
  const values = Array.isArray(value) ? (value.length === 0 ? [null] : value) : [value ?? null]
  const operands = (Array.isArray(operand) ? operand : [operand]) as (string | null)[]
  const [first = null, second = null] = operands
  const rules: { [operator: string]: () => boolean } = {
    '=': () => values.some((one) => order(one, first) === 0),
    '<>': () => values.every((one) => order(one, first) !== 0),
    '<': () => values.some((one) => order(one, first) < 0),
    '>': () => values.some((one) => order(one, first) > 0),
    '<=': () => values.some((one) => order(one, first) <= 0),
    '>=': () => values.some((one) => order(one, first) >= 0),
    within: () => values.some((one) => order(one, first) >= 0 && order(one, second) <= 0),
    in: () => values.some((one) => operands.some((other) => order(one, other) === 0)),
  }
  return rules[operator]?.() ?? false
}
