import {
  type AsyncBuffer,
  cachedAsyncBuffer,
  type FileMetaData,
  parquetMetadataAsync,
  parquetReadObjects,
} from 'hyparquet'
import type { ReplayRow } from './replayed-record.ts'

/** A Parquet file of rows; opening it reads nothing of them. */
export interface ParquetFile {
  name: string
  open: () => Promise<AsyncBuffer>
}

export interface RowPage {
  rows: ReplayRow[]
  /** Where the next page begins; absent on the last one. */
  next?: string
}

interface Opened {
  name: string
  file: AsyncBuffer
  metadata: FileMetaData
}

/** The bytes of a row group as far as they were read, and its bounds: its first row, and the first one after it. */
interface RowGroup {
  name: string
  start: number
  end: number
  file: AsyncBuffer
}

/** Rows that follow each other. */
interface Part {
  name: string
  start: number
  rows: ReplayRow[]
}

export interface ParquetPagesOptions {
  /** The most rows of a page. */
  limit: number
  /** How many rows are decoded at once, each of them an object in memory. @default - all of a row group */
  maxDecoded?: number
}

/**
 * Reads the rows of Parquet files in pages, none over the end of a row group. The bytes of the row group that was read
 * last and the rows that were decoded last are kept, so that pages which follow each other do not ask for them again.
 */
export function parquetPages({ limit, maxDecoded = Number.POSITIVE_INFINITY }: ParquetPagesOptions) {
  let opened: Opened | undefined
  let current: RowGroup | undefined
  let kept: Part | undefined

  async function open({ name, open: openFile }: ParquetFile): Promise<Opened> {
    if (opened?.name === name) return opened
    const file = await openFile()
    opened = { name, file, metadata: await parquetMetadataAsync(file) }
    current = undefined
    kept = undefined
    return opened
  }

  function rowGroup({ name, file, metadata }: Opened, row: number): RowGroup {
    if (current?.name === name && row >= current.start && row < current.end) return current
    const [start, end] = boundsOf(metadata, row)
    current = { name, start, end, file: cachedAsyncBuffer(file, { minSize: 0 }) }
    return current
  }

  /** Rows from `row` on, or from before, as far as a page goes: the same page is the same whatever was read before. */
  async function part(parts: Opened, row: number): Promise<Part> {
    const { name, metadata } = parts
    const { file, end } = rowGroup(parts, row)
    const pageEnd = Math.min(row + limit, end)
    if (kept?.name === name && row >= kept.start && pageEnd <= kept.start + kept.rows.length) return kept
    // Before the next is made, so that there are never two.
    kept = undefined
    const range = { rowStart: row, rowEnd: Math.min(row + Math.max(limit, maxDecoded), end) }
    const rows = await parquetReadObjects({ file, metadata, ...range }).catch((error: unknown) => {
      // Its reads that have failed are not to be kept.
      current = undefined
      throw error
    })
    kept = { name, start: row, rows }
    return kept
  }

  return async (files: ParquetFile[], after = '0:0'): Promise<RowPage> => {
    const [index, row] = readCursor(after)
    const file = files[index]
    if (file === undefined) return { rows: [] }
    const parts = await open(file)
    if (row >= Number(parts.metadata.num_rows)) return { rows: [], ...nextFile(files, index) }
    const { start, rows: decoded } = await part(parts, row)
    const rows = decoded.slice(row - start, row - start + limit)
    const end = row + rows.length
    return { rows, ...(end < Number(parts.metadata.num_rows) ? { next: `${index}:${end}` } : nextFile(files, index)) }
  }
}

/** The first row of the row group that a row is in, and the first one after it. */
function boundsOf({ row_groups }: FileMetaData, row: number): [start: number, end: number] {
  let start = 0
  for (const { num_rows } of row_groups) {
    const end = start + Number(num_rows)
    if (row < end) return [start, end]
    start = end
  }
  throw new Error(`row ${row} is past the end of a Parquet file of ${start} rows`)
}

function nextFile(files: ParquetFile[], index: number): { next?: string } {
  return index + 1 < files.length ? { next: `${index + 1}:0` } : {}
}

function readCursor(text: string): [file: number, row: number] {
  const [, file, row] = /^(\d+):(\d+)$/.exec(text) ?? []
  if (file === undefined || row === undefined)
    throw new Error(`'${text}' is no place in Parquet files: it must be file:row`)
  return [Number(file), Number(row)]
}
