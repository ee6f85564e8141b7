import { statSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import type { FeatureGroup } from '../../store/groups/feature-group.ts'
import type { DataFile } from '../../store/offline/iceberg/manifest.ts'
import { currentSnapshot, type Snapshot, type TableMetadata } from '../../store/offline/iceberg/metadata.ts'
import { entriesOf, manifestsOf, rowsOf } from '../../store/offline/iceberg/read-snapshot.ts'
import { tableFiles } from '../../store/offline/iceberg/table-files.ts'

/** What a reader needs of one snapshot of a group's table. */
export interface HistoryFiles {
  /** Paths of its Parquet files. */
  files: string[]
  rowCount: number
  /** All snapshots of the table, the oldest first. */
  snapshots: Snapshot[]
}

const NO_ROWS: HistoryFiles = { files: [], rowCount: 0, snapshots: [] }

/**
 * The files of a group's current snapshot, or of that of an id; none when nothing was committed yet. Throws when the
 * table has no such snapshot, and when a file is missing or is not what the table says.
 */
export async function readHistory(group: FeatureGroup, directory: string, snapshotId?: number): Promise<HistoryFiles> {
  const name = group.FeatureGroupName
  try {
    const files = tableFiles(directory)
    const metadata = files.readMetadata()
    const snapshot = metadata && chooseSnapshot(metadata, snapshotId)
    if (metadata !== undefined && snapshot !== undefined) {
      const found = (await entriesOf(files, await manifestsOf(files, snapshot))).map(({ file }) => file)
      for (const file of found) assertPresent(file)
      const paths = found.map((file) => fileURLToPath(file.path))
      return { files: paths, rowCount: rowsOf(found), snapshots: metadata.snapshots }
    }
    if (snapshotId === undefined) return NO_ROWS
    throw new Error(`it has no snapshot ${snapshotId}; ${kept(metadata)}`)
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause)
    throw new Error(`the history of feature group ${name} cannot be read: ${reason}`, { cause })
  }
}

function chooseSnapshot(metadata: TableMetadata, id: number | undefined): Snapshot | undefined {
  if (id === undefined) return currentSnapshot(metadata)
  return metadata.snapshots.find((snapshot) => snapshot['snapshot-id'] === id)
}

function kept(metadata: TableMetadata | undefined): string {
  const ids = metadata?.snapshots.map((snapshot) => snapshot['snapshot-id']) ?? []
  return ids.length === 0 ? 'nothing was committed to it yet' : `those that are kept are ${ids.join(', ')}`
}

function assertPresent({ path, bytes }: DataFile): void {
  const size = statSync(fileURLToPath(path), { throwIfNoEntry: false })?.size
  if (size === undefined) throw new Error(`its file ${path} is missing`)
  if (size !== bytes) throw new Error(`its file ${path} is damaged: it has ${size} bytes, not ${bytes}`)
}
