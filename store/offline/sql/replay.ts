import type { FeatureGroup } from '../../groups/feature-group.ts'
import type { ReplayScope } from '../history-replay.ts'
import { columnName } from '../iceberg/schema.ts'
import { NEWEST_FIRST } from './latest.ts'
import { sqlName, sqlText, sqlTimestamp } from './quote.ts'

/** The column that a replay adds: the event time in microseconds, or null where that cannot be said exactly. */
export const MICROS_COLUMN = '_micros'

export interface ReplayQuery {
  group: Pick<FeatureGroup, 'FeatureDefinitions' | 'RecordIdentifierFeatureName'>
  scope: ReplayScope
  /** What to read from, as SQL has it. */
  from: string
  /** Microseconds of a timestamp, given how its column is written. */
  micros: (column: string) => string
}

const SESSION = sqlName('_deletion_session')

/**
 * The newest version of each record, deletions too, as they were online: of versions of one event time the tombstone of
 * a delete session that was not undone stays, whatever came after it, and what a session removed for good is as if it
 * had not been. In all else the order is the documented one of `latestSql`. The same text runs on DuckDB and on Athena,
 * but for `micros`.
 */
export function replaySql({ group, scope, from, micros }: ReplayQuery): string {
  const id = sqlName(columnName(group.RecordIdentifierFeatureName))
  const features = group.FeatureDefinitions.map(({ FeatureName }) => sqlName(columnName(FeatureName)))
  const eventTime = sqlName('_event_time')
  const fences = `CASE WHEN ${SESSION} IS NOT NULL AND NOT ${isOf(scope.undone)} THEN 1 ELSE 0 END`
  const order = NEWEST_FIRST.replace(`${eventTime} DESC`, `${eventTime} DESC, ${fences} DESC`)
  return `SELECT ${features.join(', ')}, "is_deleted", ${micros(eventTime)} AS ${sqlName(MICROS_COLUMN)}
FROM (
  SELECT *, row_number() OVER (PARTITION BY ${id} ORDER BY ${order}) AS "_rank"
  FROM (${keptSql(id, scope, from)}) AS "kept"
) AS "versions"
WHERE "_rank" = 1`
}

/** The rows that count, by when they were written and what sessions made of them. */
function keptSql(id: string, { writtenBy, ignored, removing }: ReplayScope, from: string): string {
  const conditions = [
    ...(writtenBy === undefined ? [] : [`"write_time" <= ${sqlTimestamp(writtenBy)}`]),
    ...(ignored.length === 0 ? [] : [`(${SESSION} IS NULL OR NOT ${isOf(ignored)})`]),
  ]
  const rows = `SELECT * FROM ${from}${conditions.length === 0 ? '' : ` WHERE ${conditions.join(' AND ')}`}`
  if (removing.length === 0) return rows
  // From a session's marker on, going back in the order of writing, everything was removed.
  const removals = `sum(CASE WHEN ${SESSION} IS NOT NULL AND ${isOf(removing)} THEN 1 ELSE 0 END)`
  const window = `PARTITION BY ${id} ORDER BY "write_time" DESC, "_sequence" DESC ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW`
  return `SELECT * FROM (SELECT *, ${removals} OVER (${window}) AS "_removals" FROM (${rows}) AS "rows") AS "counted" WHERE "_removals" = 0`
}

function isOf(sessions: string[]): string {
  return sessions.length === 0 ? 'false' : `${SESSION} IN (${sessions.map(sqlText).join(', ')})`
}
