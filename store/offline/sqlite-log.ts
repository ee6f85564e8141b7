import type { DatabaseSync } from 'node:sqlite'
import type { HistoryRow } from '../records/change.ts'
import type { OfflineStore } from './offline-store.ts'
import { featurePacker } from './packed-features.ts'

const SCHEMA = `
  CREATE TABLE IF NOT EXISTS history (
    sequence INTEGER PRIMARY KEY AUTOINCREMENT,
    group_id TEXT NOT NULL,
    identifier TEXT NOT NULL,
    event_time INTEGER NOT NULL,
    event_time_text TEXT NOT NULL,
    is_deleted INTEGER NOT NULL,
    features TEXT,
    write_time INTEGER NOT NULL,
    api_invocation_time INTEGER NOT NULL,
    deletion_session TEXT
  ) STRICT;
`

const SAMPLE_ROWS = 100
/** Rows that one call takes from SQLite: half the time of a call for each. */
const ROWS_PER_READ = 500

/** A row as it is in the log: its features may be packed. */
export interface LoggedRow extends HistoryRow {
  /** Goes up with each row, over all groups; never used twice. */
  sequence: number
}

/** A row as a commit takes it: without the identifier and the text of the event time where its features have them. */
export type RowToCommit = RowWith<string | null>

/** The names of a group's features in the order of its definitions, as far as they are known. */
export type FeatureNames = (groupId: string) => readonly string[]

/**
 * The log that rows wait in for the history's tables. Every method is synchronous, so that a caller can make `append`
 * part of a transaction of its own. Features are packed by their names; without these, rows are kept as they come.
 */
export function sqliteLog(db: DatabaseSync, featureNames: FeatureNames = () => []) {
  const pack = groupPacker(featureNames)
  const insert = db.prepare(
    `INSERT INTO history (group_id, identifier, event_time, event_time_text, is_deleted, features, write_time,
       api_invocation_time, deletion_session) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)`,
  )
  // Rows are added at the end and taken from the front only: the ends tell the count without reading what is between.
  const count = db.prepare(
    `SELECT coalesce((SELECT max(sequence) FROM history) - (SELECT min(sequence) FROM history) + 1, 0) AS waiting`,
  )
  const read = db.prepare(rowsAfter('group_id', RARE_COLUMNS))
  read.setReturnArrays(true)
  // Each value takes a tenth of the time of a row, most rows have the group of those before, and few what is rare.
  const readToCommit = db.prepare(rowsAfter('nullif(group_id, ?)', `iif(${IS_USUAL}, NULL, ${RARE_COLUMNS})`))
  readToCommit.setReturnArrays(true)
  const ends = db.prepare('SELECT coalesce(min(sequence), 1) AS first FROM history')
  const newest = db.prepare('SELECT coalesce(max(sequence), 0) AS last FROM history')
  const oldest = db.prepare('SELECT write_time FROM history ORDER BY sequence LIMIT 1')
  const sample = db.prepare(
    `SELECT avg(length(identifier) + length(event_time_text) + coalesce(length(features), 0)) AS bytes
     FROM (SELECT * FROM history ORDER BY sequence DESC LIMIT ${SAMPLE_ROWS})`,
  )
  const erase = db.prepare('DELETE FROM history WHERE group_id = ? AND identifier = ?')
  const trim = db.prepare('DELETE FROM history WHERE sequence BETWEEN ? AND ?')
  const waiting = (): number => Number(count.get()?.['waiting'] ?? 0)
  /** The sequence of the first row; 1 when the log is empty. */
  const first = (): number => Number(ends.get()?.['first'])

  /**
   * Up to `limit` rows that follow `sequence`, in order, some hundreds at a time: fewer when those have `maxBytes` of
   * features already.
   */
  function portions(sequence: number, limit: number, maxBytes: number): Generator<RowToCommit[]> {
    let known = ''
    return inPortions(sequence, limit, maxBytes, (after, count) => {
      const found = readToCommit.all(known, after, count) as unknown as Columns<string | null>[]
      const rows = found.map((columns) => toRow(columns, columns[1] ?? known))
      known = rows.at(-1)?.groupId ?? known
      return rows
    })
  }

  /** The rows of all portions at once, whole. */
  function readAll(sequence: number, limit: number, maxBytes = Number.POSITIVE_INFINITY): LoggedRow[] {
    const rows = inPortions(sequence, limit, maxBytes, (after, count) =>
      (read.all(after, count) as unknown as Columns<string>[]).map((columns) => toRow<string>(columns, columns[1])),
    )
    return [...rows].flat()
  }

  return {
    append(rows: HistoryRow[]): HistoryRow[] {
      for (const row of rows) insert.run(...toColumns(row, pack(row)))
      return []
    },
    /** How many rows have been accepted and are not in the history's tables yet. */
    waiting,
    first,
    /** The sequence of the last row; 0 when the log is empty. */
    last: (): number => Number(newest.get()?.['last']),
    /** When the first row was written, in milliseconds since the epoch. */
    oldestWriteTime(): number | undefined {
      const row = oldest.get()
      return row && Number(row['write_time'])
    },
    /** About how many bytes the rows have: the last ones stand for all. */
    estimatedBytes(): number {
      return Number(sample.get()?.['bytes'] ?? 0) * waiting()
    },
    /** Takes out up to `limit` rows, the first ones, up to `sequence`; false when none was left. */
    trim(sequence: number, limit: number): boolean {
      const from = first()
      return trim.run(from, Math.min(sequence, from + limit - 1)).changes > 0
    },
    /** Removes the rows of these records, wherever they are in the log; answers how many that were. */
    erase: (groupId: string, identifiers: string[]): number =>
      identifiers.reduce((sum, identifier) => sum + Number(erase.run(groupId, identifier).changes), 0),
    portions,
    read: readAll,
  } satisfies OfflineStore & Record<string, unknown>
}

export type SqliteLog = ReturnType<typeof sqliteLog>

/** Creates the tables of the log where they are missing. */
export function createLogTables(db: DatabaseSync): void {
  db.exec(SCHEMA)
}

/** Packs the features of rows by the names of their groups, which are asked for again when they do not suffice. */
function groupPacker(featureNames: FeatureNames) {
  const packers = new Map<string, { names: readonly string[]; pack: (features: string) => string | undefined }>()

  function renewed(groupId: string) {
    const names = featureNames(groupId)
    const known = packers.get(groupId)
    if (known?.names === names) return undefined
    const packer = { names, pack: featurePacker(names) }
    packers.set(groupId, packer)
    return packer
  }

  return ({ groupId, features }: HistoryRow): string | null => {
    if (features === null) return null
    return packers.get(groupId)?.pack(features) ?? renewed(groupId)?.pack(features) ?? features
  }
}

function toColumns(row: HistoryRow, features: string | null) {
  const { groupId, identifier, eventTime, eventTimeText, writeTime, apiInvocationTime } = row
  const isDeleted = row.isDeleted ? 1 : 0
  const session = row.deletionSession ?? null
  return [groupId, identifier, eventTime, eventTimeText, isDeleted, features, writeTime, apiInvocationTime, session]
}

/** What the columns of a row are made of that most rows need not tell: their features have the first two of them. */
const RARE_COLUMNS = 'json_array(identifier, event_time_text, is_deleted, deletion_session)'
const IS_USUAL = 'features IS NOT NULL AND NOT is_deleted AND deletion_session IS NULL'

/** The rows that follow a sequence. An event time that a number would not hold exactly is the text of its digits. */
function rowsAfter(groupId: string, rare: string): string {
  const limit = Number.MAX_SAFE_INTEGER
  return `SELECT sequence, ${groupId}, iif(event_time BETWEEN -${limit} AND ${limit}, event_time, CAST(event_time AS TEXT)),
    features, write_time, api_invocation_time, ${rare} FROM history WHERE sequence > ? ORDER BY sequence LIMIT ?`
}

/** Rows in order, some hundreds at a time: up to `limit`, fewer when they have `maxBytes` of features already. */
function* inPortions<Row extends RowToCommit>(
  sequence: number,
  limit: number,
  maxBytes: number,
  read: (after: number, count: number) => Row[],
): Generator<Row[]> {
  let rowsLeft = limit
  let bytesLeft = maxBytes
  for (let after = sequence; rowsLeft > 0 && bytesLeft > 0; ) {
    const rows: Row[] = []
    for (const row of read(after, Math.min(ROWS_PER_READ, rowsLeft))) {
      rows.push(row)
      bytesLeft -= row.features?.length ?? 0
      if (bytesLeft <= 0) break
    }
    const last = rows.at(-1)
    if (last === undefined) return
    yield rows
    after = last.sequence
    rowsLeft -= rows.length
  }
}

type Columns<Text> = [
  sequence: number,
  groupId: Text,
  eventTime: number | string,
  features: string | null,
  writeTime: number,
  apiInvocationTime: number,
  rare: Text,
]

type RareColumns<Text> = [identifier: Text, eventTimeText: Text, isDeleted: number, deletionSession: string | null]

const NOT_TOLD: RareColumns<null> = [null, null, 0, null]

interface RowWith<Text> extends Omit<LoggedRow, 'identifier' | 'eventTimeText'> {
  identifier: Text
  eventTimeText: Text
}

function toRow<Text extends string | null>(columns: Columns<Text>, groupId: string): RowWith<Text> {
  const [sequence, , eventTime, features, writeTime, apiInvocationTime, rare] = columns
  const told = rare === null ? NOT_TOLD : JSON.parse(rare)
  const [identifier, eventTimeText, isDeleted, deletionSession]: RareColumns<Text> = told
  const row: RowWith<Text> = {
    sequence,
    groupId,
    identifier,
    eventTime: BigInt(eventTime),
    eventTimeText,
    isDeleted: isDeleted === 1,
    features,
    writeTime,
    apiInvocationTime,
  }
  if (deletionSession !== null) row.deletionSession = deletionSession
  return row
}
