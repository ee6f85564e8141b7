import { type FeatureGroup, schemaOf } from '../groups/feature-group.ts'
import { type EventTime, type EventTimeType, parseEventTime } from '../records/event-time.ts'
import type { ReplayedRecord } from './history-replay.ts'
import { columnName } from './iceberg/schema.ts'
import { MICROS_COLUMN } from './sql/replay.ts'

/** A row that `replaySql` selects, as a Parquet reader has it: 64-bit integers as bigint, lists as arrays. */
export type ReplayRow = { [column: string]: unknown }

/**
 * The record of a row, its values as text: integers exact, other numbers in the fewest digits that are the same number,
 * text as it was. Throws for a row without an identifier or an event time.
 */
export function replayedRecord(group: FeatureGroup, row: ReplayRow): ReplayedRecord {
  const { identifier, eventTime, eventTimeType, features } = schemaOf(group)
  const id = cellText(row[columnName(identifier.FeatureName)])
  const time = cellText(row[columnName(eventTime.FeatureName)])
  if (id === undefined || time === undefined) {
    throw new Error(`a row of the history of ${group.FeatureGroupName} has no identifier or no event time`)
  }
  const micros = row[MICROS_COLUMN]
  const exact = typeof micros === 'bigint' ? micros : parseEventTime(time, eventTimeType)
  const eventTimeText = textOf(exact, time, eventTimeType)
  if (row['is_deleted'] === true) return { identifier: id, eventTime: exact, eventTimeText, features: null }
  const texts = [...features.values()].flatMap(({ FeatureName, jsonPrefix }) => {
    const cell = FeatureName === eventTime.FeatureName ? eventTimeText : row[columnName(FeatureName)]
    return cell === null || cell === undefined ? [] : [`${jsonPrefix}${valueJson(cell)}}`]
  })
  return { identifier: id, eventTime: exact, eventTimeText, features: `[${texts.join(',')}]` }
}

/** The text of an event time; where a double is not exactly it, its microseconds as decimal seconds. */
function textOf(eventTime: EventTime, text: string, type: EventTimeType): string {
  if (type === 'String' || parseEventTime(text, type) === eventTime) return text
  const [sign, micros] = eventTime < 0n ? ['-', -eventTime] : ['', eventTime]
  return `${sign}${micros / 1_000_000n}.${String(micros % 1_000_000n).padStart(6, '0')}`
}

function valueJson(cell: unknown): string {
  if (Array.isArray(cell))
    return `"ValueAsStringList":${JSON.stringify(cell.map((element) => cellText(element) ?? ''))}`
  return `"ValueAsString":${JSON.stringify(cellText(cell))}`
}

function cellText(cell: unknown): string | undefined {
  if (typeof cell === 'string') return cell
  if (typeof cell === 'bigint') return String(cell)
  if (typeof cell === 'number') return Object.is(cell, -0) ? '-0' : String(cell)
  if (cell === null || cell === undefined) return undefined
  throw new Error(`a row of the history has a value of type ${typeof cell}: a feature is text or a number`)
}
