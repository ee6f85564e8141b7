import type { ByteSource } from './chunks.ts'
import type { Position } from './lines.ts'

export const FORMATS = ['csv', 'jsonl', 'parquet'] as const
export type Format = (typeof FORMATS)[number]

/** Bytes that rows can be read from, more than once. */
export interface RowInput {
  /** What it is called in messages, and what the default name of the file of refused rows is made from. */
  name: string
  format: Format
  source: ByteSource
  /** The file, where there is one: Parquet needs it. */
  path?: string
  /** How many bytes there are, where that is known. */
  bytes?: number
  /** Where reading begins. */
  from: Position
  /** The columns of a CSV when `from` is below its header. */
  header?: string[]
  /** Set when more bytes follow; told where a CSV row begins whose end is not there yet. */
  onOpen?: (begin: Position) => void
}
