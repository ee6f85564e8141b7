import { gzipSync, zstdCompressSync } from 'node:zlib'
import { parquetWriteBuffer } from 'hyparquet-writer'
import type { Write } from '../events/record-model.ts'

export type Form = 'csv' | 'csv.gz' | 'jsonl' | 'json.zst' | 'parquet' | 'parquet.gz'

/** A file of the group `g`, and what is to become of its rows. */
export interface GeneratedFile {
  name: string
  body: Buffer
  puts: Write[]
  /** The lines of the rows that are to be refused. */
  refused: number[]
}

interface GeneratedRow {
  put: Write
  /** What is wrong with it; undefined for a good one. */
  flaw?: 'number' | 'identifier' | 'form'
}

const FLAWS = ['number', 'identifier', 'form'] as const
/** Identifiers that are hard to write down; a few, so that many rows are of one record. */
const IDENTIFIERS = [
  'a',
  'Zürich ✓',
  'two\nlines',
  'with "quotes"',
  'with, comma',
  'carriage\r\nreturn',
  '{"b": [1]}',
  'z',
]

/** Makes a file of so many rows, a part of which is bad. */
export function generateFile(form: Form, rows: number, random: () => number): GeneratedFile {
  const pick = <Item>(items: readonly Item[]): Item => items[Math.floor(random() * items.length)] as Item
  const times = Array.from({ length: rows }, (_, index) => ({ time: index + 1, order: random() }))
  times.sort((a, b) => a.order - b.order)
  const generated = times.map(({ time }): GeneratedRow => {
    const put: Write = { operation: 'Put', id: pick(IDENTIFIERS), time, ...(random() < 0.7 && { x: time * 7 }) }
    return random() < 0.3 ? { put, flaw: pick(FLAWS) } : { put }
  })
  const [format = '', compression] = form.split('.')
  const { body, lines } = WRITERS[format]?.(generated, random) ?? { body: Buffer.of(), lines: [] }
  return {
    name: `rows.${form}`,
    body: compression === undefined ? body : compression === 'gz' ? gzipSync(body) : zstdCompressSync(body),
    puts: generated.flatMap(({ put, flaw }) => (flaw === undefined ? [put] : [])),
    refused: generated.flatMap(({ flaw }, index) => (flaw === undefined ? [] : [lines[index] ?? 0])),
  }
}

interface Written {
  body: Buffer
  /** The line, or number, of each row. */
  lines: number[]
}

type Writer = (rows: GeneratedRow[], random: () => number) => Written

const WRITERS: { [format: string]: Writer } = { csv: toCsv, jsonl: toJsonLines, json: toJsonLines, parquet: toParquet }

/** Joins texts, line ends and blank lines between them at random. */
function joined(head: string, texts: string[], random: () => number): Written {
  let text = random() < 0.5 ? `\ufeff${head}` : head
  const lines = texts.map((one, index) => {
    if (random() < 0.1) text += random() < 0.5 ? '\n' : '\r\n'
    const line = countLineEnds(text) + 1
    const isLast = index === texts.length - 1
    text += one + (isLast && random() < 0.5 ? '' : random() < 0.5 ? '\n' : '\r\n')
    return line
  })
  return { body: Buffer.from(text), lines }
}

function countLineEnds(text: string): number {
  return text.match(/\r\n|\r|\n/g)?.length ?? 0
}

function toCsv(rows: GeneratedRow[], random: () => number): Written {
  const cell = (text: string) => (/[",\r\n]/.test(text) || random() < 0.3 ? `"${text.replaceAll('"', '""')}"` : text)
  const texts = rows.map(({ put, flaw }) => {
    if (flaw === 'form') return 'one cell,too few'
    return [flaw === 'identifier' ? '' : cell(put.id), put.time, flaw === 'number' ? 'many' : (put.x ?? '')].join(',')
  })
  return joined('id,time,x\r\n', texts, random)
}

function toJsonLines(rows: GeneratedRow[], random: () => number): Written {
  const texts = rows.map(({ put, flaw }) => {
    const { id, time, x } = put
    const features = {
      ...(flaw !== 'identifier' && { id }),
      time,
      ...(flaw === 'number' ? { x: 'many' } : x !== undefined && { x }),
    }
    if (flaw === 'form') return JSON.stringify(features).slice(0, -1)
    return JSON.stringify(random() < 0.4 ? { FeatureGroupName: 'g', Record: features } : features)
  })
  return joined('', texts, random)
}

/** All texts, so that a bad one can be written; a row has no form that could be bad. */
function toParquet(rows: GeneratedRow[]): Written {
  const data = (of: (row: GeneratedRow) => string | number | null) => rows.map((row) => of(row)?.toString() ?? null)
  const column = (name: string, of: (row: GeneratedRow) => string | number | null) => ({
    name,
    data: data(of),
    type: 'STRING' as const,
  })
  const columnData = [
    column('id', ({ put, flaw }) => (flaw === 'identifier' ? null : put.id)),
    column('time', ({ put, flaw }) => (flaw === 'form' ? 'never' : (put.time ?? null))),
    column('x', ({ put, flaw }) => (flaw === 'number' ? 'many' : (put.x ?? null))),
  ]
  const body = Buffer.from(parquetWriteBuffer({ columnData, rowGroupSize: 5 }))
  return { body, lines: rows.map((_, index) => index + 1) }
}
