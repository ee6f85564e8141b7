import { zstdDecompressSync } from 'node:zlib'
import { type AsyncBuffer, parquetMetadataAsync, parquetReadObjects } from 'hyparquet'
import type { Cell, Column } from './columns.ts'
import type { IcebergField } from './schema.ts'

/** The columns of a Parquet file that `encodeDataFile` has made, as they went in; nulls where the file has none. */
export async function readDataFile(bytes: Buffer, fields: IcebergField[]): Promise<Column[]> {
  const file = toAsyncBuffer(bytes)
  const metadata = await parquetMetadataAsync(file)
  const rows = await parquetReadObjects({
    file,
    metadata,
    compressors: { ZSTD: (compressed) => zstdDecompressSync(compressed) },
    parsers: { timestampFromMicroseconds: (micros) => micros },
  })
  return fields.map((field) => ({ field, cells: rows.map((row) => toCell(row[field.name])) }))
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
