import type { AsyncBuffer } from 'hyparquet'
import type { Cell } from '../events/json-cells.ts'
import { readBytes } from './chunks.ts'
import { openParquet } from './parquet-file.ts'
import type { Row } from './row.ts'
import type { RowInput } from './row-input.ts'

const NONE: ReadonlySet<string> = new Set()

/** The column names of a Parquet file. Throws as `openParquet` does, with the name of the file. */
export async function readParquetColumns(input: RowInput): Promise<string[]> {
  try {
    return (await openParquet(asyncBuffer(input), NONE)).columns
  } catch (error) {
    throw unreadable(input, error)
  }
}

/**
 * The rows of a Parquet file past the first `from.line - 1`; times of the columns in `numbers` are seconds. Throws when
 * the file is damaged.
 */
export async function* readParquet(input: RowInput, numbers: ReadonlySet<string> = NONE): AsyncGenerator<Row> {
  const { from, bytes = 0 } = input
  try {
    const file = await openParquet(asyncBuffer(input), numbers)
    for await (const row of file.rows(from.line - 1)) {
      const place = { line: row.number, end: Math.round((bytes * row.number) / file.rowCount) }
      if (row.reason !== undefined) yield { ...place, reason: row.reason, json: () => 'null' }
      else yield { ...place, cells: row.cells, json: () => rowJson(row.cells) }
    }
  } catch (error) {
    throw unreadable(input, error)
  }
}

function unreadable({ name }: RowInput, error: unknown): Error {
  return new Error(`${name} cannot be read as Parquet: ${(error as Error).message}`, { cause: error })
}

function asyncBuffer({ name, source, bytes }: RowInput): AsyncBuffer {
  if (bytes === undefined) throw new RangeError(`how many bytes ${name} has is not known`)
  return {
    byteLength: bytes,
    async slice(start, end = bytes) {
      const read = await readBytes(source, start, end)
      if (read.length < end - start) throw new Error('the Parquet file is shorter than it says')
      return toArrayBuffer(read)
    },
  }
}

/** A buffer of these bytes alone: a Buffer may be a part of a larger one. */
function toArrayBuffer({ buffer, byteOffset, byteLength }: Buffer): ArrayBuffer {
  const isWhole = buffer instanceof ArrayBuffer && byteOffset === 0 && byteLength === buffer.byteLength
  return isWhole ? buffer : new Uint8Array(Buffer.from(buffer, byteOffset, byteLength)).buffer
}

function rowJson(cells: Cell[]): string {
  return JSON.stringify(Object.fromEntries(cells.map(({ name, value }) => [name, value])))
}
