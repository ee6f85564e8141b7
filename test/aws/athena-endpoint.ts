import { type DuckDBConnection, DuckDBInstance, type DuckDBValue } from '@duckdb/node-api'
import { type Fault, serviceError, startEndpoint } from './json-endpoint.ts'

export interface AthenaEndpointOptions {
  fault?: () => Fault
  /** Why a statement fails. @default - none does */
  fails?: (sql: string) => { reason: string; isRetryable?: boolean } | undefined
}

interface Query {
  token: string
  sql: string
  status: { State: string; StateChangeReason?: string; AthenaError?: { Retryable: boolean } }
  rows: (string | undefined)[][]
}

interface Snapshot {
  id: number
  operation: string
  at: number
  files: string[]
}

/** Rows on a page of results. */
const PAGE = 3

/**
 * Starts an Athena with one Iceberg table, `offline.people_1`, whose rows are in DuckDB: SELECT and DELETE run there.
 * OPTIMIZE, VACUUM and ALTER TABLE do what Athena's documentation says of them, on a list of files and snapshots; a
 * deleted row stays in its file, and a file stays as long as a snapshot has it. Time stands still unless it is moved.
 */
export async function startAthena(columns: string, { fault, fails = () => undefined }: AthenaEndpointOptions = {}) {
  const connection = await openDatabase(columns)
  const table = icebergTable(connection)
  const queries: Query[] = []

  async function run(query: Query): Promise<void> {
    const failure = fails(query.sql)
    try {
      if (failure !== undefined) throw new Error(failure.reason)
      query.rows = await table.run(query.sql)
      query.status = { State: 'SUCCEEDED' }
    } catch (error) {
      const StateChangeReason = (error as Error).message
      const AthenaError = { Retryable: failure?.isRetryable ?? false }
      query.status = { State: 'FAILED', StateChangeReason, AthenaError }
    }
  }

  function start({ ClientRequestToken, QueryString, WorkGroup }: Record<string, unknown>) {
    const [token, sql] = [String(ClientRequestToken), String(QueryString)]
    if (WorkGroup !== 'erasing') throw invalid(`WorkGroup ${WorkGroup} is not found`)
    if (token.length < 32 || token.length > 128) throw invalid(`a token of ${token.length} characters`)
    const known = queries.findIndex((query) => query.token === token)
    if (known >= 0 && queries[known]?.sql !== sql) throw invalid('Idempotent parameters do not match')
    if (known >= 0) return { QueryExecutionId: `query-${known}` }
    const query: Query = { token, sql, status: { State: 'QUEUED' }, rows: [] }
    queries.push(query)
    void run(query)
    return { QueryExecutionId: `query-${queries.length - 1}` }
  }

  function queryOf({ QueryExecutionId }: Record<string, unknown>): Query {
    const query = queries[Number(String(QueryExecutionId).replace('query-', ''))]
    if (query === undefined) throw invalid(`QueryExecution ${QueryExecutionId} was not found`)
    return query
  }

  function results(input: Record<string, unknown>) {
    const from = Number(input['NextToken'] ?? 0)
    const { rows } = queryOf(input)
    const Rows = rows.slice(from, from + PAGE).map((row) => ({ Data: row.map((VarCharValue) => ({ VarCharValue })) }))
    return { ResultSet: { Rows }, ...(from + PAGE < rows.length && { NextToken: String(from + PAGE) }) }
  }

  const endpoint = await startEndpoint({
    handle(operation, input) {
      if (operation === 'StartQueryExecution') return start(input)
      if (operation === 'GetQueryExecution') return { QueryExecution: { Status: queryOf(input).status } }
      if (operation === 'GetQueryResults') return results(input)
      throw serviceError(400, 'UnknownOperationException', operation)
    },
    ...(fault && { fault }),
  })
  return {
    ...endpoint,
    ...table,
    /** The statements that were started, in order. */
    statements: () => queries.map(({ sql }) => sql),
    close: async () => {
      await endpoint.close()
      connection.closeSync()
    },
  }
}

async function openDatabase(columns: string): Promise<DuckDBConnection> {
  const connection = await (await DuckDBInstance.create()).connect()
  await connection.run(`
    CREATE SCHEMA offline;
    CREATE MACRO regexp_like(t, p) AS regexp_matches(t, p);
    CREATE TABLE offline.people_1 (${columns}, "_file" VARCHAR);
    CREATE TABLE offline."people_1$files" ("content" INTEGER, "file_path" VARCHAR, "record_count" BIGINT);
    CREATE TABLE offline."people_1$snapshots" ("snapshot_id" BIGINT, "operation" VARCHAR, "committed_at" TIMESTAMP)`)
  return connection
}

function icebergTable(connection: DuckDBConnection) {
  const properties = new Map<string, string>()
  const written = new Map<string, string>()
  const snapshots: Snapshot[] = []
  let at = 1_700_000_000_000
  let ids = 0

  async function texts(sql: string): Promise<(string | undefined)[][]> {
    const reader = await connection.runAndReadAll(sql)
    const toText = (value: DuckDBValue) => (value === null ? undefined : String(value))
    return [reader.columnNames(), ...reader.getRows().map((row) => row.map(toText))]
  }

  async function commit(operation: string): Promise<void> {
    const files = (await texts('SELECT "file_path" FROM offline."people_1$files"')).slice(1).map(([path = '']) => path)
    ids += 1
    at += 1
    snapshots.push({ id: ids, operation, at, files })
    await connection.run(`INSERT INTO offline."people_1$snapshots" VALUES (${ids}, '${operation}', epoch_ms(${at}))`)
  }

  async function writeFile(path: string, from: string): Promise<void> {
    await connection.run(`UPDATE offline.people_1 SET "_file" = '${path}' WHERE ${from}`)
    const rows = (await texts(`SELECT * FROM offline.people_1 WHERE "_file" = '${path}'`)).slice(1)
    written.set(path, JSON.stringify(rows))
    await connection.run(`INSERT INTO offline."people_1$files" VALUES (0, '${path}', ${rows.length})`)
  }

  /** Files with fewer delete files than the threshold stay: here each has one, or none. */
  async function optimize(): Promise<void> {
    if (properties.get('optimize_rewrite_delete_file_threshold') !== '1') return
    if (properties.get('optimize_rewrite_data_file_threshold') !== '1') return
    const files = await texts(`SELECT "file_path" FROM offline."people_1$files" AS f
      WHERE "record_count" <> (SELECT count(*) FROM offline.people_1 WHERE "_file" = f."file_path")`)
    for (const [path] of files.slice(1)) {
      await connection.run(`DELETE FROM offline."people_1$files" WHERE "file_path" = '${path}'`)
      await writeFile(`${path}-anew`, `"_file" = '${path}'`)
    }
    if (files.length > 1) await commit('replace')
  }

  async function vacuum(): Promise<void> {
    const age = Number(properties.get('vacuum_max_snapshot_age_seconds') ?? 432_000) * 1000
    const kept = snapshots.filter((snapshot, index) => index === snapshots.length - 1 || snapshot.at >= at - age)
    snapshots.splice(0, snapshots.length, ...kept)
    const named = kept.map(({ id }) => id)
    await connection.run(`DELETE FROM offline."people_1$snapshots" WHERE "snapshot_id" NOT IN (${named})`)
    for (const path of written.keys()) if (!kept.some(({ files }) => files.includes(path))) written.delete(path)
  }

  async function remove(sql: string): Promise<void> {
    const { rowsChanged } = await connection.run(sql)
    if (rowsChanged > 0) await commit('overwrite')
  }

  function alter(sql: string): void {
    const [, verb, list = ''] = /^ALTER TABLE `offline`\.`people_1` (SET|UNSET) TBLPROPERTIES \((.*)\)$/.exec(sql) ?? []
    if (verb === undefined) throw new Error(`line 1:1: mismatched input in ${sql}`)
    for (const [, name = '', value = ''] of list.matchAll(/'([^']*)'(?: = '([^']*)')?/g)) {
      if (verb === 'SET') properties.set(name, value)
      else properties.delete(name)
    }
  }

  return {
    properties,
    /** The texts of the files that are there. */
    files: () => [...written.values()],
    snapshots: () => snapshots.map(({ id }) => String(id)),
    pass: (ms: number) => {
      at += ms
    },
    now: () => at,
    query: texts,
    /** Appends rows, given as SQL values, as one file. */
    async append(...values: string[]): Promise<void> {
      await connection.run(`INSERT INTO offline.people_1 VALUES ${values.map((row) => `(${row}, NULL)`).join(', ')}`)
      await writeFile(`file-${ids}`, '"_file" IS NULL')
      await commit('append')
    },
    async run(sql: string): Promise<(string | undefined)[][]> {
      if (sql.startsWith('SELECT')) return await texts(sql)
      if (sql.startsWith('DELETE')) await remove(sql)
      else if (sql === 'OPTIMIZE offline.people_1 REWRITE DATA USING BIN_PACK') await optimize()
      else if (sql === 'VACUUM offline.people_1') await vacuum()
      else alter(sql)
      return []
    },
  }
}

function invalid(message: string): Error {
  return serviceError(400, 'InvalidRequestException', message)
}
