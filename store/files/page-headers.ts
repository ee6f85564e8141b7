import type { AsyncBuffer, ColumnMetaData } from 'hyparquet'
import { parquetHeader } from 'hyparquet/src/column.js'

type PageHeader = ReturnType<typeof parquetHeader>

/**
 * A file in which the pages of a column have whole headers: hyparquet follows a damaged one for ever, or as far as
 * memory goes. Reading throws for one that is damaged. Of a column hyparquet reads whole pages only.
 * https://github.com/apache/parquet-format/blob/master/src/main/thrift/parquet.thrift
 */
export function withSoundPages(file: AsyncBuffer, columns: ColumnMetaData[]): AsyncBuffer {
  return {
    byteLength: file.byteLength,
    async slice(start, end = file.byteLength) {
      const bytes = await file.slice(start, end)
      const column = columns.find((each) => start >= beginOf(each) && end <= endOf(each))
      if (column === undefined) return bytes
      const values = countValues(bytes, column)
      const isWhole = start === beginOf(column) && end === endOf(column)
      if (isWhole && values !== Number(column.num_values)) throw damaged(column, `pages of ${values} values`)
      return bytes
    },
  }
}

/** The place of the first byte of a column's pages. */
export function beginOf({ dictionary_page_offset: dictionary, data_page_offset: data }: ColumnMetaData): number {
  return Number(dictionary || data)
}

/** The place after the last byte of a column's pages. */
export function endOf(column: ColumnMetaData): number {
  return beginOf(column) + Number(column.total_compressed_size)
}

/** How many values the pages have. Throws when a header is none. */
function countValues(bytes: ArrayBuffer, column: ColumnMetaData): number {
  const reader = { view: new DataView(bytes), offset: 0 }
  let values = 0
  // What follows the last value, or is a byte alone, hyparquet leaves alone too.
  while (values < Number(column.num_values) && reader.offset < bytes.byteLength - 1) {
    const header = parquetHeader(reader)
    const left = bytes.byteLength - reader.offset
    if (!isSound(header, left)) throw damaged(column, 'a page whose header is damaged')
    values += valuesOf(header)
    reader.offset += header.compressed_page_size
  }
  return values
}

function valuesOf({ data_page_header: first, data_page_header_v2: second }: PageHeader): number {
  return first?.num_values ?? second?.num_values ?? 0
}

/** True when every number that reading goes by is one, and within the bytes that are left. */
function isSound(header: PageHeader, left: number): boolean {
  const { type, compressed_page_size: size, uncompressed_page_size: unpacked } = header
  const { data_page_header: first, data_page_header_v2: second, dictionary_page_header: dictionary } = header
  if (!isCount(size, left) || !isCount(unpacked)) return false
  if (type === 'DICTIONARY_PAGE') return isCount(dictionary?.num_values)
  if (type === 'DATA_PAGE') return isCount(first?.num_values)
  if (type !== 'DATA_PAGE_V2' || second === undefined) return false
  const { num_values: values, num_rows: rows, num_nulls: nulls } = second
  const { definition_levels_byte_length: definition, repetition_levels_byte_length: repetition } = second
  const levels = isCount(definition, size) && isCount(repetition, size - definition)
  return levels && isCount(values) && isCount(rows, values) && isCount(nulls, values)
}

function isCount(value: unknown, most = Number.MAX_SAFE_INTEGER): value is number {
  return typeof value === 'number' && Number.isInteger(value) && value >= 0 && value <= most
}

function damaged({ path_in_schema: path, num_values: values }: ColumnMetaData, what: string): Error {
  return new Error(`column '${path[0]}' of the Parquet file, of ${values} values, has ${what}`)
}
