import { randomUUID } from 'node:crypto'
import type { FeatureGroup } from '../../groups/feature-group.ts'
import type { RowToCommit } from '../sqlite-log.ts'
import { type DayFile, dayFiles } from './day-files.ts'
import { type GatheredRows, RowGatherer } from './gather-rows.ts'
import { type DataFile, encodeManifest, encodeManifestList, type Manifest, type ManifestEntry } from './manifest.ts'
import {
  currentSchema,
  currentSnapshot,
  lastSequence,
  newSnapshotId,
  newTable,
  type TableMetadata,
  withSchemaOf,
  withSnapshot,
} from './metadata.ts'
import { entriesOf, manifestsOf } from './read-snapshot.ts'
import { PARTITION_FIELD } from './schema.ts'
import type { TableFiles } from './table-files.ts'

/** From this many manifests on, they are merged into one. */
const MAX_MANIFESTS = 50

/**
 * Appends rows of a group's log, in the order of their sequence, to its table as one snapshot; rows that the table has
 * already are left out, so that repeating is safe. Makes the table, and new columns, when they are missing.
 */
export async function appendRows(
  files: TableFiles,
  group: FeatureGroup,
  rows: RowToCommit[],
  now: number,
): Promise<void> {
  const append = beginAppend(files)
  append.add(newRows(group, rows, append.lastSequence))
  await append.commit(group, now)
}

/** Gathers those rows of a group's log that follow that sequence. */
export function newRows(group: FeatureGroup, rows: RowToCommit[], after: number): GatheredRows {
  const gatherer = new RowGatherer(group)
  for (const row of rows) if (row.sequence > after) gatherer.add(row)
  return gatherer.gathered()
}

/** Begins a snapshot with more rows of a table. */
export function beginAppend(files: TableFiles) {
  const present = files.readMetadata()
  const encoded = dayFiles()
  const done = present === undefined ? 0 : lastSequence(present)
  let last = done
  return {
    /** The last row of the log that the table has: those up to it are not to be added. */
    lastSequence: done,
    /** Adds rows that follow all others. */
    add(rows: GatheredRows): void {
      if (rows.count === 0) return
      encoded.add(rows)
      last = rows.lastSequence
    },
    /** Commits what was added, as one snapshot. Makes the table, and new columns, when they are missing. */
    async commit(group: FeatureGroup, now: number): Promise<void> {
      // The rows are about to leave the log, and a crash may have come before readers were shown them.
      if (last === done) return files.publish()
      const metadata = withSchemaOf(group, present ?? makeTable(files, group, now))
      const written = encoded.finish().map((file) => writeDataFile(files, file))
      files.commit(await appendFiles(files, metadata, written, { lastSequence: last, now }))
    },
  }
}

/** An empty table. It is there before its first data file: files without a table are those of one that was lost. */
function makeTable(files: TableFiles, group: FeatureGroup, now: number): TableMetadata {
  const made = newTable(group, files.location, now)
  files.commit(made)
  return made
}

/** Writes a Parquet file to the table. */
export function writeDataFile(files: TableFiles, { day, rowCount, file: { bytes, metrics } }: DayFile): DataFile {
  const path = files.write(`data/${PARTITION_FIELD.name}=${isoDay(day)}/${randomUUID()}.parquet`, bytes)
  return { path, day, rowCount, bytes: bytes.length, metrics }
}

/** The table with a snapshot that has the files too. Nothing is committed yet. */
export async function appendFiles(
  files: TableFiles,
  metadata: TableMetadata,
  added: DataFile[],
  { lastSequence, now }: { lastSequence: number; now: number },
): Promise<TableMetadata> {
  const snapshotId = newSnapshotId()
  const sequenceNumber = metadata['last-sequence-number'] + 1
  const entries = added.map((file): ManifestEntry => ({ file, snapshotId, sequenceNumber }))
  const present = await manifestsOf(files, currentSnapshot(metadata))
  const manifests =
    present.length < MAX_MANIFESTS
      ? [...present, await writeManifest(files, metadata, entries, snapshotId)]
      : [await writeManifest(files, metadata, [...(await entriesOf(files, present)), ...entries], snapshotId)]
  return await writeSnapshot(files, metadata, manifests, { snapshotId, operation: 'append', lastSequence, now })
}

interface SnapshotOptions {
  snapshotId: number
  operation: 'append' | 'replace' | 'overwrite'
  lastSequence: number
  now: number
  summary?: { [key: string]: string }
}

/** The table with a snapshot of these manifests. */
export async function writeSnapshot(
  files: TableFiles,
  metadata: TableMetadata,
  manifests: Manifest[],
  options: SnapshotOptions,
): Promise<TableMetadata> {
  const sequenceNumber = metadata['last-sequence-number'] + 1
  const parentId = currentSnapshot(metadata)?.['snapshot-id']
  const bytes = await encodeManifestList(manifests, { snapshotId: options.snapshotId, parentId, sequenceNumber })
  const manifestList = files.write(`metadata/snap-${options.snapshotId}-${randomUUID()}.avro`, bytes)
  const sum = (count: (manifest: Manifest) => number) =>
    manifests.reduce((total, manifest) => total + count(manifest), 0)
  const totals = {
    files: sum(({ addedFiles, existingFiles }) => addedFiles + existingFiles),
    rows: sum(({ addedRows, existingRows }) => addedRows + existingRows),
  }
  return withSnapshot(metadata, { ...options, manifestList, totals })
}

/** Writes a manifest of these entries. */
export async function writeManifest(
  files: TableFiles,
  metadata: TableMetadata,
  entries: ManifestEntry[],
  snapshotId: number,
): Promise<Manifest> {
  const bytes = await encodeManifest(entries, { schema: currentSchema(metadata), snapshotId })
  const path = files.write(`metadata/${randomUUID()}-m0.avro`, bytes)
  const added = entries.filter((entry) => entry.snapshotId === snapshotId)
  const existing = entries.filter((entry) => entry.snapshotId !== snapshotId)
  const rows = (of: ManifestEntry[]) => of.reduce((total, { file }) => total + file.rowCount, 0)
  const days = entries.map(({ file }) => file.day)
  return {
    path,
    bytes: bytes.length,
    sequenceNumber: metadata['last-sequence-number'] + 1,
    minSequenceNumber: Math.min(...entries.map((entry) => entry.sequenceNumber)),
    snapshotId,
    addedFiles: added.length,
    existingFiles: existing.length,
    addedRows: rows(added),
    existingRows: rows(existing),
    minDay: Math.min(...days),
    maxDay: Math.max(...days),
  }
}

function isoDay(day: number): string {
  return new Date(day * 86_400_000).toISOString().slice(0, 10)
}
