import type { Readable } from 'node:stream'
import { bufferSource } from '../../../store/files/chunks.ts'
import type { Position } from '../../../store/files/lines.ts'
import { MAX_ROW_BYTES } from '../../../store/files/lines.ts'
import { readCsvHeader } from '../../../store/files/read-csv.ts'
import type { ColumnHints } from '../../../store/files/read-rows.ts'
import type { Format } from '../format.ts'
import { type Piece, pieceOf } from './piece.ts'

export interface PipeOptions extends ColumnHints {
  name: string
  format: Format
  signal: AbortSignal
}

const NEWLINE = 0x0a

/** The rows that come through a pipe, until it or the signal ends. */
export async function* readPipe(
  pipe: Readable,
  { name, format, collections, signal }: PipeOptions,
): AsyncGenerator<Piece> {
  let header: string[] | undefined
  let position: Position = { byte: 0, line: 1 }
  let carried: Buffer = Buffer.alloc(0)
  for await (const { bytes: come, isLast } of chunks(pipe, signal)) {
    const bytes = carried.length === 0 ? come : Buffer.concat([carried, come])
    const whole = isLast ? bytes : bytes.subarray(0, bytes.lastIndexOf(NEWLINE) + 1)
    const isWhole = isLast || bytes.length > MAX_ROW_BYTES
    const taken = whole.length === 0 && isWhole ? bytes : whole
    if (taken.length === 0) {
      carried = bytes
      continue
    }
    const piece = pieceOf({ bytes: taken, end: position.byte + taken.length }, position, {
      name,
      format,
      collections,
      header,
      isWhole,
    })
    yield piece
    if (format === 'csv' && header === undefined) {
      const first = { name, format, source: bufferSource(taken, 0), from: { byte: 0, line: 1 } }
      header = await readCsvHeader(first)
    }
    const end = piece.end()
    carried = bytes.subarray(end.byte - position.byte)
    position = end
  }
}

/** What comes, and then, unless the signal ended it, an empty chunk that is the last. */
async function* chunks(pipe: Readable, signal: AbortSignal): AsyncGenerator<{ bytes: Buffer; isLast: boolean }> {
  const end = () => pipe.destroy()
  signal.addEventListener('abort', end)
  try {
    for await (const bytes of pipe) yield { bytes: bytes as Buffer, isLast: false }
  } catch (error) {
    if (!signal.aborted) throw error
  } finally {
    signal.removeEventListener('abort', end)
  }
  if (!signal.aborted) yield { bytes: Buffer.alloc(0), isLast: true }
}
