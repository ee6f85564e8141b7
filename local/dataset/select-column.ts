import type { DuckDBConnection } from '@duckdb/node-api'
import { sqlName } from '../../store/offline/sql/quote.ts'
import type { BaseColumn, BaseFile } from './base-file.ts'
import { csvTypes } from './csv-types.ts'

/** How a column of a dataset is written: the SQL of its value, under its name. */
export type SelectColumn = (value: string, column: BaseColumn) => string

/** Writes values as `cairn query` writes them in CSV. */
export const selectForCsv: SelectColumn = (value, { name, type }) => `${csvCell(value, type)} AS ${sqlName(name)}`

/** Keeps values as they are; those of a base that is CSV get the types that all values of their columns have. */
export async function selectForParquet(connection: DuckDBConnection, base: BaseFile): Promise<SelectColumn> {
  const types = base.isCsv ? await csvTypes(connection, base) : new Map<string, string>()
  return (value, { name }) => {
    const type = types.get(name)
    return `${type === undefined ? value : `CAST(${value} AS ${type})`} AS ${sqlName(name)}`
  }
}

function csvCell(value: string, type: string): string {
  if (type.startsWith('TIMESTAMP')) return `strftime(${value}, '%Y-%m-%dT%H:%M:%S.%fZ')`
  return /^(STRUCT|MAP)|]$/.test(type) ? `CAST(to_json(${value}) AS VARCHAR)` : value
}
