import { readCsv } from './read-csv.ts'
import { readJsonLines } from './read-json-lines.ts'
import type { Row } from './row.ts'
import type { RowInput } from './row-input.ts'

/** The rows of a file in its format. `collections` names the CSV columns whose cells are JSON lists. */
export function readRows(input: RowInput, collections: ReadonlySet<string> = new Set()): AsyncGenerator<Row> {
  return input.format === 'csv' ? readCsv(input, collections) : readJsonLines(input)
}
