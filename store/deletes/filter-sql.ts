import { type Feature, type FeatureGroup, type FeatureType, schemaOf } from '../groups/feature-group.ts'
import { columnName } from '../offline/iceberg/schema.ts'
import { sqlMicroseconds, sqlName, sqlText } from '../offline/sql/quote.ts'
import { MAX_SECONDS, MIN_SECONDS } from '../records/event-time.ts'
import { compileFilter, type FilterTriple, type Operator, readFilter } from './filter.ts'
import { type FilterValue, VALUE_READERS } from './filter-value.ts'
import { globRegex } from './glob-regex.ts'

/** What engines say in ways of their own. */
export interface SqlDialect {
  /** Whether any element of a list makes `test` true, which names it `_x`. Null for a list that is null. */
  anyElement(list: string, test: string): string
  /** How many elements a list has. */
  length(list: string): string
  /** Whether a part of a text matches an expression. */
  matches(text: string, regex: string): string
}

/** https://trino.io/docs/current/functions/array.html and regexp.html, which Athena's engine version 3 has. */
export const ATHENA: SqlDialect = {
  anyElement: (list, test) => `any_match(${list}, _x -> ${test})`,
  length: (list) => `cardinality(${list})`,
  matches: (text, regex) => `regexp_like(${text}, ${regex})`,
}

/**
 * A condition that is true of the rows of a group's history whose values match the filter, by the rules of
 * `compileFilter`; it may be null for others, but not true. TRUE for an empty filter. Throws KdbError as that does.
 */
export function filterSql(group: FeatureGroup, filter: [string, string, unknown][], dialect = ATHENA): string {
  compileFilter(group, filter)
  const { features } = schemaOf(group)
  const conditions = readFilter(filter).flatMap((triple) => {
    const feature = features.get(triple[1])
    return feature === undefined ? [] : [tripleSql(triple, feature, dialect)]
  })
  return conditions.length === 0 ? 'TRUE' : conditions.join(' AND ')
}

/** The first and the last microsecond that an event time can have: of others, engines have no literal. */
const MIN_MICROS = BigInt(MIN_SECONDS) * 1_000_000n
const MAX_MICROS = BigInt(MAX_SECONDS) * 1_000_000n + 999_999n

/** A condition that is true of the rows whose event time is in [from, to), microseconds as digits. TRUE without both. */
export function windowSql({ from, to }: { from?: string; to?: string }): string {
  const time = sqlName('_event_time')
  const first = BigInt(from ?? MIN_MICROS)
  const end = BigInt(to ?? MAX_MICROS + 1n)
  if (first > MAX_MICROS || end <= MIN_MICROS) return 'FALSE'
  const conditions = [
    ...(first <= MIN_MICROS ? [] : [`${time} >= ${sqlMicroseconds(first)}`]),
    ...(end > MAX_MICROS ? [] : [`${time} < ${sqlMicroseconds(end)}`]),
  ]
  return conditions.length === 0 ? 'TRUE' : conditions.join(' AND ')
}

function tripleSql([operator, , value]: FilterTriple, feature: Feature, dialect: SqlDialect): string {
  const column = sqlName(columnName(feature.FeatureName))
  if (feature.CollectionType === undefined) {
    const { ofNull, ofValue } = testSql(operator, value, feature, column, dialect)
    return ofNull && ofValue !== 'TRUE' ? `(${column} IS NULL OR ${ofValue})` : guarded(column, ofNull, ofValue)
  }
  if (operator === '<>') return `NOT ${collectionSql('=', value, feature, column, dialect)}`
  return collectionSql(operator, value, feature, column, dialect)
}

/** TRUE says it of null too, unless null does not match. */
function guarded(column: string, ofNull: boolean, ofValue: string): string {
  return !ofNull && ofValue === 'TRUE' ? `${column} IS NOT NULL` : ofValue
}

function collectionSql(operator: Operator, value: unknown, feature: Feature, list: string, dialect: SqlDialect) {
  const { ofNull, ofValue } = testSql(operator, value, feature, '_x', dialect)
  const isAny = `coalesce(${dialect.anyElement(list, ofValue)}, FALSE)`
  return ofNull ? `(${isAny} OR coalesce(${dialect.length(list)}, 0) = 0)` : isAny
}

/** A test of one value: whether null passes, and the condition for all others. */
interface TestSql {
  ofNull: boolean
  ofValue: string
}

function testSql(operator: Operator, value: unknown, feature: Feature, x: string, dialect: SqlDialect): TestSql {
  if (operator === 'like') return { ofNull: false, ofValue: dialect.matches(x, sqlText(globRegex(String(value)))) }
  const literals = (Array.isArray(value) ? value : [value]).map((one: unknown) => literal(one, feature.FeatureType))
  if (operator === 'in') return inSql(x, literals)
  const [low = null, high = null] = literals
  if (operator !== 'within') return compareSql(operator, x, low)
  const [above, below] = [compareSql('>=', x, low), compareSql('<=', x, high)]
  return { ofNull: above.ofNull && below.ofNull, ofValue: `(${above.ofValue} AND ${below.ofValue})` }
}

function inSql(x: string, literals: (string | null)[]): TestSql {
  const values = literals.filter((one) => one !== null)
  return { ofNull: literals.includes(null), ofValue: values.length === 0 ? 'FALSE' : `${x} IN (${values.join(', ')})` }
}

/** How null compares with null and with a value, and a value with null; nulls sort below everything. */
const NULLS: Record<Exclude<Operator, 'in' | 'within' | 'like'>, [boolean, boolean, boolean]> = {
  '=': [true, false, false],
  '<>': [false, true, true],
  '<': [false, true, false],
  '>': [false, false, true],
  '<=': [true, true, false],
  '>=': [true, false, true],
}

function compareSql(operator: keyof typeof NULLS, x: string, bound: string | null): TestSql {
  const [nullWithNull, nullWithValue, valueWithNull] = NULLS[operator]
  if (bound === null) return { ofNull: nullWithNull, ofValue: valueWithNull ? 'TRUE' : 'FALSE' }
  return { ofNull: nullWithValue, ofValue: `${x} ${operator} ${bound}` }
}

const LITERALS: Record<FeatureType, (value: NonNullable<FilterValue>) => string> = {
  Integral: (value) => `BIGINT '${value}'`,
  Fractional: (value) => `DOUBLE '${value}'`,
  String: (value) => sqlText(String(value)),
}

function literal(value: unknown, type: FeatureType): string | null {
  const read = value === null ? null : VALUE_READERS[type].coerce(value)
  if (read === undefined) throw new Error(`the value ${String(value)} of a filter is no ${type}`)
  return read === null ? null : LITERALS[type](read)
}
