import { type ByteSource, readBytes } from './chunks.ts'
import type { Position } from './lines.ts'

export type Format = 'csv' | 'jsonl' | 'parquet'

/** Bytes that rows can be read from, more than once. */
export interface RowInput {
  /** What it is called in messages. */
  name: string
  format: Format
  /** Not compressed. */
  source: ByteSource
  /** How many bytes there are, where that is known; Parquet cannot be read without. */
  bytes?: number
  /** Where reading begins. Of Parquet the line alone counts: the first row is line 1. */
  from: Position
  /** The columns of a CSV when `from` is below its header. */
  header?: string[]
  /** Set when more bytes follow; told where a CSV row begins whose end is not there yet. */
  onOpen?: (begin: Position) => void
}

const UTF8_MARK = Buffer.from([0xef, 0xbb, 0xbf])
const UTF16_MARKS = [Buffer.from([0xff, 0xfe]), Buffer.from([0xfe, 0xff])]

/** The rows of a whole file, without its byte order mark. Throws for UTF-16. */
export async function wholeInput(file: {
  name: string
  format: Format
  source: ByteSource
  bytes: number
}): Promise<RowInput> {
  const byte = file.format === 'parquet' ? 0 : await markBytes(file)
  return { ...file, from: { byte, line: 1 } }
}

/** Bytes of a byte order mark, which reading begins after. */
async function markBytes({ name, source }: Pick<RowInput, 'name' | 'source'>): Promise<number> {
  const head = await readBytes(source, 0, UTF8_MARK.length)
  if (UTF16_MARKS.some((mark) => mark.equals(head.subarray(0, mark.length)))) {
    throw new Error(`${name} is UTF-16; it must be UTF-8`)
  }
  return head.equals(UTF8_MARK) ? UTF8_MARK.length : 0
}
