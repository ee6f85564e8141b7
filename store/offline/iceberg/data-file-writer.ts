import { ByteWriter, ParquetWriter } from 'hyparquet-writer'
import { columnMetrics } from './column-metrics.ts'
import type { Column } from './columns.ts'
import { compressZstd, type EncodedFile, parquetSchema } from './data-file.ts'
import type { IcebergField } from './schema.ts'

/** A Parquet file that is made a row group at a time. `expectedBytes` is about how large it will be. */
export function dataFileWriter(fields: IcebergField[], expectedBytes: number) {
  const writer = new ByteWriter(expectedBytes)
  const parquet = new ParquetWriter({
    writer,
    schema: parquetSchema(fields.map((field) => ({ field, cells: [] }))),
    codec: 'ZSTD',
    compressors: { ZSTD: compressZstd },
    createdBy: 'cairn',
  })
  return {
    /** Adds a row group of these columns, which are those of `fields` in their order. */
    write(columns: Column[]): void {
      const columnData = columns.map(({ field, cells }) => ({
        name: field.name,
        data: cells,
        // Iceberg's vectorized reader for Spark refuses booleans that are run-length encoded.
        ...(field.type === 'boolean' && { encoding: 'PLAIN' as const }),
      }))
      parquet.write({ columnData, rowGroupSize: columns[0]?.cells.length ?? 0 })
    },
    finish(): EncodedFile {
      parquet.finish()
      return { bytes: writer.getBytes(), metrics: columnMetrics(fields, parquet.row_groups) }
    },
  }
}
