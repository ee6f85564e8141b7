import type { DatabaseSync, StatementSync } from 'node:sqlite'
import type { Version } from '../records/change.ts'
import type { ScannedRecord } from './online-store.ts'

// Two numbers make an event time that one would not hold exactly, and cost less than a BigInt of each column.
const COLUMNS = `id, identifier, event_time / 1000000, event_time % 1000000, event_time_text, features, expires_at,
  ttl_seconds, written_at, session, hidden IS NOT NULL`

type Columns = [
  id: number,
  identifier: string,
  seconds: number,
  micros: number,
  eventTimeText: string,
  features: string | null,
  expiresAt: number | null,
  ttlSeconds: number | null,
  writtenAt: number,
  session: string | null,
  hasPayload: number,
]

/** Selects records, all that lies in them but what they hide, as rows for `toRecord`. */
export function prepareRecords(db: DatabaseSync, where: string): StatementSync {
  const statement = db.prepare(`SELECT ${COLUMNS} FROM records WHERE ${where}`)
  statement.setReturnArrays(true)
  return statement
}

/** A row of `prepareRecords`. */
export function toRecord(row: unknown): ScannedRecord {
  const [, identifier, seconds, micros, eventTimeText, features, ...rest] = row as Columns
  const [expiresAt, ttlSeconds, writtenAt, session, hasPayload] = rest
  const record: ScannedRecord = {
    identifier,
    eventTime: BigInt(seconds) * 1_000_000n + BigInt(micros),
    eventTimeText,
    features: features ?? '[]',
    isDeleted: features === null,
    writtenAt,
  }
  if (expiresAt !== null) record.expiresAt = expiresAt
  if (ttlSeconds !== null) record.ttlSeconds = ttlSeconds
  if (session !== null) record.session = session
  if (hasPayload === 1) record.hasPayload = true
  return record
}

/** The key of a row of `prepareRecords`. */
export function rowId(row: unknown): number {
  return (row as Columns)[0]
}

/** What a session's tombstone hides. */
type Payload = Pick<Version, 'features' | 'expiresAt' | 'ttlSeconds'>

/** The features themselves where there is no more: a row that hides them then has the size that it had. */
export function payloadText({ features, expiresAt, ttlSeconds }: Payload): string {
  if (expiresAt === undefined && ttlSeconds === undefined) return features
  return JSON.stringify({ features, expiresAt, ttlSeconds })
}

/** Reads what `payloadText` wrote. */
export function readPayload(text: string): Payload {
  return text.startsWith('[') ? { features: text } : (JSON.parse(text) as Payload)
}
