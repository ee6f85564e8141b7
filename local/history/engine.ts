import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type DuckDBConnection, DuckDBInstance } from '@duckdb/node-api'
import { sqlText } from '../../store/offline/sql/quote.ts'

export interface EngineOptions {
  /** Memory that rows may take, as in `2GB`; what does not fit goes to temporary files. */
  memoryLimit: string
  /** What statements may read and write, besides temporary files: nothing else, no other setting, no extension. */
  directories: string[]
  files: string[]
  /** Ends the statement that is running. */
  signal: AbortSignal
}

const SETTINGS = {
  autoinstall_known_extensions: 'false',
  autoload_known_extensions: 'false',
  allow_community_extensions: 'false',
}

/** Runs `use` on a database of DuckDB in memory, and removes what it leaves. Throws what DuckDB refuses, in one line. */
export async function withEngine<Answer>(
  options: EngineOptions,
  use: (connection: DuckDBConnection) => Promise<Answer>,
): Promise<Answer> {
  const temporary = mkdtempSync(join(tmpdir(), 'cairn-query-'))
  try {
    const instance = await DuckDBInstance.create(':memory:', { ...SETTINGS, temp_directory: temporary })
    const connection = await instance.connect()
    const interrupt = () => connection.interrupt()
    options.signal.addEventListener('abort', interrupt)
    try {
      await lockDown(connection, options)
      options.signal.throwIfAborted()
      return await use(connection)
    } finally {
      options.signal.removeEventListener('abort', interrupt)
      connection.closeSync()
      instance.closeSync()
    }
  } catch (error) {
    throw clearly(error)
  } finally {
    rmSync(temporary, { recursive: true, force: true })
  }
}

async function lockDown(connection: DuckDBConnection, { memoryLimit, directories, files }: EngineOptions) {
  const list = (paths: string[]) => `[${paths.map(sqlText).join(', ')}]`
  await connection.run(`SET TimeZone = 'UTC'`)
  await connection.run(`SET memory_limit = ${sqlText(memoryLimit)}`)
  await connection.run('SET enable_progress_bar = true')
  await connection.run('SET enable_progress_bar_print = false')
  await connection.run(`SET allowed_directories = ${list(directories)}`)
  await connection.run(`SET allowed_paths = ${list(files)}`)
  await connection.run('SET enable_external_access = false')
  await connection.run('SET lock_configuration = true')
}

/** What DuckDB adds: the place in the SQL, which a person has seen, and settings that none can change. */
const ADDED = /\n\n(?:LINE|Possible solutions)|\n ?Possible (?:fixes|Solution)/

/** An error of DuckDB in one line. */
export function clearly(error: unknown): Error {
  if (!(error instanceof Error)) return new Error(String(error))
  const [message = ''] = error.message.replace('Failed to extract statements: ', '').split(ADDED)
  return new Error(message.replaceAll(/\s*\n\s*/g, ' ').trim(), { cause: error })
}
