import { type CsvError, type InfoRecord, type Parser, parse } from 'csv-parse'
import type { ByteSource } from './chunks.ts'
import { MAX_ROW_BYTES, type Position, readLines } from './lines.ts'

/** A record of a CSV file, its text still as bytes: one character for each. */
export interface CsvRecord {
  line: number
  end: number
  /** The number of the line after it. */
  nextLine: number
  raw: string
  cells: string[]
  /** Why the cells could not be told apart. */
  reason?: string
}

interface Parsed {
  record: string[]
  raw: string
  info: InfoRecord
}

/** The rows of so many bytes are in memory together. */
const PIECE_BYTES = 16 * 1024
const LINE_ENDS = /\r\n|\r|\n/g

const REASONS: { [code: string]: string } = {
  CSV_INVALID_CLOSING_QUOTE: 'a quoted cell goes on after its closing quote',
  INVALID_OPENING_QUOTE: 'a quote stands inside a cell that does not begin with one',
  CSV_QUOTE_NOT_CLOSED: 'a quoted cell is not closed',
  CSV_MAX_RECORD_SIZE: `the row has more than ${MAX_ROW_BYTES} bytes`,
}

/** The records of a CSV file, as `readCsvBatches` finds them. */
export async function* readCsvRecords(source: ByteSource, from: Position): AsyncGenerator<CsvRecord> {
  for await (const batch of readCsvBatches(source, from)) for (const record of batch) yield record
}

/**
 * The records of a CSV file (RFC 4180; lines may end with LF alone, empty lines are skipped), a few at a time. After a
 * record that breaks the format it goes on with the next line, so that a stray quote costs a line and not the rest of
 * the file. `onOpen` is for bytes that go on: in place of a last cell whose quote is not closed, it is told where its
 * record begins.
 */
export async function* readCsvBatches(
  source: ByteSource,
  from: Position,
  onOpen?: (begin: Position) => void,
): AsyncGenerator<CsvRecord[]> {
  let position = from
  while (true) {
    const stop = yield* recordsUntilError(source, position)
    if (stop.error === undefined) return
    if (onOpen !== undefined && stop.error.code === 'CSV_QUOTE_NOT_CLOSED') return onOpen(stop.position)
    const broken = await brokenRecord(source, stop.position, stop.error)
    yield [broken]
    position = { byte: broken.end, line: broken.nextLine }
  }
}

interface Stop {
  /** The end of the last record before the error. */
  position: Position
  error: CsvError | undefined
}

async function* recordsUntilError(source: ByteSource, from: Position): AsyncGenerator<CsvRecord[], Stop> {
  const parsed: Parsed[] = []
  const parser = csvParser(parsed)
  let error: CsvError | undefined
  parser.on('error', (failure: CsvError) => {
    error = failure
  })
  let position = from
  for await (const piece of piecesAndEnd(source, from.byte)) {
    await feed(parser, piece)
    const batch = parsed.splice(0).map(({ record, raw, info }): CsvRecord => {
      const text = raw.replace(/^[\r\n]+/, '')
      const line = position.line + countLineEnds(raw.slice(0, raw.length - text.length))
      position = { byte: from.byte + info.bytes, line: position.line + countLineEnds(raw) }
      return { line, end: position.byte, nextLine: position.line, raw: text, cells: record }
    })
    if (batch.length > 0) yield batch
    if (error !== undefined) break
  }
  return { position, error }
}

/** Latin-1 keeps every byte, so that UTF-8 can be checked cell by cell. The parser's own stream stays empty. */
function csvParser(parsed: Parsed[]): Parser {
  return parse({
    encoding: 'latin1',
    record_delimiter: ['\r\n', '\n'],
    skip_empty_lines: true,
    relax_column_count: true,
    max_record_size: MAX_ROW_BYTES,
    raw: true,
    info: true,
    on_record: (record) => {
      parsed.push(record as unknown as Parsed)
      return undefined
    },
  })
}

async function* piecesAndEnd(source: ByteSource, start: number): AsyncGenerator<Buffer | undefined> {
  for await (const chunk of source(start)) {
    for (let at = 0; at < chunk.length; at += PIECE_BYTES) yield chunk.subarray(at, at + PIECE_BYTES)
  }
  yield undefined
}

function feed(parser: Parser, piece: Buffer | undefined): Promise<void> {
  return new Promise((resolve) => {
    if (piece === undefined) parser.end(() => resolve())
    else parser.write(piece, () => resolve())
  })
}

async function brokenRecord(source: ByteSource, from: Position, error: CsvError): Promise<CsvRecord> {
  const reason = REASONS[error.code] ?? error.message
  for await (const { number, end, bytes } of readLines(source, from)) {
    if (bytes.length > 0)
      return { line: number, end, nextLine: number + 1, raw: bytes.toString('latin1'), cells: [], reason }
  }
  throw error
}

/** How many lines end in a text. */
export function countLineEnds(raw: string): number {
  return raw.match(LINE_ENDS)?.length ?? 0
}
