import type { DatabaseSync, SQLInputValue, StatementSync } from 'node:sqlite'
import type { Change, Outcome, StoredVersion, Version } from '../records/change.ts'
import { isTooLarge } from '../records/record.ts'
import { mergeUpdate } from './merge.ts'
import { type IdentifierPage, isExpired, type ListOptions, type OnlineStore } from './online-store.ts'
import { precedence } from './precedence.ts'

const SCHEMA = `
  CREATE TABLE IF NOT EXISTS records (
    id INTEGER PRIMARY KEY,
    group_id TEXT NOT NULL,
    identifier TEXT NOT NULL,
    event_time INTEGER NOT NULL,
    event_time_text TEXT NOT NULL,
    features TEXT,
    expires_at INTEGER,
    ttl_seconds INTEGER,
    UNIQUE (group_id, identifier)
  ) STRICT;
  CREATE INDEX IF NOT EXISTS records_by_expiry ON records (expires_at) WHERE expires_at IS NOT NULL;
`

/** A page looks at no more records than this, so that a group full of tombstones cannot hold up the server. */
const MAX_LISTED_PER_PAGE = 2_000

interface Row {
  id: bigint
  identifier: string
  event_time: bigint
  event_time_text: string
  /** Null in a tombstone. */
  features: string | null
  expires_at: bigint | null
  ttl_seconds: bigint | null
}

export interface ExpiredRecord {
  groupId: string
  identifier: string
  expiresAt: number
}

/**
 * The online store in a SQLite database. Every method is synchronous, so that a caller can make `apply` part of a
 * transaction of its own.
 */
export function sqliteOnlineStore(db: DatabaseSync) {
  const prepare = statements(db)
  const find = (groupId: string, identifier: string) =>
    prepare.find.get(groupId, identifier) as unknown as Row | undefined

  function get(groupId: string, identifier: string, now: number): Version | undefined {
    const row = find(groupId, identifier)
    if (row === undefined || row.features === null) return undefined
    const version = toVersion(row)
    return isExpired(version, now) ? undefined : version
  }

  function applyOne(change: Change, now: number): Outcome {
    const row = find(change.target.groupId, change.identifier)
    const stored = row && toVersion(row)
    const result = precedence(change, stored, now)
    if (result === 'historic' || result === 'stale' || result === 'skipped') return { result }
    const outcome: Outcome = { result }
    if (stored?.expiresAt !== undefined && isExpired(stored, now) && change.kind !== 'update') {
      outcome.expired = { eventTimeText: stored.eventTimeText, expiresAt: stored.expiresAt }
    }
    const id = row?.id
    if (change.kind === 'put') write(id, change, change.version, change.version.features)
    else if (change.kind === 'softDelete') write(id, change, change, null)
    else if (change.kind === 'update' && result === 'applied' && stored !== undefined) {
      const version = mergeUpdate(stored, change)
      if (isTooLarge(version.features)) return { result: 'tooLarge' }
      outcome.version = version
      write(id, change, version, version.features)
    } else if (id !== undefined && (result === 'applied' || outcome.expired !== undefined)) prepare.remove.run(id)
    return outcome
  }

  function write(id: bigint | undefined, change: Change, version: WrittenVersion, features: string | null): void {
    const values = [
      version.eventTime,
      version.eventTimeText,
      features,
      version.expiresAt ?? null,
      version.ttlSeconds ?? null,
    ]
    if (id === undefined) prepare.insert.run(change.target.groupId, change.identifier, ...values)
    else prepare.replace.run(...values, id)
  }

  return {
    get,
    getMany: (groupId: string, identifiers: string[], now: number) =>
      atOnce(db, () => identifiers.map((identifier) => get(groupId, identifier, now))),
    list: (groupId: string, options: ListOptions) => listPage(prepare.list, groupId, options),
    apply: (changes: Change[], now: number): Outcome[] => changes.map((change) => applyOne(change, now)),
    removeGroup: (groupId: string, limit: number): boolean => prepare.removeGroup.run(groupId, limit).changes > 0,
    /** Removes whatever there is of these records; answers how many that were. */
    erase: (groupId: string, identifiers: string[]): number =>
      identifiers.reduce((sum, identifier) => sum + Number(prepare.erase.run(groupId, identifier).changes), 0),
    /** Up to `limit` records that have expired by `now`, the longest expired first. */
    expired(now: number, limit: number): ExpiredRecord[] {
      return prepare.expired.all(Math.floor(now / 1000), limit).map((row) => ({
        groupId: String(row['group_id']),
        identifier: String(row['identifier']),
        expiresAt: Number(row['expires_at']),
      }))
    },
  } satisfies OnlineStore & Record<string, unknown>
}

export type SqliteOnlineStore = ReturnType<typeof sqliteOnlineStore>

/** Creates the tables of the online store where they are missing. */
export function createOnlineTables(db: DatabaseSync): void {
  db.exec(SCHEMA)
}

/** Reads one state of the database, and takes its locks once: they are a quarter of the time of a single read. */
function atOnce<Read>(db: DatabaseSync, read: () => Read): Read {
  if (db.isTransaction) return read()
  db.exec('BEGIN')
  try {
    return read()
  } finally {
    db.exec('COMMIT')
  }
}

type WrittenVersion = Pick<Version, 'eventTime' | 'eventTimeText' | 'expiresAt' | 'ttlSeconds'>

function statements(db: DatabaseSync) {
  const columns = 'id, identifier, event_time, event_time_text, features, expires_at, ttl_seconds'
  return {
    find: withBigInts(db.prepare(`SELECT ${columns} FROM records WHERE group_id = ? AND identifier = ?`)),
    insert: db.prepare(
      `INSERT INTO records (group_id, identifier, event_time, event_time_text, features, expires_at, ttl_seconds)
       VALUES (?, ?, ?, ?, ?, ?, ?)`,
    ),
    replace: db.prepare(
      `UPDATE records SET event_time = ?, event_time_text = ?, features = ?, expires_at = ?, ttl_seconds = ?
       WHERE id = ?`,
    ),
    remove: db.prepare('DELETE FROM records WHERE id = ?'),
    list: db.prepare(
      `SELECT identifier, features IS NULL AS is_deleted, expires_at FROM records
       WHERE group_id = ? AND identifier > ? ORDER BY identifier`,
    ),
    expired: db.prepare(
      'SELECT group_id, identifier, expires_at FROM records WHERE expires_at <= ? ORDER BY expires_at LIMIT ?',
    ),
    erase: db.prepare('DELETE FROM records WHERE group_id = ? AND identifier = ?'),
    removeGroup: db.prepare('DELETE FROM records WHERE id IN (SELECT id FROM records WHERE group_id = ? LIMIT ?)'),
  }
}

/** Event times are microseconds: past 2^53 from the year 2255 on. */
function withBigInts(statement: StatementSync): StatementSync {
  statement.setReadBigInts(true)
  return statement
}

function toVersion(row: Row): StoredVersion {
  const version: StoredVersion = {
    identifier: row.identifier,
    eventTime: row.event_time,
    eventTimeText: row.event_time_text,
    features: row.features ?? '[]',
    isDeleted: row.features === null,
  }
  if (row.expires_at !== null) version.expiresAt = Number(row.expires_at)
  if (row.ttl_seconds !== null) version.ttlSeconds = Number(row.ttl_seconds)
  return version
}

function listPage(statement: StatementSync, groupId: string, options: ListOptions): IdentifierPage {
  const identifiers: string[] = []
  let seen = 0
  let last = options.after ?? ''
  const parameters: SQLInputValue[] = [groupId, last]
  for (const row of statement.iterate(...parameters)) {
    if (identifiers.length === options.limit || seen === MAX_LISTED_PER_PAGE) return { identifiers, next: last }
    seen += 1
    last = String(row['identifier'])
    if (isListed(row['is_deleted'] === 1, row['expires_at'], options)) identifiers.push(last)
  }
  return { identifiers }
}

function isListed(isDeleted: boolean, expiresAt: unknown, options: ListOptions): boolean {
  if (isDeleted) return options.includeSoftDeleted
  return typeof expiresAt !== 'number' || !isExpired({ expiresAt }, options.now)
}
