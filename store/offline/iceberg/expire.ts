import type { Snapshot, TableMetadata } from './metadata.ts'
import { entriesOf, manifestsOf } from './read-snapshot.ts'
import type { TableFiles } from './table-files.ts'

export interface Expired {
  metadata: TableMetadata
  /** Ids of the snapshots that are gone. */
  snapshots: number[]
  /** Locations of the files that are gone. */
  files: string[]
}

/**
 * Commits the table without the snapshots that `expires` is true of, the current one excepted, and removes the files
 * that only they had.
 */
export async function expireSnapshots(
  files: TableFiles,
  metadata: TableMetadata,
  expires: (snapshot: Snapshot) => boolean,
): Promise<Expired> {
  const isGone = (snapshot: Snapshot) =>
    snapshot['snapshot-id'] !== metadata['current-snapshot-id'] && expires(snapshot)
  const gone = metadata.snapshots.filter(isGone)
  if (gone.length === 0) return { metadata, snapshots: [], files: [] }
  const ids = new Set(gone.map((snapshot) => snapshot['snapshot-id']))
  const kept = metadata.snapshots.filter((snapshot) => !ids.has(snapshot['snapshot-id']))
  const next: TableMetadata = {
    ...metadata,
    snapshots: kept.map((snapshot) => withoutParent(snapshot, ids)),
    'snapshot-log': metadata['snapshot-log'].filter((entry) => !ids.has(entry['snapshot-id'])),
  }
  const stays = await filesOf(files, kept)
  const unused = [...(await filesOf(files, gone))].filter((location) => !stays.has(location))
  files.commit(next)
  for (const location of unused) files.remove(location)
  return { metadata: next, snapshots: [...ids], files: unused }
}

function withoutParent(snapshot: Snapshot, gone: Set<number>): Snapshot {
  const { 'parent-snapshot-id': parent, ...rest } = snapshot
  return parent !== undefined && !gone.has(parent) ? snapshot : rest
}

/** Every file that the snapshots need: manifest lists, manifests, data. Throws when one that names others is damaged. */
export async function filesOf(files: TableFiles, snapshots: Snapshot[]): Promise<Set<string>> {
  const locations = new Set<string>()
  for (const snapshot of snapshots) {
    locations.add(snapshot['manifest-list'])
    const manifests = (await manifestsOf(files, snapshot)).filter(({ path }) => !locations.has(path))
    for (const { path } of manifests) locations.add(path)
    for (const { file } of await entriesOf(files, manifests)) locations.add(file.path)
  }
  return locations
}

/**
 * Removes files below the table's directory that no snapshot needs and that were last written before `olderThan`
 * (milliseconds since the epoch): what a crash has left. Answers their locations.
 */
export async function removeOrphans(files: TableFiles, metadata: TableMetadata, olderThan: number): Promise<string[]> {
  // A crash may have left readers with an older version, which needs more.
  files.publish()
  const needed = await filesOf(files, metadata.snapshots)
  const orphans = files.list().filter(({ location, modifiedAt }) => !needed.has(location) && modifiedAt < olderThan)
  for (const { location } of orphans) files.remove(location)
  return orphans.map(({ location }) => location)
}
