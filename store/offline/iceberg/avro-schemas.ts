import type { Schema } from 'avsc'
import { PARTITION_FIELD } from './schema.ts'

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
  fields: [optional(PARTITION_FIELD.name, PARTITION_FIELD['field-id'], { type: 'int', logicalType: 'date' })],
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
export const MANIFEST_ENTRY = {
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
export const MANIFEST_FILE = {
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
