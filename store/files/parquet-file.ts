import { type AsyncBuffer, parquetSchema, type SchemaElement, type SchemaTree } from 'hyparquet'
import type { Cell } from '../events/json-cells.ts'
import { decodeColumns, type ValueOf } from './parquet-columns.ts'
import { type ParquetFooter, readFooter } from './parquet-footer.ts'
import { isMoment, type ToText, textOf, unsupported } from './parquet-text.ts'

/** A row's cells, or the reason why it has none; the first row has the number 1. */
export type ParquetRow = { number: number } & ({ cells: Cell[]; reason?: undefined } | { reason: string })

export interface ParquetFile {
  columns: string[]
  rowCount: number
  /** The rows past the first `skipped`. Throws when the file is damaged. */
  rows(skipped: number): AsyncGenerator<ParquetRow>
}

interface Column {
  name: string
  isList: boolean
  /** True for what stays text even if it looks like a number. */
  isText: boolean
  toText: ToText
}

/**
 * So many values are in memory at a time: a row group of ten columns, as most are written. Of a larger one a page is
 * decoded again for each part of it, and of lists all that is before it.
 */
const VALUES_AT_ONCE = 1_250_000
const LISTS_AT_ONCE = 100_000

/**
 * Opens a Parquet file, of which no more is in memory than the bytes of its footer and some rows. Times of the columns
 * in `asSeconds` are seconds since the epoch. Throws when the file is not Parquet, or has a column that no feature can be.
 */
export async function openParquet(file: AsyncBuffer, asSeconds: ReadonlySet<string>): Promise<ParquetFile> {
  const footer = await readFooter(file)
  const columns = parquetSchema(footer.metadata).children.map((child) => toColumn(child, asSeconds))
  const schema = footer.metadata.schema.map(asStored)
  const names = columns.map(({ name }) => name)
  const rowsAtOnce = Math.ceil(VALUES_AT_ONCE / columns.length)
  const size = columns.some(({ isList }) => isList) ? Math.max(rowsAtOnce, LISTS_AT_ONCE) : rowsAtOnce
  return {
    columns: names,
    rowCount: footer.rows,
    async *rows(skipped) {
      for (const { metadata, groupStart, start, end } of slices(footer, skipped, size)) {
        const values = await decodeColumns(file, { ...metadata, schema }, { names, start, end })
        for (let row = start; row < end; row++) yield toRow(groupStart + row + 1, row, values, columns)
        // They would be kept until the next ones are there.
        values.length = 0
      }
    },
  }
}

/** hyparquet makes doubles of decimals and objects of times: without their annotation it leaves them as they are stored. */
function asStored(element: SchemaElement): SchemaElement {
  const { converted_type: converted, logical_type: logical, ...rest } = element
  return converted === 'DECIMAL' || logical?.type === 'DECIMAL' || isMoment(element) ? rest : element
}

/** Parts of row groups, past that many rows; their rows are counted within the group. */
function* slices({ rowGroups }: ParquetFooter, skipped: number, size: number) {
  let groupStart = 0
  for (const { rows, metadata: metadataOf } of rowGroups()) {
    const first = Math.max(0, skipped - groupStart)
    const metadata = first < rows ? metadataOf() : undefined
    for (let start = first; metadata !== undefined && start < rows; start += size) {
      yield { metadata, groupStart, start, end: Math.min(start + size, rows) }
    }
    groupStart += rows
  }
}

function toColumn(tree: SchemaTree, asSeconds: ReadonlySet<string>): Column {
  const { name } = tree.element
  const leaf = leafOf(tree)
  const { type, converted_type: converted, logical_type: logical } = leaf
  const isText =
    type === 'BOOLEAN' || (/BYTE_ARRAY/.test(type ?? '') && converted !== 'DECIMAL' && logical?.type !== 'DECIMAL')
  const isList = tree.children.length > 0 || tree.element.repetition_type === 'REPEATED'
  return { name, isList, isText, toText: textOf(leaf, asSeconds.has(name)) }
}

/** The primitive that a column holds, or a list of which it is. */
function leafOf(tree: SchemaTree): SchemaElement {
  if (tree.children.length === 0) return tree.element
  const { converted_type: converted, logical_type: logical } = tree.element
  const [repeated] = tree.children
  const isList = converted === 'LIST' || logical?.type === 'LIST'
  if (!isList || repeated === undefined || tree.children.length > 1) throw unsupported(tree.element)
  if (repeated.children.length === 0) return repeated.element
  const [item] = repeated.children
  if (item === undefined || repeated.children.length > 1 || item.children.length > 0) throw unsupported(tree.element)
  return item.element
}

function toRow(number: number, row: number, values: ValueOf[], columns: Column[]): ParquetRow {
  const cells: Cell[] = []
  for (const [index, column] of columns.entries()) {
    const value = values[index]?.(row)
    if (value === null || value === undefined) continue
    try {
      const text = column.isList ? listTexts(column, value) : column.toText(value)
      if (text !== undefined) cells.push({ name: column.name, value: text, isText: column.isText })
    } catch (error) {
      const reason = error instanceof TypeError ? 'it is not UTF-8' : (error as Error).message
      return { number, reason: `column '${column.name}' has a value that cannot be read: ${reason}` }
    }
  }
  return { number, cells }
}

function listTexts({ toText }: Column, list: unknown): string[] {
  return (Array.isArray(list) ? list : []).map((value: unknown) => {
    const text = value === null || value === undefined ? undefined : toText(value)
    if (text === undefined) throw new Error('a list with an element that is no value')
    return text
  })
}
