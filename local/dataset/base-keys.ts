import type { IcebergPrimitive } from '../../store/offline/iceberg/schema.ts'
import { sqlName, sqlText } from '../../store/offline/sql/quote.ts'
import type { BaseColumn } from './base-file.ts'

const INTEGER = /^(U?(TINY|SMALL|BIG|HUGE)INT|U?INTEGER)$/
const FRACTIONAL = /^(FLOAT|DOUBLE|DECIMAL\(.*\))$/
const CLOCK = '([01]\\d|2[0-3]):[0-5]\\d(:[0-5]\\d(\\.\\d{1,9})?)?'
const ISO_TIME = `\\d{4}-\\d{2}-\\d{2}([T ]${CLOCK}(Z|[+-]\\d{2}(:\\d{2})?)?)?`
const DECIMAL = '[+-]?(\\d+\\.?\\d*|\\.\\d+)([eE][+-]?\\d{1,2})?'

/** What the column that says when may hold. */
export const TIMES = 'ISO 8601, in UTC where it has no zone, or seconds since the Unix epoch, in the years 0000 to 9999'

/**
 * The time of a base's column, exact to the microsecond; null where its value is no time. Throws for a type that holds
 * none.
 */
export function timeSql({ name, type }: BaseColumn): string {
  const value = sqlName(name)
  if (type === 'TIMESTAMP') return value
  if (type === 'TIMESTAMP WITH TIME ZONE') return `${value} AT TIME ZONE 'UTC'`
  if (type === 'DATE' || type.startsWith('TIMESTAMP')) return `CAST(${value} AS TIMESTAMP)`
  if (INTEGER.test(type) || FRACTIONAL.test(type)) return secondsSql(`CAST(${value} AS VARCHAR)`)
  if (type !== 'VARCHAR') throw new Error(`column ${name} has the type ${type}; a time is ${TIMES}`)
  return `CASE
    WHEN regexp_full_match(${value}, ${sqlText(ISO_TIME)}) THEN TRY_CAST(${value} AS TIMESTAMPTZ) AT TIME ZONE 'UTC'
    WHEN regexp_full_match(${value}, ${sqlText(DECIMAL)}) THEN ${secondsSql(value)}
  END`
}

/** Rounded towards the past, as event times are. */
function secondsSql(text: string): string {
  const seconds = `TRY_CAST(${text} AS DECIMAL(38, 12))`
  const inRange = `${seconds} >= -62167219200 AND ${seconds} < 253402300800`
  return `CASE WHEN ${inRange} THEN make_timestamp(CAST(floor(${seconds} * 1000000) AS BIGINT)) END`
}

/**
 * The identifier in a base's column, of the type that a group's identifiers have; null where its value cannot be one.
 * Throws when the types do not go together.
 */
export function identifierSql({ name, type }: BaseColumn, identifierType: IcebergPrimitive): string {
  const value = sqlName(name)
  if (identifierType === 'double') return `TRY_CAST(${value} AS DOUBLE)`
  if (identifierType === 'string') {
    if (type === 'VARCHAR') return value
    if (!FRACTIONAL.test(type)) return `CAST(${value} AS VARCHAR)`
    throw new Error(`column ${name} has the type ${type} and the identifiers are text: make it text or whole numbers`)
  }
  if (type === 'BIGINT') return value
  if (INTEGER.test(type)) return `TRY_CAST(${value} AS BIGINT)`
  const isWhole = FRACTIONAL.test(type) ? `${value} = floor(${value})` : `regexp_full_match(${value}, '[+-]?\\d+')`
  return `CASE WHEN ${isWhole} THEN TRY_CAST(${value} AS BIGINT) END`
}
