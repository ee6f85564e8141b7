import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type DuckDBConnection, DuckDBInstance } from '@duckdb/node-api'
import { serviceError, startEndpoint } from './json-endpoint.ts'

/** A row of history as Firehose is given it. */
export type DeliveredRow = { [column: string]: unknown }

export interface UnloadOptions {
  /** The columns of a table, each with its type in Iceberg. */
  columnsOf: (table: string) => { [column: string]: string }
  /** The rows of a table. */
  rowsOf: (table: string) => Promise<DeliveredRow[]>
  /** Puts a file into S3. */
  put: (place: { bucket: string; key: string }, bytes: Buffer) => Promise<void>
  /** Why a statement fails. @default - none does */
  fails?: () => string | undefined
}

interface Query {
  token: string
  status: { State: string; StateChangeReason?: string }
}

const UNLOAD = /^UNLOAD \((.*)\)\nTO 's3:\/\/([^/]+)\/(.*)'\nWITH \(format = 'PARQUET', compression = 'SNAPPY'\)$/s
const TABLE = /FROM "([^"]+)"\."([^"]+)"/
const TYPES: { [iceberg: string]: string } = {
  string: 'VARCHAR',
  long: 'BIGINT',
  double: 'DOUBLE',
  boolean: 'BOOLEAN',
  timestamp: 'TIMESTAMP',
}
const ROWS_PER_FILE = 3

/**
 * Starts an Athena that does UNLOAD alone: its SELECT runs in DuckDB, on the rows that Firehose was given, and its files
 * are put into S3, a few rows in each.
 */
export async function startUnloadingAthena({ columnsOf, rowsOf, put, fails = () => undefined }: UnloadOptions) {
  const queries: Query[] = []
  const running: Promise<void>[] = []

  async function unload(sql: string): Promise<void> {
    const reason = fails()
    if (reason !== undefined) throw new Error(reason)
    const [, select = '', bucket = '', prefix = ''] = UNLOAD.exec(sql) ?? []
    const [, database = '', table = ''] = TABLE.exec(select) ?? []
    if (select === '' || table === '') throw new Error(`no UNLOAD of one table: ${sql}`)
    const directory = mkdtempSync(join(tmpdir(), 'cairn-unload-'))
    const connection = await (await DuckDBInstance.create()).connect()
    try {
      writeFileSync(join(directory, 'rows'), (await rowsOf(table)).map((row) => JSON.stringify(row)).join('\n'))
      await connection.run(`CREATE SCHEMA "${database}"`)
      const from = readSql(join(directory, 'rows'), columnsOf(table))
      await connection.run(`CREATE TABLE "${database}"."${table}" AS ${from}`)
      for (const [index, bytes] of (await filesOf(connection, select, directory)).entries()) {
        await put({ bucket, key: `${prefix}20261121_${index}` }, bytes)
      }
    } finally {
      connection.closeSync()
      rmSync(directory, { recursive: true })
    }
  }

  function start({ ClientRequestToken, QueryString }: Record<string, unknown>) {
    const token = String(ClientRequestToken)
    const known = queries.findIndex((query) => query.token === token)
    if (known >= 0) return { QueryExecutionId: String(known) }
    const query: Query = { token, status: { State: 'RUNNING' } }
    const ran = unload(String(QueryString)).then(
      () => ({ State: 'SUCCEEDED' }),
      (error: Error) => ({ State: 'FAILED', StateChangeReason: error.message }),
    )
    running.push(
      ran.then((status) => {
        query.status = status
      }),
    )
    return { QueryExecutionId: String(queries.push(query) - 1) }
  }

  const endpoint = await startEndpoint({
    handle(operation, input) {
      if (operation === 'StartQueryExecution') return start(input)
      const query = queries[Number(input['QueryExecutionId'])]
      if (operation !== 'GetQueryExecution' || query === undefined) throw serviceError(400, 'InvalidRequestException')
      return { QueryExecution: { Status: query.status } }
    },
  })
  return {
    endpoint: endpoint.endpoint,
    /** Waits until no statement runs. */
    settled: async () => void (await Promise.all(running)),
    async close(): Promise<void> {
      await Promise.all(running)
      await endpoint.close()
    },
  }
}

/** Reads rows of JSON; times are microseconds there. */
function readSql(path: string, columns: { [column: string]: string }): string {
  const types = Object.entries(columns).map(([name, type]) => [name, TYPES[type] ?? `${TYPES[listed(type)]}[]`])
  const read = types.map(([name, type]) => `'${name}': '${type === 'TIMESTAMP' ? 'BIGINT' : type}'`)
  const selected = types.map(([name, type]) =>
    type === 'TIMESTAMP' ? `make_timestamp("${name}") AS "${name}"` : `"${name}"`,
  )
  return `SELECT ${selected.join(', ')} FROM read_json('${path}', format = 'newline_delimited', columns = {${read.join(', ')}})`
}

/** The type of the elements of a list. */
function listed(type: string): string {
  return /^list<(.*)>$/.exec(type)?.[1] ?? ''
}

async function filesOf(connection: DuckDBConnection, select: string, directory: string): Promise<Buffer[]> {
  const [[rows] = []] = (await connection.runAndReadAll(`SELECT count(*) FROM (${select})`)).getRows()
  const files: Buffer[] = []
  for (let start = 0; start < Number(rows); start += ROWS_PER_FILE) {
    const path = join(directory, 'part')
    const part = `SELECT * FROM (${select}) ORDER BY ALL LIMIT ${ROWS_PER_FILE} OFFSET ${start}`
    await connection.run(`COPY (${part}) TO '${path}' (FORMAT parquet, COMPRESSION snappy)`)
    files.push(readFileSync(path))
  }
  return files
}
