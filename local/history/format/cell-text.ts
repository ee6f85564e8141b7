import {
  DuckDBArrayValue,
  DuckDBBlobValue,
  DuckDBDecimalValue,
  DuckDBListValue,
  DuckDBMapValue,
  DuckDBStructValue,
  DuckDBTimestampTZValue,
  DuckDBTimestampValue,
  type DuckDBValue,
} from '@duckdb/node-api'
import { doubleText } from '../../../store/records/exact-number.ts'

const MAX_DATE_MS = 8_640_000_000_000_000

/** A value as JSON: integers and decimals with all their digits, times as ISO 8601 in UTC, what JSON lacks as text. */
export function jsonText(value: DuckDBValue): string {
  if (value === null || typeof value === 'boolean') return String(value)
  if (typeof value === 'bigint' || value instanceof DuckDBDecimalValue) return String(value)
  if (typeof value === 'number') return Number.isFinite(value) ? doubleText(value) : `"${value}"`
  if (value instanceof DuckDBListValue || value instanceof DuckDBArrayValue) {
    return `[${value.items.map(jsonText).join(',')}]`
  }
  if (value instanceof DuckDBStructValue) {
    return `{${Object.entries(value.entries).map(([name, member]) => `${JSON.stringify(name)}:${jsonText(member)}`)}}`
  }
  if (value instanceof DuckDBMapValue) {
    return `[${value.entries.map((entry) => `[${jsonText(entry.key)},${jsonText(entry.value)}]`)}]`
  }
  return JSON.stringify(plainText(value))
}

/** A value as text: strings as they are, collections as JSON, and null as nothing. */
export function plainText(value: DuckDBValue): string {
  if (value === null) return ''
  if (value instanceof DuckDBTimestampValue || value instanceof DuckDBTimestampTZValue) return isoTime(value)
  if (value instanceof DuckDBBlobValue) return Buffer.from(value.bytes).toString('hex')
  if (typeof value === 'number') return doubleText(value)
  return isNested(value) ? jsonText(value) : String(value)
}

function isNested(value: DuckDBValue): boolean {
  return (
    value instanceof DuckDBListValue ||
    value instanceof DuckDBArrayValue ||
    value instanceof DuckDBStructValue ||
    value instanceof DuckDBMapValue
  )
}

/** A time without a zone is in UTC, as the history's are. */
function isoTime(value: DuckDBTimestampValue | DuckDBTimestampTZValue): string {
  const { micros } = value
  const rest = Number(((micros % 1000n) + 1000n) % 1000n)
  const milliseconds = Number((micros - BigInt(rest)) / 1000n)
  if (Math.abs(milliseconds) > MAX_DATE_MS) return String(value)
  const text = new Date(milliseconds).toISOString()
  return rest === 0 ? text : `${text.slice(0, -1)}${String(rest).padStart(3, '0')}Z`
}
