import type { DuckDBConnection } from '@duckdb/node-api'
import { sqlName } from '../../store/offline/sql/quote.ts'
import { type BaseFile, readingBase } from './base-file.ts'

interface Check {
  column: string
  /** What a value of the column becomes; null when it is not allowed. */
  read: string
  /** What is allowed. */
  allowed: string
  /** True for a column that may have rows without a value. */
  isOptional: boolean
}

/** Throws for the first row whose value cannot be read, naming the row and the value, and for a damaged base. */
export async function assertReadable(connection: DuckDBConnection, base: BaseFile, check: Check): Promise<void> {
  const value = sqlName(check.column)
  const row = sqlName(base.rowColumn)
  const condition = `${check.isOptional ? `${value} IS NOT NULL AND ` : ''}(${check.read}) IS NULL`
  const sql = `SELECT ${row}, CAST(${value} AS VARCHAR) FROM (${base.sql}) WHERE ${condition} ORDER BY ${row} LIMIT 1`
  const found = await readingBase(base, () => connection.runAndReadAll(sql))
  const [first] = found.getRows()
  if (first === undefined) return
  const got = first[1] === null ? 'no value' : `'${String(first[1])}'`
  throw new Error(`row ${first[0]} of ${base.name} has ${got} in column ${check.column}; it must be ${check.allowed}`)
}
