import { writeManifest, writeSnapshot } from './append.ts'
import type { Cell, Column } from './columns.ts'
import type { DataFile, ManifestEntry } from './manifest.ts'
import { currentSchema, currentSnapshot, lastSequence, newSnapshotId, type TableMetadata } from './metadata.ts'
import { readDataFile } from './read-data-file.ts'
import { entriesOf, manifestsOf, undamaged } from './read-snapshot.ts'
import type { TableFiles } from './table-files.ts'

/** The data files of the current snapshot. Throws when one of the files that name them is missing or damaged. */
export async function currentEntries(files: TableFiles, metadata: TableMetadata): Promise<ManifestEntry[]> {
  return await entriesOf(files, await manifestsOf(files, currentSnapshot(metadata)))
}

/** The columns of a data file, all that the table has now. Throws when the file is missing or damaged. */
export async function readColumns(files: TableFiles, metadata: TableMetadata, file: DataFile): Promise<Column[]> {
  const content = files.read(file.path)
  return await undamaged(file.path, () => readDataFile(content, currentSchema(metadata).fields))
}

/** Columns with only the rows that `keeps` is true of. */
export function filterRows(columns: Column[], keeps: (row: number) => boolean): Column[] {
  return columns.map(({ field, cells }) => ({ field, cells: cells.filter((_, row) => keeps(row)) }))
}

/** Columns of the same fields, one after the other. */
export function concatRows(parts: Column[][]): Column[] {
  const [first = []] = parts
  return first.map(({ field }, index) => {
    const cells: Cell[] = []
    for (const part of parts) for (const cell of part[index]?.cells ?? []) cells.push(cell)
    return { field, cells }
  })
}

export interface Replacement {
  operation: 'replace' | 'overwrite'
  /** Locations of the files that go. */
  removed: Set<string>
  /** What comes in their place; written already. */
  added: DataFile[]
  now: number
  /** What the snapshot's summary says besides. */
  summary?: { [key: string]: string }
}

/** Commits a snapshot in which files stand for others. Its manifest is new, so that nothing of the old ones is left. */
export async function replaceFiles(
  files: TableFiles,
  metadata: TableMetadata,
  { operation, removed, added, now, summary }: Replacement,
): Promise<TableMetadata> {
  const snapshotId = newSnapshotId()
  const sequenceNumber = metadata['last-sequence-number'] + 1
  const kept = (await currentEntries(files, metadata)).filter(({ file }) => !removed.has(file.path))
  const entries = [...kept, ...added.map((file): ManifestEntry => ({ file, snapshotId, sequenceNumber }))]
  const manifests = entries.length === 0 ? [] : [await writeManifest(files, metadata, entries, snapshotId)]
  const options = { snapshotId, operation, lastSequence: lastSequence(metadata), now, ...(summary && { summary }) }
  const next = await writeSnapshot(files, metadata, manifests, options)
  files.commit(next)
  return next
}
