import { quote } from '../api-error.ts'
import { type Feature, type FeatureGroup, schemaOf } from '../groups/feature-group.ts'
import { type FilterValue, isBelow, VALUE_READERS } from './filter-value.ts'
import { compileGlob } from './glob.ts'
import { KdbError } from './kdb-error.ts'
import type { FeatureLookup } from './stored-text.ts'
import { told } from './told.ts'

export type Operator = 'in' | 'within' | '<' | '>' | '<=' | '>=' | '=' | '<>' | 'like'

/** Operator, column and value, as JSON: what is stored and hashed. */
export type FilterTriple = [Operator, string, unknown]

/** Says whether a record, given as its features by name, matches. */
export type RecordTest = (features: FeatureLookup) => boolean

type ValueTest = (value: FilterValue) => boolean

type Comparison = Exclude<Operator, 'in' | 'within' | 'like'>

/**
 * As in q, null is below every value and equal to itself (https://code.kx.com/q/basics/comparison/): `<= null` is only
 * a missing value, `>= null` every one.
 */
const COMPARISONS: Record<Comparison, (value: FilterValue, bound: FilterValue) => boolean> = {
  '=': (value, bound) => value === bound,
  '<>': (value, bound) => value !== bound,
  '<': (value, bound) => isBelow(value, bound),
  '>': (value, bound) => isBelow(bound, value),
  '<=': (value, bound) => !isBelow(bound, value),
  '>=': (value, bound) => !isBelow(value, bound),
}

const OPERATORS: readonly string[] = ['in', 'within', ...Object.keys(COMPARISONS), 'like']

/**
 * Compiles a filter for the records of a group; a record matches when it matches every triple, so none means all.
 *
 * A column is a feature, by its exact name: the event time and the identifier too. Values are read by the feature's
 * type: Integral exactly in 64 bits, Fractional as a double, String as it is, so that an event time of type String
 * compares as text. A feature that is missing is null, and so is an empty collection; an empty string is a value. Null
 * matches `<`, `<=`, `<>` and what has null in it, and no `like`. A collection matches when any of its elements does,
 * except that `<>` is the opposite of `=`: no element is that value. `within` takes both ends in and nothing when the low one is
 * above the high one.
 *
 * Throws KdbError 400: `type` for a value that is none of the column's type and for `like` on a column that is no
 * String, `unknown` for a column that is no feature, `invalid` for another operator, shape or pattern.
 */
export function compileFilter(group: FeatureGroup, filter: [string, string, unknown][]): RecordTest {
  const { features } = schemaOf(group)
  const tests = readFilter(filter).map((triple, index): RecordTest => {
    const feature = features.get(triple[1])
    if (feature === undefined) throw unknownColumn(triple[1], group, `filter[${index}]`)
    return tripleTest(triple, feature, `filter[${index}]`)
  })
  return (record) => {
    for (const test of tests) if (!test(record)) return false
    return true
  }
}

/** The features that a filter reads, each once. */
export function filterColumns(filter: [string, string, unknown][]): string[] {
  return [...new Set(filter.map(([, column]) => column))]
}

/**
 * Reads a filter as far as that goes without the group: a list of triples with a known operator, a name and a value of
 * the operator's shape. Throws KdbError 400, `type` or `invalid`.
 */
export function readFilter(filter: unknown): FilterTriple[] {
  if (!Array.isArray(filter)) {
    throw new KdbError(400, 'type', `filter ${told(filter)} must be a list of [operator, column, value]`)
  }
  for (const [index, triple] of filter.entries()) assertTriple(triple, `filter[${index}]`)
  return filter as FilterTriple[]
}

function assertTriple(triple: unknown, where: string): void {
  if (!Array.isArray(triple) || triple.length !== 3) {
    throw invalid(`${where}: ${told(triple)} is no triple: it must be [operator, column, value]`)
  }
  const [operator, column, value] = triple
  if (typeof operator !== 'string' || !OPERATORS.includes(operator)) {
    throw invalid(`${where}: operator ${quote(operator)} is not known: it must be one of ${OPERATORS.join(', ')}`)
  }
  if (typeof column !== 'string') throw invalid(`${where}: column ${told(column)} must be a string`)
  if (operator === 'in' && !Array.isArray(value)) {
    throw invalid(`${where}: the value ${told(value)} of in must be a list`)
  }
  if (operator === 'within' && !(Array.isArray(value) && value.length === 2)) {
    throw invalid(`${where}: the value ${told(value)} of within must be a list of two, [low, high]`)
  }
  if (operator !== 'in' && operator !== 'within' && Array.isArray(value)) {
    throw invalid(`${where}: the value ${told(value)} of ${operator} must be one value and no list`)
  }
  for (const one of Array.isArray(value) ? value : [value]) assertScalar(one, where)
}

function assertScalar(value: unknown, where: string): void {
  if (value === null || Number.isFinite(value)) return
  if (typeof value !== 'string') {
    throw new KdbError(400, 'type', `${where}: the value ${told(value)} must be a string, a finite number or null`)
  }
  if (!value.isWellFormed()) {
    throw invalid(`${where}: the value ${quote(value)} must be well-formed Unicode, without unpaired surrogates`)
  }
}

function tripleTest(triple: FilterTriple, feature: Feature, where: string): RecordTest {
  const { FeatureName: name, FeatureType, CollectionType } = feature
  const { read } = VALUE_READERS[FeatureType]
  if (CollectionType === undefined) {
    const test = valueTest(triple, feature, where)
    return (record) => {
      const text = record.get(name)?.ValueAsString
      return test(text === undefined ? null : read(text))
    }
  }
  const [operator, column, value] = triple
  const test = valueTest(operator === '<>' ? ['=', column, value] : triple, feature, where)
  const isAny: RecordTest = (record) => {
    const list = record.get(name)?.ValueAsStringList
    return list === undefined || list.length === 0 ? test(null) : list.some((text) => test(read(text)))
  }
  return operator === '<>' ? (record) => !isAny(record) : isAny
}

function valueTest([operator, , value]: FilterTriple, feature: Feature, where: string): ValueTest {
  if (operator === 'like') return likeTest(value, feature, where)
  const bounds = (Array.isArray(value) ? value : [value]).map((one) => coerced(one, feature, where))
  if (operator === 'in') {
    const values = new Set(bounds)
    return (one) => values.has(one)
  }
  const [low = null, high = null] = bounds
  if (operator === 'within') return (one) => !isBelow(one, low) && !isBelow(high, one)
  const compare = COMPARISONS[operator]
  return (one) => compare(one, low)
}

function coerced(value: unknown, { FeatureName, FeatureType }: Feature, where: string): FilterValue {
  if (value === null) return null
  const { coerce, allowed } = VALUE_READERS[FeatureType]
  const read = coerce(value)
  if (read !== undefined) return read
  const column = `the column ${quote(FeatureName)} of type ${FeatureType}`
  throw new KdbError(400, 'type', `${where}: the value ${told(value)} of ${column} must be ${allowed}, or null`)
}

function likeTest(pattern: unknown, { FeatureName, FeatureType }: Feature, where: string): ValueTest {
  if (FeatureType !== 'String') {
    const column = `the column ${quote(FeatureName)} is of type ${FeatureType}`
    throw new KdbError(400, 'type', `${where}: ${column}: like needs a column of type String`)
  }
  if (typeof pattern !== 'string') {
    throw new KdbError(400, 'type', `${where}: the pattern ${told(pattern)} of like must be a string`)
  }
  const matches = compileGlob(pattern)
  return (value) => typeof value === 'string' && matches(value)
}

function unknownColumn(column: string, group: FeatureGroup, where: string): KdbError {
  const names = group.FeatureDefinitions.map(({ FeatureName }) => FeatureName).join(', ')
  return new KdbError(
    400,
    'unknown',
    `${where}: the column ${quote(column)} is no feature of ${quote(group.FeatureGroupName)}: it must be one of ${names}`,
  )
}

function invalid(details: string): KdbError {
  return new KdbError(400, 'invalid', details)
}
