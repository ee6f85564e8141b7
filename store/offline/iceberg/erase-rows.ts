import type { Cell, Column } from './columns.ts'
import { expireSnapshots, removeOrphans } from './expire.ts'
import type { DataFile } from './manifest.ts'
import { currentSchema, type Snapshot, type TableMetadata } from './metadata.ts'
import { entriesOf, manifestsOf } from './read-snapshot.ts'
import { currentEntries, filterRows, replaceFiles, rowGroupsOf, writeRows } from './rewrite.ts'
import type { TableFiles } from './table-files.ts'

/** Which rows of a table are to be erased. */
export interface DoomedRows {
  /** False for a file that has none of them, as its name in the manifest tells. */
  mayBeIn(file: DataFile): boolean
  /** The columns that tell. */
  columns: Set<string>
  /** Tells of each row, given these columns, whether it is one. */
  test(columns: Column[]): (row: number) => boolean
}

export interface ErasedRows {
  rowsRemoved: number
  filesRewritten: number
  filesRemoved: number
  /** The snapshot without the rows; undefined when the table had none of them. */
  snapshotId?: number
  /** Ids of the snapshots that are gone. */
  snapshotsExpired: number[]
}

/**
 * Removes rows from a table, and every snapshot and file that may still have one. Memory holds the bytes of a file and the
 * rows of a row group. Verifies it by reading all files that are left; throws when one has such a row. `summary` is
 * said in the snapshot without them.
 */
export async function eraseRows(
  files: TableFiles,
  metadata: TableMetadata,
  doomed: DoomedRows,
  { now, summary }: { now: number; summary?: { [key: string]: string } },
): Promise<ErasedRows> {
  const { removed, added, rowsRemoved } = await rewriteWithout(files, metadata, doomed)
  const counts = { 'deleted-data-files': String(removed.size), 'deleted-records': String(rowsRemoved) }
  const replacement = { operation: 'overwrite' as const, removed, added, now, summary: { ...counts, ...summary } }
  const next = removed.size === 0 ? metadata : await replaceFiles(files, metadata, replacement)
  const past = await snapshotsOfOtherFiles(files, next)
  const expired = await expireSnapshots(files, next, (snapshot) => past.has(snapshot))
  files.removeOldMetadata(1)
  const orphans = await removeOrphans(files, expired.metadata, Number.POSITIVE_INFINITY)
  files.settle()
  await verify(files, expired.metadata, doomed)
  return {
    rowsRemoved,
    filesRewritten: removed.size,
    filesRemoved: expired.files.length + orphans.length,
    ...(removed.size > 0 && { snapshotId: next['current-snapshot-id'] }),
    snapshotsExpired: expired.snapshots,
  }
}

/** The cells of a column; throws for a name that no column has. */
export function cellsOf(columns: Column[], name: string): Cell[] {
  const column = columns.find(({ field }) => field.name === name)
  if (column === undefined) throw new Error(`the table has no column ${name}`)
  return column.cells
}

async function rewriteWithout(files: TableFiles, metadata: TableMetadata, doomed: DoomedRows) {
  const removed = new Set<string>()
  const added: DataFile[] = []
  let rowsRemoved = 0
  for (const { file } of await currentEntries(files, metadata)) {
    const gone = await countDoomed(files, metadata, { file, doomed })
    if (gone === 0) continue
    removed.add(file.path)
    rowsRemoved += gone
    const left = gone === file.rowCount ? undefined : await withoutDoomed(files, metadata, { file, doomed })
    if (left !== undefined) added.push(left)
  }
  return { removed, added, rowsRemoved }
}

interface Examined {
  file: DataFile
  doomed: DoomedRows
}

async function countDoomed(files: TableFiles, metadata: TableMetadata, { file, doomed }: Examined): Promise<number> {
  if (!doomed.mayBeIn(file)) return 0
  let count = 0
  for await (const { columns, rowCount } of rowGroupsOf(files, metadata, { ...file, columns: doomed.columns })) {
    const isDoomed = doomed.test(columns)
    for (let row = 0; row < rowCount; row++) if (isDoomed(row)) count += 1
  }
  return count
}

async function withoutDoomed(files: TableFiles, metadata: TableMetadata, { file, doomed }: Examined) {
  async function* kept() {
    for await (const group of rowGroupsOf(files, metadata, file)) {
      const isDoomed = doomed.test(group.columns)
      yield filterRows(group, (row) => !isDoomed(row))
    }
  }
  const { fields } = currentSchema(metadata)
  return await writeRows(files, { day: file.day, fields, expectedBytes: file.bytes }, kept())
}

/**
 * The snapshots with a file that the current one lacks: it may have such a row, since the file that stands for it was
 * made without them or, in a compaction, with them. All other files are those that are left.
 */
async function snapshotsOfOtherFiles(files: TableFiles, metadata: TableMetadata): Promise<Set<Snapshot>> {
  const current = new Set((await currentEntries(files, metadata)).map(({ file }) => file.path))
  /** By the path of a manifest, which snapshots share: whether it names a file that the current one lacks. */
  const known = new Map<string, boolean>()
  const found = new Set<Snapshot>()
  for (const snapshot of metadata.snapshots) {
    for (const manifest of await manifestsOf(files, snapshot)) {
      const namesOther =
        known.get(manifest.path) ?? (await entriesOf(files, [manifest])).some(({ file }) => !current.has(file.path))
      known.set(manifest.path, namesOther)
      if (namesOther) found.add(snapshot)
    }
  }
  return found
}

async function verify(files: TableFiles, metadata: TableMetadata, doomed: DoomedRows): Promise<void> {
  for (const { file } of await currentEntries(files, metadata)) {
    const count = await countDoomed(files, metadata, { file, doomed: { ...doomed, mayBeIn: () => true } })
    if (count > 0) throw new Error(`the data file ${file.path} still has ${count} rows of erased records`)
  }
}
