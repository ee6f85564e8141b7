import type { Cell } from '../../local/ingest/json-line.ts'
import { openParquetFile } from '../../local/ingest/parquet-rows.ts'
import type { Row } from './row.ts'
import type { RowInput } from './row-input.ts'

const NONE: ReadonlySet<string> = new Set()

/** The column names of a Parquet file. */
export async function readParquetColumns({ path = '' }: RowInput): Promise<string[]> {
  const file = await openParquetFile(path, NONE)
  await file.close()
  return file.columns
}

/** The rows of a Parquet file past the first `from.line - 1`; times of the columns in `numbers` are seconds. */
export async function* readParquet(
  { path = '', from, bytes = 0 }: RowInput,
  numbers: ReadonlySet<string> = NONE,
): AsyncGenerator<Row> {
  const file = await openParquetFile(path, numbers)
  try {
    for await (const row of file.rows(from.line - 1)) {
      const place = { line: row.number, end: Math.round((bytes * row.number) / file.rowCount) }
      if (row.reason !== undefined) yield { ...place, reason: row.reason, json: () => 'null' }
      else yield { ...place, cells: row.cells, json: () => rowJson(row.cells) }
    }
  } finally {
    await file.close()
  }
}

function rowJson(cells: Cell[]): string {
  return JSON.stringify(Object.fromEntries(cells.map(({ name, value }) => [name, value])))
}
