import { type AsyncBuffer, type FileMetaData, parquetMetadataAsync, parquetReadObjects } from 'hyparquet'
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

interface RowGroup {
  name: string
  start: number
  rows: ReplayRow[]
}

/**
 * Reads the rows of Parquet files in pages of up to `limit`, none over the end of a row group. The row group that was
 * read last is kept, so that pages which follow each other do not decode it again.
 */
export function parquetPages(limit: number) {
  let opened: Opened | undefined
  let kept: RowGroup | undefined

  async function open({ name, open: openFile }: ParquetFile): Promise<Opened> {
    if (opened?.name === name) return opened
    const file = await openFile()
    opened = { name, file, metadata: await parquetMetadataAsync(file) }
    kept = undefined
    return opened
  }

  async function rowGroup({ name, file, metadata }: Opened, row: number): Promise<RowGroup> {
    if (kept?.name === name && row >= kept.start && row < kept.start + kept.rows.length) return kept
    kept = undefined
    const [start, end] = boundsOf(metadata, row)
    kept = { name, start, rows: await parquetReadObjects({ file, metadata, rowStart: start, rowEnd: end }) }
    return kept
  }

  return async (files: ParquetFile[], after = '0:0'): Promise<RowPage> => {
    const [index, row] = readCursor(after)
    const file = files[index]
    if (file === undefined) return { rows: [] }
    const parts = await open(file)
    if (row >= Number(parts.metadata.num_rows)) return { rows: [], ...nextFile(files, index) }
    const group = await rowGroup(parts, row)
    const rows = group.rows.slice(row - group.start, row - group.start + limit)
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
