import { readCsv, readCsvHeader } from './read-csv.ts'
import { readJsonLines } from './read-json-lines.ts'
import { readParquet, readParquetColumns } from './read-parquet.ts'
import type { Row } from './row.ts'
import type { RowInput } from './row-input.ts'

/** What a group says of columns that a file does not. */
export interface ColumnHints {
  /** The CSV columns whose cells are JSON lists. */
  collections?: ReadonlySet<string>
  /** The Parquet columns whose times are numbers of seconds. */
  numbers?: ReadonlySet<string>
}

/** The rows of a file in its format. */
export function readRows(input: RowInput, { collections = new Set(), numbers }: ColumnHints = {}): AsyncGenerator<Row> {
  if (input.format === 'parquet') return readParquet(input, numbers)
  return input.format === 'csv' ? readCsv(input, collections) : readJsonLines(input)
}

/** The names of the columns; undefined for JSON Lines, which does not say. Throws when they cannot be told. */
export async function readColumns(input: RowInput): Promise<string[] | undefined> {
  if (input.format === 'parquet') return await readParquetColumns(input)
  return input.format === 'csv' ? await readCsvHeader(input) : undefined
}
