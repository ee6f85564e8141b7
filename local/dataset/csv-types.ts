import type { DuckDBConnection, DuckDBValue } from '@duckdb/node-api'
import { sqlName } from '../../store/offline/sql/quote.ts'
import type { BaseFile } from './base-file.ts'

const WHOLE = `'0|-?[1-9]\\d*'`
const DECIMAL = `'-?(0|[1-9]\\d*)(\\.\\d+)?([eE][+-]?\\d+)?'`

/**
 * The types that the columns of a CSV file can have without losing anything: BIGINT for whole numbers without leading
 * zeros, DOUBLE for other numbers, VARCHAR for all else.
 */
export async function csvTypes(connection: DuckDBConnection, base: BaseFile): Promise<Map<string, string>> {
  const tests = base.columns.flatMap(({ name }) => {
    const value = sqlName(name)
    return [
      `bool_and(regexp_full_match(${value}, ${WHOLE}) AND TRY_CAST(${value} AS BIGINT) IS NOT NULL) FILTER (${value} IS NOT NULL)`,
      `bool_and(regexp_full_match(${value}, ${DECIMAL}))`,
    ]
  })
  const [row = []] = (await connection.runAndReadAll(`SELECT ${tests.join(', ')} FROM (${base.sql})`)).getRows()
  return new Map(base.columns.map(({ name }, index) => [name, typeOf(row[index * 2], row[index * 2 + 1])]))
}

function typeOf(isWhole: DuckDBValue | undefined, isDecimal: DuckDBValue | undefined): string {
  if (isWhole === true) return 'BIGINT'
  return isDecimal === true ? 'DOUBLE' : 'VARCHAR'
}
