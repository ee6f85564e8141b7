import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { compileFilter, filterColumns } from '../../../store/deletes/filter.ts'
import type { StoredFeature } from '../../../store/offline/stored-features.ts'
import { DEFINITIONS, GROUP, MAX, MIN, plainly, someTriple, type Value } from './plain-filter.ts'

type Case = [value: Value, operator: string, operand: unknown, isMatch: boolean]

function record(features: { [name: string]: Value }): Map<string, StoredFeature> {
  const stored = new Map<string, StoredFeature>()
  for (const [FeatureName, value] of Object.entries(features)) {
    if (value === undefined) continue
    stored.set(FeatureName, {
      FeatureName,
      ...(typeof value === 'string' ? { ValueAsString: value } : { ValueAsStringList: value }),
    })
  }
  return stored
}

function isMatch(column: string, [value, operator, operand]: [Value, string, unknown]): boolean {
  return compileFilter(GROUP, [[operator, column, operand]])(record({ [column]: value }))
}

/** Cases of one vector of q's: the values, and of each whether it matches, as in `01011b`. */
function vector(values: (string | undefined)[], operator: string, operand: unknown, bits: string): Case[] {
  return values.map((value, at) => [value, operator, operand, bits[at] === '1'])
}

/** The examples of each page, with q's own answers. */
const PAGES: { [page: string]: { [column: string]: Case[] } } = {
  'https://code.kx.com/q/basics/comparison/': {
    Whole: [
      ...vector(['1', '-2', '0', '1', undefined, `-${MAX}`], '<', 0, '010011'),
      ...vector(['10', '4', undefined], '<=', 5, '011'),
      ...vector([undefined], '=', null, '1'),
      ...vector([undefined], '<', `-${MAX}`, '1'),
      ...vector(['5'], '>', 4, '1'),
    ],
    Real: [...vector([undefined], '=', null, '1'), ...vector([undefined], '<', -1.7976931348623157e308, '1')],
    Text: [
      ...vector(['w', 'o', 'r', 'l', 'd'], '=', 'l', '00010'),
      ...vector(['alpha'], '>', 'omega', '0'),
      ...vector(['0'], '<', 'f', '1'),
    ],
  },
  'https://code.kx.com/q/ref/less-than/': {
    Whole: [
      ...vector(['2', '3', '4'], '>', 3, '001'),
      ...vector(['2', '3', '4'], '>=', 3, '011'),
      ...vector(['20', '30'], '<', 5, '00'),
      ...vector(['10', '-21', '3'], '<=', 5, '011'),
      ...vector(['4', '5', '-6'], '<=', 5, '111'),
      ...vector(['4', '5', '-6'], '<', 5, '101'),
    ],
  },
  'https://code.kx.com/q/ref/equal/': {
    Whole: vector(['2', '3', '4'], '=', 3, '010'),
    Text: [...vector(['a', 'b', 'c'], '=', 'a', '100'), ...vector(['a', 'b', 'c'], '<>', 'a', '011')],
  },
  'https://code.kx.com/q/ref/within/': {
    Whole: [
      ...vector(['1', '3', '10', '6', '4'], 'within', [2, 6], '01011'),
      ...vector(['5'], 'within', [1, 3], '0'),
      ...vector(['5'], 'within', [2, 5], '1'),
      ...vector(['5'], 'within', [6, 7], '0'),
      ...vector(['2'], 'within', [1, 3], '1'),
      ...vector(['6'], 'within', [6, 7], '1'),
    ],
    Text: [
      ...vector([...'acyxmpu'], 'within', ['b', 'r'], '0100110'),
      ...vector(['dd', 'ccc', 'ccc'], 'within', ['c', 'd'], '011'),
    ],
  },
  'https://code.kx.com/q/ref/in/': {
    Whole: vector(['1', '3', '7', '6', '4'], 'in', [5, 4, 1, 6], '10011'),
    Text: [
      ...vector(['x'], 'in', ['a'], '0'),
      ...vector(['w', 'x'], 'in', [...'acdexyz'], '01'),
      ...vector(['london', 'paris', 'rome'], 'in', ['paris', 'rome'], '011'),
    ],
  },
  'https://code.kx.com/q/ref/like/': {
    Text: [
      ...vector(['quick', 'quack', 'Quick'], 'like', 'qu[ai]ck', '110'),
      ...vector(['brawn', 'brown'], 'like', 'br[^o]wn', '10'),
    ],
  },
  'the null rule': {
    Whole: [
      ...vector([undefined, '0'], '<', 1, '11'),
      ...vector([undefined, '0'], '<=', 0, '11'),
      ...vector([undefined, '0'], '<>', 0, '10'),
      ...vector([undefined, '0'], '=', 0, '01'),
      ...vector([undefined, '0'], '>', -1, '01'),
      ...vector([undefined, '0'], '>=', -1, '01'),
      ...vector([undefined, '0'], 'within', [-1, 1], '01'),
      ...vector([undefined, '0'], 'in', [0], '01'),
      ...vector([undefined, '0'], '=', null, '10'),
      ...vector([undefined, '0'], '<>', null, '01'),
      ...vector([undefined, '0'], '<', null, '00'),
      ...vector([undefined, '0'], '<=', null, '10'),
      ...vector([undefined, '0'], '>', null, '01'),
      ...vector([undefined, '0'], '>=', null, '11'),
      ...vector([undefined, '0', '2'], 'in', [null, 0], '110'),
      ...vector([undefined, '0', '2'], 'within', [null, 1], '110'),
      ...vector([undefined, '0'], 'within', [null, null], '10'),
      ...vector([undefined, '0'], 'within', [0, null], '00'),
    ],
    Text: [
      ...vector([undefined, '', 'x'], '=', null, '100'),
      ...vector([undefined, '', 'x'], '=', '', '010'),
      ...vector([undefined, '', 'x'], '<', '', '100'),
      ...vector([undefined, '', 'x'], 'like', '*', '011'),
    ],
    Texts: [
      [undefined, '=', null, true],
      [[], '=', null, true],
      [[''], '=', null, false],
      [[], '<>', 'a', true],
      [[], '<', 'a', true],
      [[], 'like', '*', false],
      [[], 'in', [null], true],
      [[], 'within', ['', 'z'], false],
    ],
  },
  'what the pages leave open': {
    Whole: [
      ...vector(['3'], 'within', [4, 2], '0'),
      ...vector(['3'], 'in', [], '0'),
      ...vector([MAX, '9223372036854775806'], '=', MAX, '10'),
      ...vector(['9007199254740993', '9007199254740992'], '>', '9007199254740992', '10'),
      ...vector([MIN], '<', `-${MAX}`, '1'),
      ...vector(['+0000000000000000007', '7', '-0'], 'in', ['007', 0], '111'),
    ],
    Real: [
      ...vector(['1.0000000000001'], '=', 1, '0'),
      ...vector(['1', '1.0', '10e-1', '+1.'], '=', 1, '1111'),
      ...vector(['0.1'], '=', '0.1', '1'),
      ...vector(['-0'], '=', 0, '1'),
    ],
    Text: [
      ...vector(['\u{1f600}'], '>', '\uffff', '1'),
      ...vector(['\u{1f600}', '\uffff'], 'within', ['\uff00', '\uffff'], '01'),
      ...vector(['B', 'a'], '<', 'a', '10'),
      ...vector(['ab', 'a'], '<=', 'a', '01'),
    ],
    Wholes: [
      [['1', '9'], '>', 5, true],
      [['1', '2'], '>', 5, false],
      [['1', '9'], '=', 9, true],
      [['1', '9'], '<>', 9, false],
      [['1', '2'], '<>', 9, true],
      [['1', '9'], 'in', [9, 10], true],
      [['1', '9'], 'within', [2, 8], false],
    ],
    Texts: [[['red', 'green'], 'like', 'gr*', true]],
    Reals: [[['0.5', '1.5'], '<', 0.75, true]],
  },
}

describe('a filter', () => {
  for (const [page, columns] of Object.entries(PAGES)) {
    for (const [column, cases] of Object.entries(columns)) {
      it.each(cases)(`${column} %j: %s %j is %j (${page})`, (value, operator, operand, expected) => {
        expect(isMatch(column, [value, operator, operand])).toBe(expected)
      })
    }
  }

  it('is the conjunction of its triples, and everything without any', () => {
    const one = record({ id: 'a', time: '2026-01-02T00:00:00Z', Whole: '4' })
    expect(compileFilter(GROUP, [])(one)).toBe(true)
    expect(
      compileFilter(GROUP, [
        ['like', 'id', '?'],
        ['<', 'time', '2026-02'],
        ['=', 'Whole', '4'],
      ])(one),
    ).toBe(true)
    expect(
      compileFilter(GROUP, [
        ['like', 'id', '?'],
        ['<', 'time', '2026-02'],
        ['=', 'Whole', '5'],
      ])(one),
    ).toBe(false)
  })

  it('names the features that it reads, each once', () => {
    expect(
      filterColumns([
        ['<', 'b', 1],
        ['=', 'a', 1],
        ['>', 'b', 0],
      ]),
    ).toEqual(['b', 'a'])
  })

  it('that names no feature is refused with the names of all', () => {
    const names = 'id, time, Whole, Real, Text, Wholes, Texts, Reals'
    expect(() => compileFilter(GROUP, [['=', 'whole', 1]])).toThrow(
      `filter[0]: the column 'whole' is no feature of 'things': it must be one of ${names}`,
    )
  })

  it('takes a list of any length', () => {
    const values = Array.from({ length: 300_000 }, (_, index) => index)
    expect(isMatch('Whole', ['299999', 'in', values])).toBe(true)
  })
})

const REFUSED: [text: string, triple: unknown, details: string][] = [
  ['type', ['=', 'Whole', 1.5], "'Whole' of type Integral"],
  ['type', ['=', 'Whole', '1.5'], "'1.5'"],
  ['type', ['=', 'Whole', ''], "''"],
  ['type', ['=', 'Whole', '9223372036854775808'], '9223372036854775808'],
  ['type', ['=', 'Whole', 9007199254740992], 'as a string'],
  ['type', ['=', 'Whole', true], 'true'],
  ['type', ['=', 'Real', 'many'], "'many'"],
  ['type', ['=', 'Real', '1e400'], "'1e400'"],
  ['type', ['=', 'Real', 'NaN'], "'NaN'"],
  ['type', ['=', 'Real', Number.POSITIVE_INFINITY], 'Infinity'],
  ['type', ['=', 'Text', 5], 'a string'],
  ['type', ['=', 'Text', { a: 1 }], '{"a":1}'],
  ['type', ['in', 'Whole', [1, 'x']], "'x'"],
  ['type', ['in', 'Whole', [[1]]], '[1]'],
  ['type', ['within', 'Real', [1, 'x']], "'x'"],
  ['type', ['like', 'Whole', '1*'], 'Integral'],
  ['type', ['like', 'Reals', '1*'], 'Fractional'],
  ['type', ['like', 'Text', null], 'null'],
  ['type', ['like', 'Text', 1], '1'],
  ['unknown', ['=', 'whole', 1], "'whole'"],
  ['unknown', ['=', '__proto__', 1], "'__proto__'"],
  ['unknown', ['=', 'write_time', 1], "'write_time'"],
  ['unknown', ['=', '', 1], "''"],
  ['invalid', ['==', 'Whole', 1], "'=='"],
  ['invalid', ['LIKE', 'Text', 'a'], 'like'],
  ['invalid', ['toString', 'Text', 'a'], "'toString'"],
  ['invalid', [['='], 'Text', 'a'], 'operator'],
  ['invalid', ['=', 7, 'a'], '7'],
  ['invalid', ['Whole', '=', 1], "'Whole'"],
  ['invalid', ['in', 'Whole', 1], 'a list'],
  ['invalid', ['in', 'Text', 'abc'], 'a list'],
  ['invalid', ['within', 'Whole', [1]], 'two'],
  ['invalid', ['within', 'Whole', [1, 2, 3]], 'two'],
  ['invalid', ['within', 'Text', 'az'], 'two'],
  ['invalid', ['=', 'Whole', [1]], 'no list'],
  ['invalid', ['like', 'Text', ['a']], 'no list'],
  ['invalid', ['like', 'Text', 'a[b'], "'a[b'"],
  ['invalid', ['=', 'Text', '\ud800'], 'surrogates'],
  ['invalid', ['=', 'Whole'], 'triple'],
  ['invalid', ['=', 'Whole', 1, 2], 'triple'],
  ['invalid', '=', 'triple'],
  ['invalid', null, 'triple'],
  ['invalid', { 0: '=', 1: 'Whole', 2: 1, length: 3 }, 'triple'],
]

function compileAny(filter: unknown) {
  return compileFilter(GROUP, filter as [string, string, unknown][])
}

describe('a filter that is none', () => {
  it.each(REFUSED)('is refused as %s: %j', (text, triple, details) => {
    const refused = expect.objectContaining({
      name: 'KdbError',
      status: 400,
      text,
      details: expect.stringContaining(details),
    })
    expect(() => compileAny([['=', 'Whole', 1], triple])).toThrow(refused)
  })

  it('is refused with KdbError 400 or compiled, whatever it is made of', () => {
    const name = fc.oneof(fc.constantFrom(...DEFINITIONS.map(({ FeatureName }) => FeatureName)), fc.string())
    const operator = fc.oneof(fc.constantFrom('in', 'within', '<', '>', '<=', '>=', '=', '<>', 'like'), fc.anything())
    const value = fc.oneof(
      fc.jsonValue(),
      fc.anything(),
      fc.array(fc.oneof(fc.integer(), fc.string()), { maxLength: 3 }),
    )
    const triple = fc.oneof(
      { weight: 5, arbitrary: fc.tuple(operator, name, value) },
      { weight: 1, arbitrary: fc.anything() },
    )
    const filter = fc.oneof(
      { weight: 9, arbitrary: fc.array(triple, { maxLength: 3 }) },
      { weight: 1, arbitrary: fc.anything() },
    )
    const full = record({ id: 'a', time: '1', Whole: '1', Real: '1', Text: 'a', Wholes: ['1'], Texts: ['a'] })
    const counts = { refused: 0, compiled: 0 }
    fc.assert(
      fc.property(filter, (some) => {
        try {
          expect(compileAny(some)(full)).toBeTypeOf('boolean')
          counts.compiled += 1
        } catch (error) {
          expect(error).toMatchObject({
            name: 'KdbError',
            status: 400,
            text: expect.stringMatching(/^(type|unknown|invalid)$/),
          })
          counts.refused += 1
        }
      }),
      { numRuns: 10_000 },
    )
    expect(counts.refused).toBeGreaterThan(1_000)
    expect(counts.compiled).toBeGreaterThan(100)
  })
})

describe('the evaluator', () => {
  it('agrees with a plain reading of the rules for every type, operator, null and collection', () => {
    fc.assert(
      fc.property(someTriple(), ({ column, operator, operand, value }) => {
        expect(isMatch(column, [value, operator, operand])).toBe(plainly(column, [value, operator, operand]))
      }),
      { numRuns: 20_000 },
    )
  })
})
