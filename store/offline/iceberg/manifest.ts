import type { Schema } from 'avsc'
import { avroFile } from './avro-file.ts'
import { MANIFEST_ENTRY, MANIFEST_FILE } from './avro-schemas.ts'
import type { ColumnMetrics } from './column-metrics.ts'
import { type IcebergSchema, PARTITION_FIELD } from './schema.ts'

/** The partition spec of every history: the day of `_event_time`. */
export const PARTITION_SPEC = {
  'spec-id': 0,
  fields: [PARTITION_FIELD],
}

/** A data file as a manifest names it. */
export interface DataFile {
  path: string
  /** Days since the epoch. */
  day: number
  rowCount: number
  bytes: number
  metrics: ColumnMetrics
}

/** A file of a snapshot, and the snapshot that brought it. */
export interface ManifestEntry {
  file: DataFile
  snapshotId: number
  sequenceNumber: number
}

/** A manifest as the list of a snapshot names it. */
export interface Manifest {
  path: string
  bytes: number
  sequenceNumber: number
  minSequenceNumber: number
  snapshotId: number
  addedFiles: number
  existingFiles: number
  addedRows: number
  existingRows: number
  minDay: number
  maxDay: number
}

const manifest = avroFile(MANIFEST_ENTRY as Schema)
const manifestList = avroFile(MANIFEST_FILE as Schema)

const EXISTING = 0
const ADDED = 1

/** The bytes of a manifest. Entries of `snapshotId` are its additions, the others were there before. */
export async function encodeManifest(
  entries: ManifestEntry[],
  { schema, snapshotId }: { schema: IcebergSchema; snapshotId: number },
): Promise<Buffer> {
  const metadata = {
    schema: JSON.stringify(schema),
    'schema-id': String(schema['schema-id']),
    'partition-spec': JSON.stringify(PARTITION_SPEC.fields),
    'partition-spec-id': '0',
    'format-version': '2',
    content: 'data',
  }
  const records = entries.map(({ file, snapshotId: by, sequenceNumber }) => ({
    status: by === snapshotId ? ADDED : EXISTING,
    snapshot_id: by,
    sequence_number: sequenceNumber,
    file_sequence_number: sequenceNumber,
    data_file: toAvro(file),
  }))
  return await manifest.encode(records, metadata)
}

/** The bytes of the list of a snapshot's manifests. */
export async function encodeManifestList(
  manifests: Manifest[],
  snapshot: { snapshotId: number; parentId: number | undefined; sequenceNumber: number },
): Promise<Buffer> {
  const metadata = {
    'snapshot-id': String(snapshot.snapshotId),
    'parent-snapshot-id': String(snapshot.parentId ?? 'null'),
    'sequence-number': String(snapshot.sequenceNumber),
    'format-version': '2',
  }
  return await manifestList.encode(manifests.map(toManifestFile), metadata)
}

function toManifestFile(manifest: Manifest) {
  const bound = (day: number) => {
    const bytes = Buffer.alloc(4)
    bytes.writeInt32LE(day)
    return bytes
  }
  const summary = {
    contains_null: false,
    contains_nan: null,
    lower_bound: bound(manifest.minDay),
    upper_bound: bound(manifest.maxDay),
  }
  return {
    manifest_path: manifest.path,
    manifest_length: manifest.bytes,
    partition_spec_id: 0,
    content: 0,
    sequence_number: manifest.sequenceNumber,
    min_sequence_number: manifest.minSequenceNumber,
    added_snapshot_id: manifest.snapshotId,
    added_files_count: manifest.addedFiles,
    existing_files_count: manifest.existingFiles,
    deleted_files_count: 0,
    added_rows_count: manifest.addedRows,
    existing_rows_count: manifest.existingRows,
    deleted_rows_count: 0,
    partitions: [summary],
  }
}

interface AvroMapEntry<Value> {
  key: number
  value: Value
}

interface AvroDataFile {
  content: number
  file_path: string
  file_format: string
  partition: { [PARTITION_FIELD.name]: number }
  record_count: number
  file_size_in_bytes: number
  value_counts: AvroMapEntry<number>[]
  null_value_counts: AvroMapEntry<number>[]
  lower_bounds: AvroMapEntry<Buffer>[]
  upper_bounds: AvroMapEntry<Buffer>[]
}

function toAvro({ path, day, rowCount, bytes, metrics }: DataFile): AvroDataFile {
  return {
    content: 0,
    file_path: path,
    file_format: 'PARQUET',
    partition: { [PARTITION_FIELD.name]: day },
    record_count: rowCount,
    file_size_in_bytes: bytes,
    value_counts: toEntries(metrics.valueCounts),
    null_value_counts: toEntries(metrics.nullCounts),
    lower_bounds: toEntries(metrics.lowerBounds),
    upper_bounds: toEntries(metrics.upperBounds),
  }
}

function fromAvro(file: AvroDataFile): DataFile {
  return {
    path: file.file_path,
    day: file.partition[PARTITION_FIELD.name],
    rowCount: file.record_count,
    bytes: file.file_size_in_bytes,
    metrics: {
      valueCounts: fromEntries(file.value_counts),
      nullCounts: fromEntries(file.null_value_counts),
      lowerBounds: fromEntries(file.lower_bounds),
      upperBounds: fromEntries(file.upper_bounds),
    },
  }
}

function toEntries<Value>(values: Map<number, Value>): AvroMapEntry<Value>[] {
  return [...values].map(([key, value]) => ({ key, value }))
}

function fromEntries<Value>(entries: AvroMapEntry<Value>[]): Map<number, Value> {
  return new Map(entries.map(({ key, value }) => [key, value]))
}

/** The entries of a manifest that are in its snapshot. Throws when it is damaged. */
export async function decodeManifest(bytes: Buffer): Promise<ManifestEntry[]> {
  interface AvroEntry {
    snapshot_id: number
    sequence_number: number
    data_file: AvroDataFile
  }
  const entries = await manifest.decode<AvroEntry>(bytes)
  return entries.map((entry) => ({
    file: fromAvro(entry.data_file),
    snapshotId: entry.snapshot_id,
    sequenceNumber: entry.sequence_number,
  }))
}

/** The manifests that a list names. Throws when it is damaged. */
export async function decodeManifestList(bytes: Buffer): Promise<Manifest[]> {
  const files = await manifestList.decode<ReturnType<typeof toManifestFile>>(bytes)
  return files.map((file) => ({
    path: file.manifest_path,
    bytes: file.manifest_length,
    sequenceNumber: file.sequence_number,
    minSequenceNumber: file.min_sequence_number,
    snapshotId: file.added_snapshot_id,
    addedFiles: file.added_files_count,
    existingFiles: file.existing_files_count,
    addedRows: file.added_rows_count,
    existingRows: file.existing_rows_count,
    minDay: file.partitions[0]?.lower_bound.readInt32LE() ?? 0,
    maxDay: file.partitions[0]?.upper_bound.readInt32LE() ?? 0,
  }))
}
