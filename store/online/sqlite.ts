import type { DatabaseSync, SQLInputValue, StatementSync } from 'node:sqlite'
import type { Change, Outcome, Result, Version } from '../records/change.ts'
import { isTooLarge } from '../records/record.ts'
import { mergeUpdate } from './merge.ts'
import { type IdentifierPage, isExpired, type ListOptions, type OnlineStore } from './online-store.ts'
import { precedence } from './precedence.ts'
import { prepareRecords, rowId, toRecord } from './sqlite-record.ts'
import { sqliteScan } from './sqlite-scan.ts'
import { isSessionChange, sqliteSessionChanges } from './sqlite-session-changes.ts'

/**
 * A tombstone has no features. One of a delete session has its name in `session`, and in `hidden`, as JSON, what the
 * record was; a version that an undo restored keeps the name.
 */
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
    written_at INTEGER NOT NULL DEFAULT 0,
    session TEXT,
    hidden TEXT,
    UNIQUE (group_id, identifier)
  ) STRICT;
  CREATE INDEX IF NOT EXISTS records_by_expiry ON records (expires_at) WHERE expires_at IS NOT NULL;
  CREATE INDEX IF NOT EXISTS records_by_session ON records (group_id, session, identifier) WHERE session IS NOT NULL;
`

/** A page looks at no more records than this, so that a group full of tombstones cannot hold up the server. */
const MAX_LISTED_PER_PAGE = 2_000

interface Row {
  identifier: string
  event_time: bigint
  event_time_text: string
  /** Null in a tombstone. */
  features: string | null
  expires_at: bigint | null
  ttl_seconds: bigint | null
}

/** Results of changes that leave all as it is. */
const UNTOUCHED: ReadonlySet<Result> = new Set(['historic', 'stale', 'repeated', 'skipped'])

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
  const scan = sqliteScan(db)
  const applyOfSession = sqliteSessionChanges(db)

  function get(groupId: string, identifier: string, now: number): Version | undefined {
    const row = prepare.get.get(groupId, identifier) as unknown as Row | undefined
    if (row === undefined || row.features === null) return undefined
    const version = toVersion(row, row.features)
    return isExpired(version, now) ? undefined : version
  }

  function applyOne(change: Change, now: number): Outcome {
    const row: unknown = prepare.find.get(change.target.groupId, change.identifier)
    const stored = row === undefined ? undefined : toRecord(row)
    const id = row === undefined ? undefined : rowId(row)
    const result = precedence(change, stored, now)
    if (UNTOUCHED.has(result)) return { result }
    if (isSessionChange(change)) {
      const isMade = result === 'applied' && stored !== undefined && id !== undefined
      return isMade ? applyOfSession(change, { id, record: stored }, now) : { result }
    }
    if (change.kind === 'evict') {
      if (result === 'applied' && id !== undefined) prepare.remove.run(id)
      return { result }
    }
    const outcome: Outcome = { result }
    if (stored?.expiresAt !== undefined && isExpired(stored, now) && change.kind !== 'update') {
      outcome.expired = { eventTimeText: stored.eventTimeText, expiresAt: stored.expiresAt }
    }
    const write = { id, change, now }
    if (change.kind === 'put') store(write, change.version, change.version.features)
    else if (change.kind === 'softDelete') store(write, change, null)
    else if (change.kind === 'update' && result === 'applied' && stored !== undefined) {
      const version = mergeUpdate(stored, change)
      if (isTooLarge(version.features)) return { result: 'tooLarge' }
      outcome.version = version
      store(write, version, version.features)
    } else if (id !== undefined && (result === 'applied' || outcome.expired !== undefined)) prepare.remove.run(id)
    return outcome
  }

  function store({ id, change, now }: Write, version: WrittenVersion, features: string | null): void {
    const { eventTime, eventTimeText, expiresAt = null, ttlSeconds = null } = version
    const values = [eventTime, eventTimeText, features, expiresAt, ttlSeconds, now]
    if (id === undefined) prepare.insert.run(change.target.groupId, change.identifier, ...values)
    else prepare.replace.run(...values, id)
  }

  return {
    get,
    getMany: (groupId: string, identifiers: string[], now: number) =>
      atOnce(db, () => identifiers.map((identifier) => get(groupId, identifier, now))),
    list: (groupId: string, options: ListOptions) => listPage(prepare.list, groupId, options),
    scan,
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

/** A change as it is made, on the row that is there. */
interface Write {
  id: number | undefined
  change: Change
  now: number
}

type WrittenVersion = Pick<Version, 'eventTime' | 'eventTimeText' | 'expiresAt' | 'ttlSeconds'>

function statements(db: DatabaseSync) {
  return {
    get: withBigInts(
      db.prepare(
        `SELECT identifier, event_time, event_time_text, features, expires_at, ttl_seconds FROM records
         WHERE group_id = ? AND identifier = ?`,
      ),
    ),
    find: prepareRecords(db, 'group_id = ? AND identifier = ?'),
    insert: db.prepare(
      `INSERT INTO records (group_id, identifier, event_time, event_time_text, features, expires_at, ttl_seconds,
         written_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?)`,
    ),
    replace: db.prepare(
      `UPDATE records SET event_time = ?, event_time_text = ?, features = ?, expires_at = ?, ttl_seconds = ?,
         written_at = ?, session = NULL, hidden = NULL WHERE id = ?`,
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

function toVersion(row: Row, features: string): Version {
  const { identifier, event_time: eventTime, event_time_text: eventTimeText } = row
  const version: Version = { identifier, eventTime, eventTimeText, features }
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
