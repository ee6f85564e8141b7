import { zstdDecompressSync } from 'node:zlib'
import { type AsyncBuffer, parquetMetadataAsync, parquetReadObjects, parquetSchema } from 'hyparquet'
import type { Cell, Column } from './columns.ts'
import type { IcebergField } from './schema.ts'

/** Rows of a data file that are in memory together. */
export interface RowGroup {
  columns: Column[]
  rowCount: number
  /** What all its columns take in the file, before they are compressed. */
  bytes: number
}

/**
 * The rows of a Parquet file of the history, a row group at a time. The columns are those of the fields, as they went
 * in; nulls where the file has none.
 */
export async function* readRowGroups(bytes: Buffer, fields: IcebergField[]): AsyncGenerator<RowGroup> {
  const file = toAsyncBuffer(bytes)
  const metadata = await parquetMetadataAsync(file)
  const there = new Set(parquetSchema(metadata).children.map(({ element }) => element.name))
  const columns = fields.map(({ name }) => name).filter((name) => there.has(name))
  let rowStart = 0
  for (const { num_rows, total_byte_size } of metadata.row_groups) {
    const rowCount = Number(num_rows)
    const rows = await parquetReadObjects({
      file,
      metadata,
      columns,
      rowStart,
      rowEnd: rowStart + rowCount,
      compressors: { ZSTD: (compressed) => zstdDecompressSync(compressed) },
      parsers: { timestampFromMicroseconds: (micros) => micros },
    })
    yield {
      columns: fields.map((field) => ({ field, cells: rows.map((row) => toCell(row[field.name])) })),
      rowCount,
      bytes: Number(total_byte_size),
    }
    rowStart += rowCount
  }
}

/** A Parquet reader has no type for what a column holds: it is what was written. */
function toCell(value: unknown): Cell {
  if (value === undefined || value === null) return null
  return Array.isArray(value) ? value.map((element) => element ?? null) : (value as Cell)
}

function toAsyncBuffer(bytes: Buffer): AsyncBuffer {
  return {
    byteLength: bytes.length,
    slice: (start, end) => {
      const part = bytes.subarray(start, end)
      return part.buffer.slice(part.byteOffset, part.byteOffset + part.length) as ArrayBuffer
    },
  }
}
