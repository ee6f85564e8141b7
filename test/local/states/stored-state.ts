import { readdirSync, readFileSync, statSync } from 'node:fs'
import { basename, join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { lastSequence, readTableMetadata, type TableMetadata } from '../../../store/offline/iceberg/metadata.ts'
import { readRowGroups } from '../../../store/offline/iceberg/read-data-file.ts'
import { currentEntries } from '../../../store/offline/iceberg/rewrite.ts'
import type { IcebergField } from '../../../store/offline/iceberg/schema.ts'
import { type TableFiles, tableFiles } from '../../../store/offline/iceberg/table-files.ts'
import type { PlannedRow } from './plan.ts'

export interface StoredRow {
  sequence: number
  identifier: string
  /** Seconds since the epoch. */
  at: number
  isDeleted: boolean
}

/** What a data directory has, as whoever opens it next finds it. */
export interface StoredState {
  /** What is in the table, and what else waits in the log: by the newest metadata, and by that which readers see. */
  histories: { newest: StoredRow[]; published: StoredRow[] }
  /** The newest version of each record: a live one or a tombstone. */
  online: Map<string, Pick<PlannedRow, 'kind' | 'at'>>
}

export async function readState(dataDirectory: string): Promise<StoredState> {
  const db = new DatabaseSync(join(dataDirectory, 'records.db'))
  const rows = (sql: string) => (hasTables(db) ? db.prepare(sql).all() : [])
  const logged = rows('SELECT sequence, identifier, event_time, is_deleted FROM history').map((row) => ({
    sequence: Number(row['sequence']),
    identifier: String(row['identifier']),
    at: Number(row['event_time']) / 1e6,
    isDeleted: row['is_deleted'] === 1,
  }))
  const online = rows('SELECT identifier, event_time, features FROM records').map((row) => {
    const kind: PlannedRow['kind'] = row['features'] === null ? 'softDelete' : 'put'
    return [String(row['identifier']), { kind, at: Number(row['event_time']) / 1e6 }] as const
  })
  db.close()
  return { histories: await historiesOf(dataDirectory, logged), online: new Map(online) }
}

function hasTables(db: DatabaseSync): boolean {
  return db.prepare(`SELECT count(*) AS count FROM sqlite_schema WHERE name = 'history'`).get()?.['count'] === 1
}

async function historiesOf(dataDirectory: string, logged: StoredRow[]): Promise<StoredState['histories']> {
  const directory = tableIn(dataDirectory)
  if (directory === undefined) return { newest: logged, published: logged }
  const files = tableFiles(directory)
  const withLogged = async (metadata: TableMetadata | undefined) => {
    if (metadata === undefined) return logged
    const waiting = logged.filter(({ sequence }) => sequence > lastSequence(metadata))
    return [...(await rowsOf(files, metadata)), ...waiting]
  }
  return { newest: await withLogged(files.readMetadata()), published: await withLogged(publishedIn(directory)) }
}

function tableIn(dataDirectory: string): string | undefined {
  const offline = join(dataDirectory, 'offline')
  const [table] = statSync(offline, { throwIfNoEntry: false }) === undefined ? [] : readdirSync(offline)
  return table && join(offline, table)
}

function publishedIn(directory: string): TableMetadata | undefined {
  const metadata = join(directory, 'metadata')
  if (statSync(join(metadata, 'version-hint.text'), { throwIfNoEntry: false }) === undefined) return undefined
  const version = readFileSync(join(metadata, 'version-hint.text'), 'utf8')
  const text = readFileSync(join(metadata, `v${version}.metadata.json`), 'utf8')
  return readTableMetadata(text, pathToFileURL(directory).href)
}

async function rowsOf(files: TableFiles, metadata: TableMetadata): Promise<StoredRow[]> {
  const rows: StoredRow[] = []
  for (const { file } of await currentEntries(files, metadata)) {
    const path = fileURLToPath(file.path)
    if (statSync(path).size !== file.bytes) throw new Error(`${path} does not have ${file.bytes} bytes`)
    rows.push(...(await rowsInDataFile(path)))
  }
  return rows
}

/** A data file has a name of its own and does not change: it is read in the first state that has all of it. */
const read = new Map<string, StoredRow[]>()

async function rowsInDataFile(path: string): Promise<StoredRow[]> {
  const bytes = readFileSync(path)
  const name = `${basename(path)} ${bytes.length}`
  const known = read.get(name)
  if (known !== undefined) return known
  const rows: StoredRow[] = []
  for await (const { columns } of readRowGroups(bytes, COLUMNS)) {
    const [sequences, identifiers, times, markers] = columns.map(({ cells }) => cells)
    for (const [index, sequence] of (sequences ?? []).entries()) {
      const at = Number(times?.[index]) / 1e6
      const isDeleted = markers?.[index] === true
      rows.push({ sequence: Number(sequence), identifier: String(identifiers?.[index]), at, isDeleted })
    }
  }
  read.set(name, rows)
  return rows
}

const COLUMNS: IcebergField[] = [
  { id: 0, name: '_sequence', required: true, type: 'long' },
  { id: 0, name: 'id', required: false, type: 'string' },
  { id: 0, name: '_event_time', required: true, type: 'timestamp' },
  { id: 0, name: 'is_deleted', required: true, type: 'boolean' },
]

/** What a Parquet file ends with. */
const MAGIC = Buffer.from('PAR1')

/** Files of a data directory that have the record: its text in their bytes, or in the rows of a data file. */
export async function filesWith(dataDirectory: string, identifier: string): Promise<string[]> {
  const found: string[] = []
  for (const entry of readdirSync(dataDirectory, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue
    const path = join(entry.parentPath, entry.name)
    const bytes = readFileSync(path)
    const isThere = bytes.includes(identifier)
    // A data file that is being written is not read before it is whole.
    const rows = path.endsWith('.parquet') && bytes.subarray(-4).equals(MAGIC) ? await rowsInDataFile(path) : []
    if (isThere || rows.some((row) => row.identifier === identifier)) found.push(path)
  }
  return found
}
