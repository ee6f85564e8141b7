import { brotliDecompressSync, gunzipSync, zstdDecompressSync } from 'node:zlib'
import {
  type AsyncBuffer,
  type ColumnMetaData,
  type FileMetaData,
  type ParquetReadOptions,
  parquetRead,
} from 'hyparquet'
import { beginOf, endOf, withSoundPages } from './page-headers.ts'

/** Answers the value of a column in a row of the file, the first of which is 0. Rows must be asked for in their order. */
export type ValueOf = (row: number) => unknown

export interface RowRange {
  start: number
  end: number
}

type Chunk = Parameters<NonNullable<ParquetReadOptions['onChunk']>>[0]

const COMPRESSORS = {
  GZIP: (bytes: Uint8Array) => gunzipSync(bytes),
  BROTLI: (bytes: Uint8Array) => brotliDecompressSync(bytes),
  ZSTD: (bytes: Uint8Array) => zstdDecompressSync(bytes),
}

const sameBytes = (bytes: Uint8Array) => bytes
const strictUtf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })

const PARSERS = {
  timestampFromNanoseconds: (nanos: bigint) => nanos,
  dateFromDays: (days: number) => days,
  stringFromBytes: textOrBytes,
  jsonFromBytes: textOrBytes,
  geometryFromBytes: sameBytes,
  geographyFromBytes: sameBytes,
}

/** Bytes that are not UTF-8 stay bytes, whose row is refused alone. */
function textOrBytes(bytes: Uint8Array | undefined): string | Uint8Array | undefined {
  try {
    return bytes && strictUtf8.decode(bytes)
  } catch {
    return bytes
  }
}

/** Columns are read together when they have so many bytes, as they are in the file. */
const READ_BYTES = 32 * 1024 * 1024
const INT64_END = 2n ** 63n

/**
 * The values of some rows of the one row group that `metadata` has, in the order of `names`: one column is decoded after
 * the other, and kept in as little memory as it needs. Throws when not all of them are there.
 */
export async function decodeColumns(
  file: AsyncBuffer,
  metadata: FileMetaData,
  { names, start, end }: RowRange & { names: string[] },
): Promise<ValueOf[]> {
  const reading = { metadata, compressors: COMPRESSORS, parsers: PARSERS, utf8: false, geoparquet: false }
  const range = { useOffsetIndex: true, rowStart: start, rowEnd: end }
  const stored = metadata.row_groups.flatMap(({ columns }) => columns.flatMap(({ meta_data: column }) => column ?? []))
  const bytes = withSoundPages(await readTogether(file, stored), stored)
  const columns: ValueOf[] = []
  for (const name of names) {
    const chunks: Chunk[] = []
    const onChunk = (chunk: Chunk) => void chunks.push(chunk)
    await parquetRead({ file: bytes, ...reading, ...range, columns: [name], onChunk })
    if (!covers(chunks, { start, end })) {
      throw new Error(`rows ${start + 1} to ${end} of the Parquet file cannot be read`)
    }
    columns.push(reader(chunks.map(compact)))
  }
  return columns
}

/** The file, with columns of it read at once unless they are large: a read of S3 takes its time. */
async function readTogether(file: AsyncBuffer, columns: ColumnMetaData[]): Promise<AsyncBuffer> {
  const begin = Math.min(...columns.map(beginOf))
  const end = Math.max(...columns.map(endOf))
  if (!(begin >= 0 && begin < end && end <= file.byteLength && end - begin <= READ_BYTES)) return file
  const bytes = await file.slice(begin, end)
  return {
    byteLength: file.byteLength,
    slice: (from, to = file.byteLength) =>
      from >= begin && to <= end ? bytes.slice(from - begin, to - begin) : file.slice(from, to),
  }
}

/** Whole numbers without a null take eight bytes each, and as objects four times as many. */
function compact(chunk: Chunk): Chunk {
  const { columnData } = chunk
  if (!Array.isArray(columnData) || !columnData.every(isInt64)) return chunk
  return { ...chunk, columnData: BigInt64Array.from(columnData) }
}

function isInt64(value: unknown): value is bigint {
  return typeof value === 'bigint' && value < INT64_END && value >= -INT64_END
}

/** True when the chunks follow one another from the start to the end, or beyond. */
function covers(chunks: Chunk[], { start, end }: RowRange): boolean {
  let reached = start
  for (const { rowStart, rowEnd } of chunks) {
    if (rowStart > reached) return false
    reached = Math.max(reached, rowEnd)
  }
  return reached >= end
}

function reader(chunks: Chunk[]): ValueOf {
  let index = 0
  return (row) => {
    let chunk = chunks[index]
    while (chunk !== undefined && row >= chunk.rowEnd) {
      index += 1
      chunk = chunks[index]
    }
    return chunk?.columnData[row - chunk.rowStart]
  }
}
