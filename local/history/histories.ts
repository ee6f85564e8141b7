import { accessSync, constants, existsSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { pathToFileURL } from 'node:url'
import { storedGroups } from '../../store/catalog/sqlite.ts'
import type { FeatureGroup } from '../../store/groups/feature-group.ts'
import { sqliteLog } from '../../store/offline/sqlite-log.ts'
import { dataPaths } from '../data-directory.ts'
import { openDatabaseToRead } from '../database.ts'
import { tableDirectory } from '../table-directory.ts'
import { type HistoryFiles, readHistory } from './history-files.ts'

/** The histories of a data directory, which a server may be writing meanwhile. */
export interface Histories {
  /** The feature groups that have a history, by name. */
  groups: FeatureGroup[]
  /** The directory that all tables are below. */
  offlinePath: string
  /** The files of a group's current snapshot, or of that of an id. Throws when they are not all there. */
  read(group: FeatureGroup, snapshotId?: number): Promise<HistoryFiles>
  /** How many rows wait in the log and are in no table yet. */
  waiting(): number
}

/** Opens the histories of a data directory to read. Throws when there is none or its catalog is damaged. */
export function openHistories(dataDirectory: string): Histories {
  const { catalogPath, recordsPath, offlinePath } = dataPaths(resolve(dataDirectory))
  if (!existsSync(catalogPath)) {
    throw new Error(
      `${dataDirectory} is not a data directory: it has no catalog.db; give --data or start "cairn serve"`,
    )
  }
  const groups = reading(catalogPath, (db) => storedGroups(db).list())
  return {
    groups: groups.filter(({ OfflineStoreConfig }) => OfflineStoreConfig !== undefined),
    offlinePath,
    read: (group, snapshotId) => readHistory(group, join(offlinePath, tableDirectory(group)), snapshotId),
    waiting: () => reading(recordsPath, (db) => sqliteLog(db).waiting()),
  }
}

function reading<Answer>(path: string, read: (db: DatabaseSync) => Answer): Answer {
  try {
    const db = openToRead(path)
    try {
      return read(db)
    } finally {
      db.close()
    }
  } catch (cause) {
    throw new Error(`${path} cannot be read: ${String(cause)}`, { cause })
  }
}

/**
 * SQLite keeps a file beside a database with a write-ahead log even to read it. Where this process may write none, and
 * no server has left one, the database does not change and can be read as it is.
 */
function openToRead(path: string): DatabaseSync {
  if (existsSync(`${path}-wal`) || isWritable(dirname(path))) return openDatabaseToRead(path)
  return new DatabaseSync(new URL(`${pathToFileURL(path)}?immutable=1`), { readOnly: true })
}

function isWritable(directory: string): boolean {
  try {
    accessSync(directory, constants.W_OK)
    return true
  } catch {
    return false
  }
}
