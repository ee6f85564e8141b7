import type { FileHandle } from 'node:fs/promises'
import { bufferSource } from '../../../store/files/chunks.ts'
import { countLineEnds } from '../../../store/files/csv-records.ts'
import { MAX_ROW_BYTES, type Position } from '../../../store/files/lines.ts'
import { readCsvHeader } from '../../../store/files/read-csv.ts'
import { type ColumnHints, readRows } from '../../../store/files/read-rows.ts'
import type { RowInput } from '../../../store/files/row-input.ts'
import type { Format } from '../format.ts'
import type { Row } from '../row.ts'
import { headWith, movedPlace, type Place } from './place.ts'
import { readSegment, SEGMENT_BYTES, type Segment } from './segment.ts'

/** Some rows of a file. Whoever asks for the next piece says by it that these are written or refused. */
export interface Piece {
  name: string
  rows: AsyncIterable<Row> | Row[]
}

export interface PiecesOptions extends ColumnHints {
  name: string
  format: Format
  from: Place
  /** True when nothing more will be written to the file. */
  isFinal: boolean
  /** Told of the place after each piece that is done. */
  onDone: (place: Place) => Promise<void>
  signal: AbortSignal
}

/** The pieces that a file has now from a position on; what is not whole yet is left for another time. */
export async function* readPieces(file: FileHandle, options: PiecesOptions): AsyncGenerator<Piece> {
  let place = options.from
  let size = SEGMENT_BYTES
  let header: string[] | undefined
  while (!options.signal.aborted) {
    const segment = await readSegment(file, { start: place.byte, size, isFinal: options.isFinal })
    if (segment === undefined) return
    if (options.format === 'csv' && place.byte > 0) header ??= await headerOf(file, options)
    // Asked once all is read: in a file that is written anew meanwhile these bytes are not what follows the place.
    const head = await headWith(file, place, segment.bytes)
    if (head === undefined) return
    const isWhole = options.isFinal || segment.bytes.length > MAX_ROW_BYTES
    const piece = pieceOf(segment, place, { ...options, header, isWhole })
    yield piece
    const end = piece.end()
    if (end.byte > place.byte) {
      size = SEGMENT_BYTES
      place = movedPlace(place, head, end)
      await options.onDone(place)
    } else if (size <= MAX_ROW_BYTES) size *= 2
    else return
  }
}

async function headerOf(file: FileHandle, { name, isFinal }: PiecesOptions): Promise<string[] | undefined> {
  const segment = await readSegment(file, { start: 0, size: SEGMENT_BYTES, isFinal })
  if (segment === undefined) return undefined
  const source = bufferSource(withoutMark(segment.bytes), 0)
  return await readCsvHeader({ name, format: 'csv', source, from: { byte: 0, line: 1 } })
}

interface PieceOptions extends Pick<PiecesOptions, 'name' | 'format' | 'collections'> {
  header: string[] | undefined
  /** True when a cell that is still open will never be closed. */
  isWhole: boolean
}

export function pieceOf(segment: Segment, from: Position, { name, format, header, isWhole, ...hints }: PieceOptions) {
  let open: Position | undefined
  const bytes = from.byte === 0 ? withoutMark(segment.bytes) : segment.bytes
  const start = { byte: from.byte + segment.bytes.length - bytes.length, line: from.line }
  const input: RowInput = { name, format, source: bufferSource(bytes, start.byte), from: start }
  if (header !== undefined) input.header = header
  if (!isWhole) {
    input.onOpen = (begin) => {
      open = begin
    }
  }
  return {
    name,
    rows: readRows(input, hints),
    /** Where the rows end; where the one that is not whole yet begins. */
    end: () => open ?? { byte: segment.end, line: from.line + linesIn(bytes, format) },
  }
}

function linesIn(bytes: Buffer, format: Format): number {
  if (format === 'csv') return countLineEnds(bytes.toString('latin1'))
  let lines = 0
  for (const byte of bytes) if (byte === 0x0a) lines += 1
  return lines
}

function withoutMark(bytes: Buffer): Buffer {
  return bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf ? bytes.subarray(3) : bytes
}
