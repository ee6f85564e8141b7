import type { DuckDBValue } from '@duckdb/node-api'
import { csvText } from './csv.ts'
import { jsonArrayText } from './json.ts'
import { tableText } from './table.ts'

/** What a query answers: the names of its columns, no two alike, and its rows in portions. */
export interface Rows {
  columns: string[]
  portions: AsyncIterable<DuckDBValue[][]>
}

/** The text formats of a query's answer: each writes the text piece by piece, a portion of rows at a time. */
export const TEXT_FORMATS = { table: tableText, csv: csvText, json: jsonArrayText } satisfies {
  [format: string]: (rows: Rows) => AsyncGenerator<string>
}

export type TextFormat = keyof typeof TEXT_FORMATS
