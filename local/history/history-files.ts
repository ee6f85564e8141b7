import { statSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import type { FeatureGroup } from '../../store/groups/feature-group.ts'
import {
  type DataFile,
  decodeManifest,
  decodeManifestList,
  type Manifest,
} from '../../store/offline/iceberg/manifest.ts'
import { currentSnapshot, type Snapshot, type TableMetadata } from '../../store/offline/iceberg/metadata.ts'
import { type TableFiles, tableFiles } from '../../store/offline/iceberg/table-files.ts'

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
      const found = await dataFiles(files, snapshot)
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
  if (!Array.isArray(metadata.snapshots)) throw new Error('its table metadata is damaged: it lists no snapshots')
  if (id === undefined) return currentSnapshot(metadata)
  return metadata.snapshots.find((snapshot) => snapshot['snapshot-id'] === id)
}

function kept(metadata: TableMetadata | undefined): string {
  const ids = metadata?.snapshots.map((snapshot) => snapshot['snapshot-id']) ?? []
  return ids.length === 0 ? 'nothing was committed to it yet' : `those that are kept are ${ids.join(', ')}`
}

/** What a snapshot says of itself is compared with what was found: a manifest that was cut off must not go unnoticed. */
async function dataFiles(files: TableFiles, snapshot: Snapshot): Promise<DataFile[]> {
  const list = snapshot['manifest-list']
  const found: DataFile[] = []
  for (const manifest of await decoded(list, () => decodeManifestList(files.read(list)))) {
    found.push(...(await filesOfManifest(files, manifest)))
  }
  const expected = {
    files: Number(snapshot.summary['total-data-files']),
    rows: Number(snapshot.summary['total-records']),
  }
  if (found.length !== expected.files || rowsOf(found) !== expected.rows) {
    throw new Error(
      `${list} is damaged: its manifests name ${found.length} files with ${rowsOf(found)} rows, ` +
        `and the snapshot has ${expected.files} with ${expected.rows}`,
    )
  }
  return found
}

async function filesOfManifest(files: TableFiles, { path, bytes }: Manifest): Promise<DataFile[]> {
  const content = files.read(path)
  if (content.length !== bytes) throw new Error(`${path} is damaged: it has ${content.length} bytes, not ${bytes}`)
  return (await decoded(path, () => decodeManifest(content))).map(({ file }) => file)
}

async function decoded<Value>(location: string, decode: () => Promise<Value>): Promise<Value> {
  const content = decode()
  return await content.catch((cause: unknown) => {
    throw new Error(`${location} is damaged: ${cause instanceof Error ? cause.message : String(cause)}`, { cause })
  })
}

function assertPresent({ path, bytes }: DataFile): void {
  const size = statSync(fileURLToPath(path), { throwIfNoEntry: false })?.size
  if (size === undefined) throw new Error(`its file ${path} is missing`)
  if (size !== bytes) throw new Error(`its file ${path} is damaged: it has ${size} bytes, not ${bytes}`)
}

function rowsOf(files: DataFile[]): number {
  return files.reduce((total, { rowCount }) => total + rowCount, 0)
}
