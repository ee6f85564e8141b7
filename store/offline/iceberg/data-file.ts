import { zstdCompressSync } from 'node:zlib'
import type { Encoding, SchemaElement } from 'hyparquet'
import { parquetWriteBuffer } from 'hyparquet-writer'
import type { Column } from './columns.ts'
import type { IcebergField, IcebergPrimitive } from './schema.ts'
import { type ColumnValue, isLess, lowerBound, serializeValue, upperBound } from './single-value.ts'

const ROWS_PER_GROUP = 100_000
const ZSTD_LEVEL = 1

/** What a manifest says about the columns of a data file, by field id. */
export interface ColumnMetrics {
  valueCounts: Map<number, number>
  nullCounts: Map<number, number>
  lowerBounds: Map<number, Buffer>
  upperBounds: Map<number, Buffer>
}

/** The bytes of a Parquet file with these columns, each with its field id: https://iceberg.apache.org/spec/#parquet */
export function encodeDataFile(columns: Column[]): Uint8Array {
  const schema: SchemaElement[] = [
    { name: 'table', num_children: columns.length },
    ...columns.flatMap(({ field }) => parquetElements(field)),
  ]
  const buffer = parquetWriteBuffer({
    schema,
    columnData: columns.map(({ field, cells }) => ({ name: field.name, data: cells, encoding: encodingOf(field) })),
    codec: 'ZSTD',
    compressors: { ZSTD: (bytes) => zstdCompressSync(bytes, { params: { 100: ZSTD_LEVEL } }) },
    rowGroupSize: ROWS_PER_GROUP,
    createdBy: 'cairn',
  })
  return new Uint8Array(buffer)
}

/** Iceberg's vectorized reader for Spark refuses booleans that are run-length encoded; what else there is it reads. */
function encodingOf({ type }: IcebergField): Encoding | undefined {
  return type === 'boolean' ? 'PLAIN' : undefined
}

const PARQUET: Record<IcebergPrimitive, Omit<SchemaElement, 'name'>> = {
  long: { type: 'INT64' },
  double: { type: 'DOUBLE' },
  boolean: { type: 'BOOLEAN' },
  string: { type: 'BYTE_ARRAY', converted_type: 'UTF8', logical_type: { type: 'STRING' } },
  timestamp: { type: 'INT64', logical_type: { type: 'TIMESTAMP', isAdjustedToUTC: false, unit: 'MICROS' } },
}

function parquetElements({ id, name, required, type }: IcebergField): SchemaElement[] {
  const repetition_type = required ? 'REQUIRED' : 'OPTIONAL'
  if (typeof type === 'string') return [{ ...PARQUET[type], name, repetition_type, field_id: id }]
  return [
    { name, repetition_type, num_children: 1, converted_type: 'LIST', logical_type: { type: 'LIST' }, field_id: id },
    { name: 'list', repetition_type: 'REPEATED', num_children: 1 },
    { ...PARQUET[type.element], name: 'element', repetition_type: 'OPTIONAL', field_id: type['element-id'] },
  ]
}

/** The metrics by which readers leave files out; none for lists, whose elements Iceberg does not prune by. */
export function columnMetrics(columns: Column[]): ColumnMetrics {
  const metrics: ColumnMetrics = {
    valueCounts: new Map(),
    nullCounts: new Map(),
    lowerBounds: new Map(),
    upperBounds: new Map(),
  }
  for (const column of columns)
    if (typeof column.field.type === 'string') addMetrics(metrics, column, column.field.type)
  return metrics
}

function addMetrics(metrics: ColumnMetrics, { field, cells }: Column, type: IcebergPrimitive): void {
  let nulls = 0
  let min: ColumnValue | undefined
  let max: ColumnValue | undefined
  for (const cell of cells) {
    if (cell === null) nulls += 1
    else if (!Array.isArray(cell)) {
      if (min === undefined || isLess(cell, min)) min = cell
      if (max === undefined || isLess(max, cell)) max = cell
    }
  }
  metrics.valueCounts.set(field.id, cells.length)
  metrics.nullCounts.set(field.id, nulls)
  if (min === undefined || max === undefined) return
  metrics.lowerBounds.set(field.id, serializeValue(type, lowerBound(min)))
  const upper = upperBound(max)
  if (upper !== undefined) metrics.upperBounds.set(field.id, serializeValue(type, upper))
}
