import {
  type AthenaClient,
  GetQueryExecutionCommand,
  GetQueryResultsCommand,
  type QueryExecutionStatus,
  StartQueryExecutionCommand,
  type StartQueryExecutionCommandInput,
} from '@aws-sdk/client-athena'
import { validationError } from '../api-error.ts'
import { callFailure } from '../calls/call-failure.ts'

/** https://docs.aws.amazon.com/athena/latest/APIReference/API_StartQueryExecution.html */
const MAX_QUERY_BYTES = 262_144

export interface AthenaOptions {
  workGroup: string
  /** An `s3://` place for results. @default - the one of the work group */
  outputLocation?: string
}

export interface AthenaQuery {
  sql: string
  database: string
  /** Queries with the same token, of 32 to 128 characters, are one: Athena answers the first again. */
  token: string
}

/** How far a query has come; why it failed, and whether Athena says that it may succeed when it is made again. */
export type QueryState = 'running' | 'succeeded' | { reason: string; isRetryable: boolean }

/** Statements that run in Athena, whatever they are. */
export interface AthenaQueries {
  /** Starts a query; answers its id. Throws ValidationError for a statement that is longer than Athena takes. */
  start(query: AthenaQuery): Promise<string>
  state(id: string): Promise<QueryState>
  /** The rows that a SELECT has found, as texts; undefined for null. */
  rows(id: string): Promise<(string | undefined)[][]>
}

/** Queries in a work group. Calls that fail throw ServiceUnavailable when repeating may help, else InternalFailure. */
export function athenaQueries(client: AthenaClient, options: AthenaOptions): AthenaQueries {
  return {
    async start(query) {
      const command = new StartQueryExecutionCommand(startQueryParams(query, options))
      const { QueryExecutionId } = await called('start a query in Athena', client.send(command))
      if (QueryExecutionId === undefined) throw new Error('Athena has started a query without an id')
      return QueryExecutionId
    },
    async state(id) {
      const command = new GetQueryExecutionCommand({ QueryExecutionId: id })
      const { QueryExecution } = await called('ask Athena for the state of a query', client.send(command))
      return queryState(QueryExecution?.Status)
    },
    async rows(id) {
      const rows: (string | undefined)[][] = []
      let NextToken: string | undefined
      do {
        const command = new GetQueryResultsCommand({ QueryExecutionId: id, ...(NextToken && { NextToken }) })
        const page = await called('read the result of a query in Athena', client.send(command))
        for (const { Data = [] } of page.ResultSet?.Rows ?? []) rows.push(Data.map(({ VarCharValue }) => VarCharValue))
        NextToken = page.NextToken
      } while (NextToken !== undefined)
      // The first row of a SELECT's first page has the names of the columns.
      return rows.slice(1)
    },
  }
}

/** Throws ValidationError for a statement that is longer than Athena takes. */
export function startQueryParams(query: AthenaQuery, options: AthenaOptions): StartQueryExecutionCommandInput {
  const bytes = Buffer.byteLength(query.sql)
  if (bytes > MAX_QUERY_BYTES) {
    throw validationError(`the statement has ${bytes} bytes, and Athena takes ${MAX_QUERY_BYTES}: use a shorter filter`)
  }
  const { outputLocation: OutputLocation } = options
  return {
    QueryString: query.sql,
    QueryExecutionContext: { Database: query.database },
    ClientRequestToken: query.token,
    WorkGroup: options.workGroup,
    ...(OutputLocation !== undefined && { ResultConfiguration: { OutputLocation } }),
  }
}

/** What Athena says of a query: https://docs.aws.amazon.com/athena/latest/APIReference/API_QueryExecutionStatus.html */
export function queryState(status: QueryExecutionStatus | undefined): QueryState {
  if (status?.State === 'SUCCEEDED') return 'succeeded'
  if (status?.State !== 'FAILED' && status?.State !== 'CANCELLED') return 'running'
  const reason = status.StateChangeReason ?? status.AthenaError?.ErrorMessage ?? `the query is ${status.State}`
  return { reason, isRetryable: status.AthenaError?.Retryable ?? false }
}

async function called<Answer>(what: string, call: Promise<Answer>): Promise<Answer> {
  try {
    return await call
  } catch (error) {
    throw callFailure(what, error)
  }
}
