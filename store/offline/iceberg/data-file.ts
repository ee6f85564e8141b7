import { constants, zstdCompressSync } from 'node:zlib'
import type { Encoding, SchemaElement } from 'hyparquet'
import { ByteWriter, type ColumnSource, ParquetWriter } from 'hyparquet-writer'
import { type ColumnMetrics, columnMetrics } from './column-metrics.ts'
import { type ColumnStatistics, type ColumnValues, columnValues } from './column-values.ts'
import type { GatheredColumns } from './columns.ts'
import type { IcebergField, IcebergPrimitive } from './schema.ts'

const ZSTD_LEVEL = 1

export interface EncodedFile {
  bytes: Uint8Array
  metrics: ColumnMetrics
}

/**
 * A Parquet file that is made some rows at a time, its columns with their field ids:
 * https://iceberg.apache.org/spec/#parquet. `expectedBytes` is about how large it will be.
 */
export function dataFileWriter(fields: IcebergField[], expectedBytes?: number) {
  const writer = new ByteWriter(expectedBytes)
  const parquet = new ParquetWriter({
    writer,
    schema: parquetSchema(fields),
    codec: 'ZSTD',
    compressors: { ZSTD: compressZstd },
    createdBy: 'cairn',
  })
  return {
    /** Adds a row group of columns which are those of `fields` in their order. */
    write({ count, columns }: GatheredColumns): void {
      const known = new Map<string, ColumnStatistics>()
      parquet.write({ columnData: columns.map((column) => columnSource(column, count, known)), rowGroupSize: count })
      for (const { meta_data } of parquet.row_groups.at(-1)?.columns ?? []) {
        const statistics = known.get(meta_data?.path_in_schema[0] ?? '')
        if (meta_data !== undefined && statistics !== undefined) meta_data.statistics = statistics
      }
    },
    finish(): EncodedFile {
      parquet.finish()
      return { bytes: writer.getBytes(), metrics: columnMetrics(fields, parquet.row_groups) }
    },
  }
}

/** The table's compression, beside the `write.parquet.compression-codec` of its metadata. */
export function compressZstd(bytes: Uint8Array): Uint8Array {
  return zstdCompressSync(bytes, { params: { [constants.ZSTD_c_compressionLevel]: ZSTD_LEVEL } })
}

/** The schema of a Parquet file with these fields. */
export function parquetSchema(fields: IcebergField[]): SchemaElement[] {
  return [{ name: 'table', num_children: fields.length }, ...fields.flatMap(parquetElements)]
}

/**
 * A column as the writer takes it, which asks for the data, of the first column twice, and for whether to find out the
 * statistics after it: a column is made for that, and let go before the next. Statistics that are known go to `known`.
 */
function columnSource(
  { field, gathered }: GatheredColumns['columns'][number],
  count: number,
  known: Map<string, ColumnStatistics>,
): ColumnSource {
  let made: ColumnValues | undefined
  function values(): ColumnValues {
    made ??= columnValues(gathered, count)
    return made
  }
  return {
    name: field.name,
    get data() {
      return values().data
    },
    get encoding() {
      return values().encoding ?? encodingOf(field)
    },
    get statistics() {
      const { statistics } = values()
      made = undefined
      if (statistics !== undefined) known.set(field.name, statistics)
      return statistics === undefined
    },
  }
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
