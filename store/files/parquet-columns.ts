import { brotliDecompressSync, gunzipSync, zstdDecompressSync } from 'node:zlib'
import { type AsyncBuffer, type FileMetaData, type ParquetReadOptions, parquetRead } from 'hyparquet'
import type { Moment } from './parquet-text.ts'

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

const moment = (nanos: bigint): Moment => ({ nanos })
const sameBytes = (bytes: Uint8Array) => bytes
const strictUtf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })

const PARSERS = {
  timestampFromMilliseconds: (millis: bigint) => moment(BigInt(millis) * 1_000_000n),
  timestampFromMicroseconds: (micros: bigint) => moment(BigInt(micros) * 1_000n),
  timestampFromNanoseconds: moment,
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

/**
 * The values of some rows, column by column in the order of `names`, as hyparquet decodes them: rows are not put
 * together, which would take as much memory again. Throws when not all of them are there.
 */
export async function decodeColumns(
  file: AsyncBuffer,
  metadata: FileMetaData,
  { names, start, end }: RowRange & { names: string[] },
): Promise<ValueOf[]> {
  const chunks = new Map(names.map((name): [string, Chunk[]] => [name, []]))
  const onChunk = (chunk: Chunk) => chunks.get(chunk.columnName)?.push(chunk)
  const reading = { file, metadata, compressors: COMPRESSORS, parsers: PARSERS, utf8: false, geoparquet: false }
  await parquetRead({ ...reading, useOffsetIndex: true, rowStart: start, rowEnd: end, onChunk })
  return [...chunks.values()].map((ofColumn) => {
    if (!covers(ofColumn, { start, end })) {
      throw new Error(`rows ${start + 1} to ${end} of the Parquet file cannot be read`)
    }
    return reader(ofColumn)
  })
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
