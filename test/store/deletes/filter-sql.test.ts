import { type DuckDBConnection, DuckDBInstance } from '@duckdb/node-api'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { compileFilter } from '../../../store/deletes/filter.ts'
import { filterSql, type SqlDialect, windowSql } from '../../../store/deletes/filter-sql.ts'
import type { FeatureDefinition, FeatureGroup } from '../../../store/groups/feature-group.ts'
import { sqlText } from '../../../store/offline/sql/quote.ts'
import type { StoredFeature } from '../../../store/offline/stored-features.ts'
import { featureGroup } from '../catalog/catalog-contract.ts'

/** The same conditions in the words of the engine that runs here. */
const DUCKDB: SqlDialect = {
  anyElement: (list, test) => `len(list_filter(${list}, lambda _x: ${test})) > 0`,
  length: (list) => `len(${list})`,
  matches: (text, regex) => `regexp_matches(${text}, ${regex})`,
}

const definitions: FeatureDefinition[] = (['String', 'Integral', 'Fractional'] as const).flatMap((FeatureType) => [
  { FeatureName: `one${FeatureType}`, FeatureType },
  { FeatureName: `many${FeatureType}`, FeatureType, CollectionType: 'List' as const },
])
const group: FeatureGroup = featureGroup('filtered', {
  RecordIdentifierFeatureName: 'id',
  EventTimeFeatureName: 'time',
  FeatureDefinitions: [
    { FeatureName: 'id', FeatureType: 'String' },
    { FeatureName: 'time', FeatureType: 'String' },
    ...definitions,
  ],
})

let connection: DuckDBConnection
beforeAll(async () => {
  connection = await (await DuckDBInstance.create()).connect()
})
afterAll(() => connection.closeSync())

/** Characters that mean something in SQL, in patterns, in expressions or to the order of strings. */
const CHARACTERS = [
  'a',
  'b',
  'Z',
  '0',
  '*',
  '?',
  '[',
  ']',
  '^',
  '-',
  "'",
  '"',
  '\\',
  '.',
  '$',
  '_',
  '%',
  '&',
  ' ',
  '\n',
]
const character = fc.constantFrom<string[]>(...CHARACTERS, 'é', 'ÿ', '\ud7ff', '\ue000', '\uffff', '😀', '\u{10ffff}')
const text = fc.array(character, { maxLength: 4 }).map((parts) => parts.join(''))
const integer = fc.oneof(
  fc.integer({ min: -3, max: 3 }).map(String),
  fc.constantFrom('9223372036854775807', '-9223372036854775808', '9007199254740993', '9007199254740992'),
)
const double = fc.oneof(
  fc.constantFrom('0', '-0', '0.1', '0.10', '1e-7', '1e300', '-1e300', '5e-324', '9007199254740993', '3'),
  fc.double({ noNaN: true, noDefaultInfinity: true }).map(String),
)
const VALUES = { String: text, Integral: integer, Fractional: double }

const pattern = fc
  .array(
    fc.oneof(
      character.filter((one) => one !== '['),
      fc.constantFrom(
        '*',
        '?',
        '[[]',
        '[]]',
        '[^]',
        '[^a]',
        '[a-z]',
        '[^\ue000-\uffff]',
        '[&&]',
        '[a\\-]',
        '[-b]',
        '[*?]',
      ),
    ),
    { maxLength: 5 },
  )
  .map((parts) => parts.join(''))

type Triple = [string, string, unknown]

const triple: fc.Arbitrary<Triple> = fc.constantFrom<FeatureDefinition[]>(...definitions).chain((definition) => {
  const { FeatureName, FeatureType } = definition
  const value = fc.option(VALUES[FeatureType], { nil: null, freq: 6 })
  const scalar = fc.tuple(fc.constantFrom('<', '>', '<=', '>=', '=', '<>'), fc.constant(FeatureName), value)
  const within = fc.tuple(fc.constant('within'), fc.constant(FeatureName), fc.tuple(value, value))
  const among = fc.tuple(fc.constant('in'), fc.constant(FeatureName), fc.array(value, { maxLength: 3 }))
  const like = fc.tuple(fc.constant('like'), fc.constant(FeatureName), pattern)
  const any = fc.oneof<fc.Arbitrary<[string, string, unknown]>[]>(scalar, within, among)
  return FeatureType === 'String' ? fc.oneof(any, like) : any
})

type Row = { [feature: string]: string | string[] | null }

const row: fc.Arbitrary<Row> = fc.record(
  Object.fromEntries(
    definitions.map(({ FeatureName, FeatureType, CollectionType }) => {
      const value = VALUES[FeatureType]
      const stored: fc.Arbitrary<string | string[]> =
        CollectionType === undefined ? value : fc.array(value, { maxLength: 3 })
      return [FeatureName, fc.option(stored, { freq: 3 })]
    }),
  ),
)

const SQL_TYPES = { String: 'VARCHAR', Integral: 'BIGINT', Fractional: 'DOUBLE' }

function cell(value: string | string[] | null, { FeatureType, CollectionType }: FeatureDefinition): string {
  const type = `${SQL_TYPES[FeatureType]}${CollectionType === undefined ? '' : '[]'}`
  if (value === null) return `NULL::${type}`
  return `${Array.isArray(value) ? `[${value.map(sqlText).join(', ')}]` : sqlText(value)}::${type}`
}

/** The numbers of the rows that the engine finds. */
async function found(rows: Row[], condition: string): Promise<number[]> {
  const values = rows.map((one, index) => {
    const cells = definitions.map((definition) => cell(one[definition.FeatureName] ?? null, definition))
    return `(${[index, ...cells].join(', ')})`
  })
  const names = definitions.map(({ FeatureName }) => `"${FeatureName.toLowerCase()}"`)
  const from = `(VALUES ${values.join(', ')}) AS "rows"(${['"row"', ...names].join(', ')})`
  const reader = await connection.runAndReadAll(`SELECT "row" FROM ${from} WHERE ${condition} ORDER BY "row"`)
  return reader.getRows().map(([index]) => Number(index))
}

function features(one: Row): Map<string, StoredFeature> {
  const stored = Object.entries(one).flatMap(([FeatureName, value]): StoredFeature[] => {
    if (value === null) return []
    return [Array.isArray(value) ? { FeatureName, ValueAsStringList: value } : { FeatureName, ValueAsString: value }]
  })
  return new Map(stored.map((feature) => [feature.FeatureName, feature]))
}

describe('filterSql', () => {
  it('finds the rows that compileFilter finds, whatever filter and rows', async () => {
    const arbitrary = fc.record({
      rows: fc.array(row, { minLength: 1, maxLength: 12 }),
      filter: fc.array(triple, { maxLength: 3 }),
    })
    await fc.assert(
      fc.asyncProperty(arbitrary, async ({ rows, filter }) => {
        const matches = compileFilter(group, filter)
        const expected = rows.flatMap((one, index) => (matches(features(one)) ? [index] : []))
        expect(await found(rows, filterSql(group, filter, DUCKDB))).toEqual(expected)
      }),
      { numRuns: 1_500 },
    )
  }, 60_000)

  it.each<[Triple, string]>([
    [['=', 'oneString', "O'Hara"], `"onestring" = 'O''Hara'`],
    [
      ['<', 'oneIntegral', '-9223372036854775808'],
      `("oneintegral" IS NULL OR "oneintegral" < BIGINT '-9223372036854775808')`,
    ],
    [['<>', 'oneFractional', 1e300], `("onefractional" IS NULL OR "onefractional" <> DOUBLE '1e+300')`],
    [['=', 'oneString', null], `("onestring" IS NULL OR FALSE)`],
    [['<>', 'oneString', null], `"onestring" IS NOT NULL`],
    [['in', 'oneIntegral', []], 'FALSE'],
    [['within', 'oneIntegral', [1, 2]], `("oneintegral" >= BIGINT '1' AND "oneintegral" <= BIGINT '2')`],
    [['like', 'oneString', 'a.b*[^x-z]'], `regexp_like("onestring", '(?s)\\Aa\\.b.*[^x-z]\\z')`],
    [['=', 'manyString', 'x'], `coalesce(any_match("manystring", _x -> _x = 'x'), FALSE)`],
    [
      ['<>', 'manyString', null],
      `NOT (coalesce(any_match("manystring", _x -> FALSE), FALSE) OR coalesce(cardinality("manystring"), 0) = 0)`,
    ],
  ])('says %j in the words of Athena', (one, sql) => {
    expect(filterSql(group, [one])).toBe(sql)
  })

  it('refuses what compileFilter refuses', () => {
    expect(() => filterSql(group, [['=', 'oneIntegral', 'seven']])).toThrow(/seven/)
    expect(() => filterSql(group, [['=', 'nothing', 1]])).toThrow(/nothing/)
  })
})

describe('windowSql', () => {
  const EXTREMES: bigint[] = [-62_167_219_200_000_000n, 253_402_300_799_999_999n]
  const time = fc.bigInt(-62_167_219_200_000_000n, 253_402_300_799_999_999n)

  it('takes in the first microsecond and leaves out the last, exactly', async () => {
    await fc.assert(
      fc.asyncProperty(time, fc.bigInt(0n, 3n), fc.bigInt(0n, 3n), async (at, before, after) => {
        const window = windowSql({ from: String(at - before + 1n), to: String(at + after) })
        const from = `(SELECT make_timestamp(${at}::BIGINT) AS "_event_time")`
        const reader = await connection.runAndReadAll(`SELECT count(*) FROM ${from} WHERE ${window}`)
        expect(reader.getRows()).toEqual([[before > 0n && after > 0n ? 1n : 0n]])
      }),
      {
        numRuns: 300,
        examples: EXTREMES.flatMap((at): [bigint, bigint, bigint][] => [
          [at, 0n, 0n],
          [at, 3n, 3n],
        ]),
      },
    )
  })

  it('bounds by what is there', () => {
    expect(windowSql({})).toBe('TRUE')
    expect(windowSql({ from: '-1' })).toBe(`"_event_time" >= TIMESTAMP '1969-12-31 23:59:59.999999'`)
    expect(windowSql({ to: '253402300800000000' })).toBe('TRUE')
    expect(windowSql({ from: '253402300800000000' })).toBe('FALSE')
    expect(windowSql({ to: '-62167219200000000' })).toBe('FALSE')
  })
})
