import { existsSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { sqliteCatalog } from '../../store/catalog/sqlite.ts'
import type { FeatureGroup } from '../../store/feature-group.ts'
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
  const groups = reading(catalogPath, (db) => sqliteCatalog(db).list())
  return {
    groups: groups.filter(({ OfflineStoreConfig }) => OfflineStoreConfig !== undefined),
    offlinePath,
    read: (group, snapshotId) => readHistory(group, join(offlinePath, tableDirectory(group)), snapshotId),
    waiting: () => reading(recordsPath, (db) => sqliteLog(db).waiting()),
  }
}

function reading<Answer>(path: string, read: (db: ReturnType<typeof openDatabaseToRead>) => Answer): Answer {
  try {
    const db = openDatabaseToRead(path)
    try {
      return read(db)
    } finally {
      db.close()
    }
  } catch (cause) {
    throw new Error(`${path} cannot be read: ${String(cause)}`, { cause })
  }
}
