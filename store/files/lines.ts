import type { ByteSource } from './chunks.ts'

/** No record of the API comes near this size, even with every character escaped. */
export const MAX_ROW_BYTES = 4 * 1024 * 1024

const NEWLINE = 0x0a
const CARRIAGE_RETURN = 0x0d

/** A place in a file: bytes before it, and the number of the line, which begins with 1. */
export interface Position {
  byte: number
  line: number
}

export interface Line {
  number: number
  /** Bytes of the file up to the end of the line. */
  end: number
  /** Without its line end; only the beginning when it is too long. */
  bytes: Buffer
  isTooLong: boolean
}

/** Lines from a position on, without holding more than one of them and none over `MAX_ROW_BYTES`. */
export async function* readLines(source: ByteSource, from: Position): AsyncGenerator<Line> {
  let { byte, line } = from
  let parts: Buffer[] = []
  let length = 0

  function carry(part: Buffer): void {
    if (length <= MAX_ROW_BYTES) parts.push(part)
    length += part.length
  }
  function take(lineEndBytes: number): Line {
    byte += length + lineEndBytes
    const bytes = withoutCarriageReturn(Buffer.concat(parts).subarray(0, MAX_ROW_BYTES + 1))
    const taken = { number: line, end: byte, bytes, isTooLong: bytes.length > MAX_ROW_BYTES }
    line += 1
    parts = []
    length = 0
    return taken
  }

  for await (const chunk of source(byte)) {
    let start = 0
    for (let at = chunk.indexOf(NEWLINE); at >= 0; at = chunk.indexOf(NEWLINE, start)) {
      carry(chunk.subarray(start, at))
      yield take(1)
      start = at + 1
    }
    carry(chunk.subarray(start))
  }
  if (length > 0) yield take(0)
}

function withoutCarriageReturn(bytes: Buffer): Buffer {
  return bytes.at(-1) === CARRIAGE_RETURN ? bytes.subarray(0, -1) : bytes
}
