import type { DuckDBConnection } from '@duckdb/node-api'
import { sqlText } from '../../store/offline/sql/quote.ts'
import { clearly } from './engine.ts'

/** The kinds of DuckDB's errors that a damaged file may be behind; the others come from the SQL or the machine. */
const READING = /^(Invalid|Invalid Input|IO|Serialization|TransactionContext) Error:/

/** Runs `use`; what it throws names the first of the files that cannot be read, if one cannot. */
export async function namingDamagedFile<Answer>(
  connection: DuckDBConnection,
  files: string[],
  use: () => Promise<Answer>,
): Promise<Answer> {
  try {
    return await use()
  } catch (error) {
    if (!(error instanceof Error && READING.test(error.message))) throw error
    for (const file of files) await assertReadable(connection, file)
    throw error
  }
}

async function assertReadable(connection: DuckDBConnection, file: string): Promise<void> {
  const sql = `SELECT bit_xor(hash(r)) FROM read_parquet(${sqlText(file)}, hive_partitioning = false) AS r`
  await connection.run(sql).catch((cause: unknown) => {
    throw new Error(`the file ${file} is damaged: ${clearly(cause).message}`, { cause })
  })
}
