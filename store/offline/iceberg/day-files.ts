import type { GatheredColumns } from './columns.ts'
import { dataFileWriter, type EncodedFile } from './data-file.ts'
import type { GatheredRows } from './gather-rows.ts'

/** A Parquet file of rows that are all of one day, in days since the epoch. */
export interface DayFile {
  day: number
  rowCount: number
  file: EncodedFile
}

interface OpenFile {
  columnCount: number
  rowCount: number
  writer: ReturnType<typeof dataFileWriter>
}

/**
 * Encodes rows as Parquet files, a row group for those that come together: one file for each day, and a second one from
 * where on the table has more columns.
 */
export function dayFiles() {
  const open = new Map<number, OpenFile>()
  const closed: DayFile[] = []

  function close(day: number, { rowCount, writer }: OpenFile): void {
    closed.push({ day, rowCount, file: writer.finish() })
    open.delete(day)
  }

  function fileOf(day: number, { columns }: GatheredColumns): OpenFile {
    const known = open.get(day)
    // A table's columns only grow in number.
    if (known?.columnCount === columns.length) return known
    if (known !== undefined) close(day, known)
    const writer = dataFileWriter(columns.map(({ field }) => field))
    const begun = { columnCount: columns.length, rowCount: 0, writer }
    open.set(day, begun)
    return begun
  }

  return {
    add({ days }: GatheredRows): void {
      for (const [day, gathered] of days) {
        const file = fileOf(day, gathered)
        file.writer.write(gathered)
        file.rowCount += gathered.count
      }
    },
    /** The files of all rows; no more are taken. */
    finish(): DayFile[] {
      for (const [day, file] of open) close(day, file)
      return closed
    },
  }
}
