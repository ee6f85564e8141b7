import { writeDataFile, writeManifest, writeSnapshot } from './append.ts'
import { type GatheredColumns, gatherColumns } from './columns.ts'
import { dataFileWriter } from './data-file.ts'
import type { DataFile, ManifestEntry } from './manifest.ts'
import { currentSchema, currentSnapshot, lastSequence, newSnapshotId, type TableMetadata } from './metadata.ts'
import { type RowGroup, readRowGroups } from './read-data-file.ts'
import { damaged, entriesOf, manifestsOf } from './read-snapshot.ts'
import type { IcebergField } from './schema.ts'
import type { TableFiles } from './table-files.ts'

/** Rows, and bytes of them before compression, from which on a row group is written: about those of a pass. */
const ROW_GROUP = { rows: 20_000, bytes: 16 * 1024 * 1024 }

/** The data files of the current snapshot. Throws when one of the files that name them is missing or damaged. */
export async function currentEntries(files: TableFiles, metadata: TableMetadata): Promise<ManifestEntry[]> {
  return await entriesOf(files, await manifestsOf(files, currentSnapshot(metadata)))
}

/**
 * The rows of a data file, a row group at a time, with the columns that are asked for or all that the table has now.
 * Throws when the file is missing or damaged.
 */
export async function* rowGroupsOf(
  files: TableFiles,
  metadata: TableMetadata,
  { path, rowCount, columns }: Pick<DataFile, 'path' | 'rowCount'> & { columns?: Set<string> },
): AsyncGenerator<RowGroup> {
  const { fields } = currentSchema(metadata)
  const wanted = columns === undefined ? fields : fields.filter(({ name }) => columns.has(name))
  const content = files.read(path)
  let read = 0
  try {
    for await (const group of readRowGroups(content, wanted)) {
      read += group.rowCount
      yield group
    }
    if (read !== rowCount) throw new Error(`it has ${read} rows, not ${rowCount}`)
  } catch (cause) {
    throw damaged(path, cause)
  }
}

/** A row group with only the rows that `keeps` is true of. */
export function filterRows({ columns, rowCount, bytes }: RowGroup, keeps: (row: number) => boolean): RowGroup {
  const kept = columns.map(({ field, cells }) => ({ field, cells: cells.filter((_, row) => keeps(row)) }))
  const count = kept[0]?.cells.length ?? 0
  return { columns: kept, rowCount: count, bytes: rowCount === 0 ? 0 : (bytes * count) / rowCount }
}

/** Writes a data file of these rows, which are all of that day; undefined when there are none. */
export async function writeRows(
  files: TableFiles,
  { day, fields, expectedBytes }: { day: number; fields: IcebergField[]; expectedBytes: number },
  groups: AsyncIterable<RowGroup>,
): Promise<DataFile | undefined> {
  const writer = dataFileWriter(fields, expectedBytes)
  let rowCount = 0
  for await (const rows of joined(groups, fields)) {
    rowCount += rows.count
    writer.write(rows)
  }
  return rowCount === 0 ? undefined : writeDataFile(files, { day, rowCount, file: writer.finish() })
}

/** Small row groups together. */
async function* joined(groups: AsyncIterable<RowGroup>, fields: IcebergField[]): AsyncGenerator<GatheredColumns> {
  let waiting: RowGroup[] = []
  const sum = (count: (group: RowGroup) => number) => waiting.reduce((total, group) => total + count(group), 0)
  const gathered = () =>
    gatherColumns(
      fields,
      waiting.map(({ columns }) => columns),
    )
  for await (const group of groups) {
    if (group.rowCount > 0) waiting.push(group)
    if (sum(({ rowCount }) => rowCount) < ROW_GROUP.rows && sum(({ bytes }) => bytes) < ROW_GROUP.bytes) continue
    yield gathered()
    waiting = []
  }
  if (waiting.length > 0) yield gathered()
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
