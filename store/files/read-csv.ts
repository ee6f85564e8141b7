import { type Cell, parseJsonList } from '../events/json-cells.ts'
import { type CsvRecord, readCsvBatches, readCsvRecords } from './csv-records.ts'
import type { Row } from './row.ts'
import type { RowInput } from './row-input.ts'
import { decodeUtf8 } from './utf8.ts'

const NOT_ASCII = /[^\0-\x7f]/

/** The column names of a CSV file. Throws when there are none, or when one is empty or there twice. */
export async function readCsvHeader(input: RowInput): Promise<string[]> {
  for await (const record of readCsvRecords(input.source, input.from)) return toHeader(input, record)
  throw new Error(`${input.name} is empty: its first line must name the columns`)
}

/**
 * The rows below the header. An empty cell is no value; any other is taken verbatim, but in the columns of
 * `collections` it is a JSON list.
 */
export async function* readCsv(input: RowInput, collections: ReadonlySet<string>): AsyncGenerator<Row> {
  let { header } = input
  for await (const batch of readCsvBatches(input.source, input.from, input.onOpen)) {
    for (const record of batch) {
      if (header === undefined) header = toHeader(input, record)
      else yield toRow(record, header, collections)
    }
  }
}

function toHeader(input: RowInput, { cells, line, reason }: CsvRecord): string[] {
  if (reason !== undefined) throw new Error(`the header of ${input.name}, line ${line}, is not CSV: ${reason}`)
  const names = cells.map((cell) => fromBytes(cell))
  for (const [index, name] of names.entries()) {
    if (name === undefined) throw new Error(`the header of ${input.name} is not UTF-8`)
    if (name === '') throw new Error(`column ${index + 1} of ${input.name} has no name in the header`)
    if (names.indexOf(name) < index) throw new Error(`column '${name}' is twice in the header of ${input.name}`)
  }
  return names as string[]
}

function toRow(record: CsvRecord, header: string[], collections: ReadonlySet<string>): Row {
  const { raw, cells, reason } = record
  const place = { line: record.line, nextLine: record.nextLine, end: record.end }
  const refused = (why: string): Row => ({ ...place, reason: why, json: () => rawJson(raw) })
  if (reason !== undefined) return refused(reason)
  if (cells.length !== header.length) {
    return refused(`the row has ${cells.length} cells and the header ${header.length}`)
  }
  const texts = cells.map(fromBytes)
  if (texts.includes(undefined)) return refused('the row is not UTF-8')
  const json = () => JSON.stringify(Object.fromEntries(header.map((name, index) => [name, texts[index]])))
  try {
    return { ...place, json, cells: toCells(header, texts, collections) }
  } catch (error) {
    return { ...place, json, reason: (error as Error).message }
  }
}

function toCells(header: string[], texts: (string | undefined)[], collections: ReadonlySet<string>): Cell[] {
  const cells: Cell[] = []
  for (const [index, name] of header.entries()) {
    const text = texts[index]
    if (text === undefined || text === '') continue
    cells.push({ name, value: collections.has(name) ? parseJsonList(name, text) : text, isText: false })
  }
  return cells
}

/** The text behind one character for each byte; undefined when it is not UTF-8. */
function fromBytes(cell: string): string | undefined {
  return NOT_ASCII.test(cell) ? decodeUtf8(Buffer.from(cell, 'latin1')) : cell
}

function rawJson(raw: string): string {
  return JSON.stringify(
    Buffer.from(raw, 'latin1')
      .toString('utf8')
      .replace(/[\r\n]+$/, ''),
  )
}
