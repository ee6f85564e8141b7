import { statSync } from 'node:fs'
import { extname, resolve } from 'node:path'
import type { DuckDBConnection } from '@duckdb/node-api'
import { sqlName, sqlText } from '../../store/offline/sql/quote.ts'
import { clearly } from '../history/engine.ts'
import { csvHeader } from './csv-header.ts'

export interface BaseColumn {
  name: string
  /** As DuckDB calls it. All columns of a CSV file are VARCHAR. */
  type: string
}

/** The file that says which entities and times a dataset has. */
export interface BaseFile {
  /** What messages call it. */
  name: string
  path: string
  isCsv: boolean
  columns: BaseColumn[]
  /** Its rows as SQL reads them, with their numbers, from 1, in `rowColumn`. */
  sql: string
  rowColumn: string
}

export const DATA_FORMATS: { [extension: string]: 'csv' | 'parquet' } = { '.csv': 'csv', '.parquet': 'parquet' }

/** The absolute path of a base file. Throws when it cannot be one. */
export function basePath(name: string): string {
  const stats = statSync(name, { throwIfNoEntry: false })
  if (stats === undefined) throw new Error(`${name} cannot be read: there is no such file`)
  if (!stats.isFile()) throw new Error(`${name} is not a file`)
  if (DATA_FORMATS[extname(name).toLowerCase()] === undefined) {
    throw new Error(`the format of ${name} is not known: it must end in .csv or .parquet`)
  }
  return resolve(name)
}

/** Looks at the columns of a base file. Throws when it is damaged. */
export async function openBase(connection: DuckDBConnection, name: string): Promise<BaseFile> {
  const path = basePath(name)
  const isCsv = DATA_FORMATS[extname(name).toLowerCase()] === 'csv'
  const columns = isCsv ? csvHeader(path).map(textColumn) : await parquetColumns(connection, path)
  const rowColumn = freeName('_row', columns)
  return {
    name,
    path,
    isCsv,
    columns,
    rowColumn,
    sql: isCsv ? csvSql(path, columns, rowColumn) : parquetSql(path, rowColumn),
  }
}

/** The column of that name, in its case or in any; throws when there is none. */
export function baseColumn({ name: file, columns }: Pick<BaseFile, 'name' | 'columns'>, name: string): BaseColumn {
  const found =
    columns.find((column) => column.name === name) ??
    columns.find((column) => column.name.toLowerCase() === name.toLowerCase())
  if (found !== undefined) return found
  throw new Error(`${file} has no column ${name}; it has ${columns.map((column) => column.name).join(', ')}`)
}

function textColumn(name: string): BaseColumn {
  return { name, type: 'VARCHAR' }
}

async function parquetColumns(connection: DuckDBConnection, path: string): Promise<BaseColumn[]> {
  const described = await connection.runAndReadAll(`DESCRIBE SELECT * FROM ${parquetSource(path)}`).catch((cause) => {
    throw new Error(`${path} cannot be read: ${cause.message}`, { cause })
  })
  return described.getRows().map(([name, type]) => ({ name: String(name), type: String(type) }))
}

/** Cells are taken verbatim: an empty one is null, a quoted empty one the empty string. */
function csvSql(path: string, columns: BaseColumn[], rowColumn: string): string {
  const types = columns.map(({ name }) => `${sqlText(name)}: 'VARCHAR'`)
  const dialect = `auto_detect = false, header = true, delim = ',', quote = '"', escape = '"', allow_quoted_nulls = false`
  const source = `read_csv(${sqlText(path)}, ${dialect}, columns = {${types.join(', ')}})`
  return `SELECT *, row_number() OVER () AS ${sqlName(rowColumn)} FROM ${source}`
}

function parquetSql(path: string, rowColumn: string): string {
  const number = `file_row_number + 1 AS ${sqlName(rowColumn)}`
  return `SELECT * EXCLUDE (file_row_number), ${number} FROM ${parquetSource(path, 'file_row_number = true, ')}`
}

function parquetSource(path: string, options = ''): string {
  return `read_parquet(${sqlText(path)}, ${options}hive_partitioning = false)`
}

/** How many rows the base has. */
export async function countRows(connection: DuckDBConnection, base: BaseFile): Promise<number> {
  const counted = await readingBase(base, () => connection.runAndReadAll(`SELECT count(*) FROM (${base.sql})`))
  return Number(counted.getRows()[0]?.[0])
}

/** Runs `use`; an error that lies in the base's CSV text says so, since DuckDB does not name the file. */
export async function readingBase<Answer>({ name }: BaseFile, use: () => Promise<Answer>): Promise<Answer> {
  try {
    return await use()
  } catch (cause) {
    const { message } = clearly(cause)
    if (!message.includes('CSV Error on Line')) throw cause
    throw new Error(`${name} cannot be read: ${message}`, { cause })
  }
}

/** The name, or with `_` after it as often as it takes to be no column of the base. */
export function freeName(wanted: string, columns: BaseColumn[]): string {
  const taken = new Set(columns.map(({ name }) => name.toLowerCase()))
  let name = wanted
  while (taken.has(name)) name += '_'
  return name
}
