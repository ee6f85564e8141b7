import { randomBytes } from 'node:crypto'
import avro, { type Schema } from 'avsc'
import type { ColumnMetrics } from './data-file.ts'
import { EVENT_TIME_FIELD_ID, type IcebergSchema } from './schema.ts'

/** The partition spec of every history: the day of `_event_time`. */
export const PARTITION_SPEC = {
  'spec-id': 0,
  fields: [{ name: '_event_time_day', transform: 'day', 'source-id': EVENT_TIME_FIELD_ID, 'field-id': 1000 }],
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

/** Avro takes attributes that it does not know, and Iceberg's field ids are such. */
const field = (name: string, id: number, type: Schema) => ({ name, type, 'field-id': id })

const map = (keyId: number, valueId: number, value: string): Schema => ({
  type: 'array',
  logicalType: 'map',
  items: {
    type: 'record',
    name: `k${keyId}_v${valueId}`,
    fields: [field('key', keyId, 'int'), field('value', valueId, value)],
  },
})

const optional = (name: string, id: number, type: Schema) => ({
  name,
  type: ['null', type],
  default: null,
  'field-id': id,
})

const PARTITION = {
  type: 'record',
  name: 'r102',
  fields: [optional('_event_time_day', 1000, { type: 'int', logicalType: 'date' })],
}

const DATA_FILE = {
  type: 'record',
  name: 'r2',
  fields: [
    field('content', 134, 'int'),
    field('file_path', 100, 'string'),
    field('file_format', 101, 'string'),
    field('partition', 102, PARTITION as Schema),
    field('record_count', 103, 'long'),
    field('file_size_in_bytes', 104, 'long'),
    optional('value_counts', 109, map(119, 120, 'long')),
    optional('null_value_counts', 110, map(121, 122, 'long')),
    optional('lower_bounds', 125, map(126, 127, 'bytes')),
    optional('upper_bounds', 128, map(129, 130, 'bytes')),
  ],
}

/** https://iceberg.apache.org/spec/#manifests, format version 2. */
const MANIFEST_ENTRY = {
  type: 'record',
  name: 'manifest_entry',
  fields: [
    field('status', 0, 'int'),
    optional('snapshot_id', 1, 'long'),
    optional('sequence_number', 3, 'long'),
    optional('file_sequence_number', 4, 'long'),
    field('data_file', 2, DATA_FILE as Schema),
  ],
}

const FIELD_SUMMARY = {
  type: 'record',
  name: 'r508',
  fields: [
    field('contains_null', 509, 'boolean'),
    optional('contains_nan', 518, 'boolean'),
    optional('lower_bound', 510, 'bytes'),
    optional('upper_bound', 511, 'bytes'),
  ],
}

/** https://iceberg.apache.org/spec/#manifest-lists, format version 2. */
const MANIFEST_FILE = {
  type: 'record',
  name: 'manifest_file',
  fields: [
    field('manifest_path', 500, 'string'),
    field('manifest_length', 501, 'long'),
    field('partition_spec_id', 502, 'int'),
    field('content', 517, 'int'),
    field('sequence_number', 515, 'long'),
    field('min_sequence_number', 516, 'long'),
    field('added_snapshot_id', 503, 'long'),
    field('added_files_count', 504, 'int'),
    field('existing_files_count', 505, 'int'),
    field('deleted_files_count', 506, 'int'),
    field('added_rows_count', 512, 'long'),
    field('existing_rows_count', 513, 'long'),
    field('deleted_rows_count', 514, 'long'),
    {
      name: 'partitions',
      type: ['null', { type: 'array', items: FIELD_SUMMARY, 'element-id': 508 }],
      default: null,
      'field-id': 507,
    },
  ],
}

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
  return await encode(MANIFEST_ENTRY as Schema, records, metadata)
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
  return await encode(MANIFEST_FILE as Schema, manifests.map(toManifestFile), metadata)
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
  partition: { _event_time_day: number }
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
    partition: { _event_time_day: day },
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
    day: file.partition._event_time_day,
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

async function encode(schema: Schema, records: unknown[], metadata: { [key: string]: string }): Promise<Buffer> {
  const encoder = new avro.streams.BlockEncoder(schema, {
    codec: 'deflate',
    codecs: avro.streams.BlockEncoder.defaultCodecs(),
    syncMarker: randomBytes(16),
    metadata: Object.fromEntries(Object.entries(metadata).map(([key, value]) => [key, Buffer.from(value)])),
  } as object)
  for (const record of records) encoder.write(record)
  encoder.end()
  const chunks: Buffer[] = []
  for await (const chunk of encoder) chunks.push(chunk)
  return Buffer.concat(chunks)
}

async function decode<Value>(bytes: Buffer): Promise<Value[]> {
  const decoder = new avro.streams.BlockDecoder()
  decoder.end(bytes)
  const values: Value[] = []
  for await (const value of decoder) values.push(value)
  return values
}

/** The entries of a manifest that are in its snapshot. */
export async function decodeManifest(bytes: Buffer): Promise<ManifestEntry[]> {
  interface AvroEntry {
    snapshot_id: number
    sequence_number: number
    data_file: AvroDataFile
  }
  const entries = await decode<AvroEntry>(bytes)
  return entries.map((entry) => ({
    file: fromAvro(entry.data_file),
    snapshotId: entry.snapshot_id,
    sequenceNumber: entry.sequence_number,
  }))
}

/** The manifests of a snapshot. */
export async function decodeManifestList(bytes: Buffer): Promise<Manifest[]> {
  const files = await decode<ReturnType<typeof toManifestFile>>(bytes)
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
