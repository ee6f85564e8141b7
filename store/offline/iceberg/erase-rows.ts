import { writeColumns } from './append.ts'
import type { Cell, Column } from './columns.ts'
import { expireSnapshots, removeOrphans } from './expire.ts'
import type { DataFile } from './manifest.ts'
import type { TableMetadata } from './metadata.ts'
import { currentEntries, filterRows, readColumns, replaceFiles } from './rewrite.ts'
import type { TableFiles } from './table-files.ts'

/** Which rows of a table are to be erased. */
export interface DoomedRows {
  /** False for a file that has none of them, as its name in the manifest tells. */
  mayBeIn(file: DataFile): boolean
  /** Tells of each row of a file, given its columns, whether it is one. */
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
 * Removes rows from a table, one file in memory at a time, and every snapshot and file that still has one. Verifies it
 * by reading all files that are left; throws when one has such a row. `summary` is said in the snapshot without them.
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
  const expired = await expireSnapshots(files, next, () => true)
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
    if (!doomed.mayBeIn(file)) continue
    const columns = await readColumns(files, metadata, file)
    const isDoomed = doomed.test(columns)
    const kept = filterRows(columns, (row) => !isDoomed(row))
    const left = kept[0]?.cells.length ?? 0
    if (left === file.rowCount) continue
    removed.add(file.path)
    rowsRemoved += file.rowCount - left
    if (left > 0) added.push(writeColumns(files, file.day, kept))
  }
  return { removed, added, rowsRemoved }
}

async function verify(files: TableFiles, metadata: TableMetadata, doomed: DoomedRows): Promise<void> {
  for (const { file } of await currentEntries(files, metadata)) {
    const isDoomed = doomed.test(await readColumns(files, metadata, file))
    for (let row = 0; row < file.rowCount; row++) {
      if (isDoomed(row)) throw new Error(`the data file ${file.path} still has an erased record`)
    }
  }
}
