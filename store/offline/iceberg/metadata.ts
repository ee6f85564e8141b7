import { randomBytes, randomUUID } from 'node:crypto'
import type { FeatureGroup } from '../../groups/feature-group.ts'
import { PARTITION_SPEC } from './manifest.ts'
import { relocated } from './relocated.ts'
import { type IcebergSchema, icebergSchema, lastColumnId, PARTITION_FIELD } from './schema.ts'

/** A state of the table: https://iceberg.apache.org/spec/#snapshots */
export interface Snapshot {
  'snapshot-id': number
  'parent-snapshot-id'?: number
  'sequence-number': number
  'timestamp-ms': number
  'manifest-list': string
  'schema-id': number
  summary: { operation: 'append' | 'replace' | 'overwrite'; [key: string]: string }
}

/** What a table is, format version 2: https://iceberg.apache.org/spec/#table-metadata-fields */
export interface TableMetadata {
  'format-version': 2
  'table-uuid': string
  location: string
  'last-sequence-number': number
  'last-updated-ms': number
  'last-column-id': number
  schemas: IcebergSchema[]
  'current-schema-id': number
  'partition-specs': (typeof PARTITION_SPEC)[]
  'default-spec-id': 0
  'last-partition-id': number
  'sort-orders': { 'order-id': 0; fields: never[] }[]
  'default-sort-order-id': 0
  properties: { [key: string]: string }
  'current-snapshot-id': number
  snapshots: Snapshot[]
  'snapshot-log': { 'timestamp-ms': number; 'snapshot-id': number }[]
  'metadata-log': { 'timestamp-ms': number; 'metadata-file': string }[]
  refs: { main?: { 'snapshot-id': number; type: 'branch' } }
}

/** The summary's member that says up to which row of the log the table has all rows of its group. */
const LAST_SEQUENCE = 'cairn.last-sequence'

const NO_SNAPSHOT = -1

/** A table without rows. */
export function newTable(group: FeatureGroup, location: string, now: number): TableMetadata {
  return {
    'format-version': 2,
    'table-uuid': randomUUID(),
    location,
    'last-sequence-number': 0,
    'last-updated-ms': now,
    'last-column-id': lastColumnId(group),
    schemas: [icebergSchema(group, 0)],
    'current-schema-id': 0,
    'partition-specs': [PARTITION_SPEC],
    'default-spec-id': 0,
    'last-partition-id': PARTITION_FIELD['field-id'],
    'sort-orders': [{ 'order-id': 0, fields: [] }],
    'default-sort-order-id': 0,
    properties: {
      'write.parquet.compression-codec': 'zstd',
      'cairn.feature-group': group.FeatureGroupName,
      'cairn.group-id': group.groupId,
    },
    'current-snapshot-id': NO_SNAPSHOT,
    snapshots: [],
    'snapshot-log': [],
    'metadata-log': [],
    refs: {},
  }
}

/** The metadata of the table at `location`, wherever it was when it was written. Throws when it is no metadata. */
export function readTableMetadata(text: string, location: string): TableMetadata {
  const metadata = JSON.parse(text) as TableMetadata | null
  if (!Array.isArray(metadata?.snapshots)) throw new Error('it lists no snapshots')
  if (!Array.isArray(metadata.schemas)) throw new Error('it lists no schemas')
  const snapshots = metadata.snapshots.map((snapshot) => ({
    ...snapshot,
    'manifest-list': relocated(location, snapshot['manifest-list']),
  }))
  return { ...metadata, location, snapshots }
}

/** The table with a schema that has all features of the group; the same table when it has them already. */
export function withSchemaOf(group: FeatureGroup, metadata: TableMetadata): TableMetadata {
  const lastId = lastColumnId(group)
  if (metadata['last-column-id'] >= lastId) return metadata
  const schemaId = Math.max(...metadata.schemas.map((schema) => schema['schema-id'])) + 1
  return {
    ...metadata,
    'last-column-id': lastId,
    schemas: [...metadata.schemas, icebergSchema(group, schemaId)],
    'current-schema-id': schemaId,
  }
}

export function currentSchema(metadata: TableMetadata): IcebergSchema {
  const schema = metadata.schemas.find((candidate) => candidate['schema-id'] === metadata['current-schema-id'])
  if (schema === undefined) throw new Error(`table ${metadata.location} has no schema ${metadata['current-schema-id']}`)
  return schema
}

/** The snapshot that readers see; undefined for a table without rows. */
export function currentSnapshot(metadata: TableMetadata): Snapshot | undefined {
  return metadata.snapshots.find((snapshot) => snapshot['snapshot-id'] === metadata['current-snapshot-id'])
}

/** The last row of the log whose rows the table has; 0 for none. */
export function lastSequence(metadata: TableMetadata): number {
  return Number(currentSnapshot(metadata)?.summary[LAST_SEQUENCE] ?? 0)
}

/** An id for a snapshot: positive, and exact as a JavaScript number. */
export function newSnapshotId(): number {
  return randomBytes(6).readUIntBE(0, 6) + 1
}

export interface NewSnapshot {
  snapshotId: number
  manifestList: string
  operation: Snapshot['summary']['operation']
  lastSequence: number
  totals: { files: number; rows: number }
  now: number
  /** What the summary says besides. */
  summary?: { [key: string]: string }
}

/** The table with one more snapshot, which readers see from then on. */
export function withSnapshot(metadata: TableMetadata, added: NewSnapshot): TableMetadata {
  const parent = currentSnapshot(metadata)
  const sequence = metadata['last-sequence-number'] + 1
  // Iceberg's readers ask for times that do not go back.
  const timestamp = Math.max(added.now, metadata['last-updated-ms'])
  const snapshot: Snapshot = {
    'snapshot-id': added.snapshotId,
    ...(parent !== undefined && { 'parent-snapshot-id': parent['snapshot-id'] }),
    'sequence-number': sequence,
    'timestamp-ms': timestamp,
    'manifest-list': added.manifestList,
    'schema-id': metadata['current-schema-id'],
    summary: {
      operation: added.operation,
      'total-data-files': String(added.totals.files),
      'total-records': String(added.totals.rows),
      [LAST_SEQUENCE]: String(added.lastSequence),
      ...added.summary,
    },
  }
  return {
    ...metadata,
    'last-sequence-number': sequence,
    'last-updated-ms': timestamp,
    'current-snapshot-id': added.snapshotId,
    snapshots: [...metadata.snapshots, snapshot],
    'snapshot-log': [...metadata['snapshot-log'], { 'timestamp-ms': timestamp, 'snapshot-id': added.snapshotId }],
    refs: { main: { 'snapshot-id': added.snapshotId, type: 'branch' } },
  }
}
