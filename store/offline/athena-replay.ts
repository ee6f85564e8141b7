import { createHash } from 'node:crypto'
import { parquetMetadataAsync } from 'hyparquet'
import { ApiError } from '../api-error.ts'
import { concurrently } from '../calls/concurrently.ts'
import type { FeatureGroup } from '../groups/feature-group.ts'
import type { AthenaQueries } from './athena.ts'
import type { Extracts } from './extracts.ts'
import type { HistoryReplay, ReplayScope, ReplayStep } from './history-replay.ts'
import { type ParquetFile, parquetPages } from './parquet-pages.ts'
import { replayedRecord } from './replayed-record.ts'
import { athenaTable } from './sql/athena-table.ts'
import { sqlText } from './sql/quote.ts'
import { replaySql } from './sql/replay.ts'

export interface AthenaReplayOptions {
  extracts: Extracts
  bucket: string
  /** Where in the bucket extracts go: with a slash at the end. */
  prefix: string
  now: () => number
  /** How long rows may be on their way to a table: nothing is read before. @default - 900 seconds */
  settleMs?: number
  /** How long to wait before a query is asked after again. @default - 5 seconds */
  pollMs?: number
}

interface ExtractionState {
  /** Goes up with each query. */
  run: number
  query?: string
}

const FIRST: ExtractionState = { run: 1 }
const MAX_RUNS = 5
const ROWS_PER_PAGE = 1_000
/** Athena makes row groups of any number of rows, and a function has little memory. */
const MAX_DECODED = 20_000
const MAX_READS_AT_ONCE = 16

/**
 * Extracts the latest records of a history in AWS by an UNLOAD of Athena
 * (https://docs.aws.amazon.com/athena/latest/ug/unload.html), and reads its Parquet files. A query that is started
 * again is the same one. Throws InternalFailure with Athena's reason for one that fails.
 */
export function athenaReplay(queries: AthenaQueries, options: AthenaReplayOptions): HistoryReplay {
  const { extracts, bucket, prefix, now, settleMs = 900_000, pollMs = 5_000 } = options
  const readPage = parquetPages({ limit: ROWS_PER_PAGE, maxDecoded: MAX_DECODED })
  const placeOf = (id: string) => `${prefix}${id}/`
  let listed: { id: string; files: ParquetFile[] } | undefined

  /** What was extracted does not change any more. */
  async function filesOf(id: string): Promise<ParquetFile[]> {
    if (listed?.id !== id) listed = { id, files: await extracts.list(placeOf(id)) }
    return listed.files
  }

  async function start(group: FeatureGroup, scope: ReplayScope, { run }: ExtractionState): Promise<ReplayStep> {
    const sql = unloadSql(group, scope, `s3://${bucket}/${placeOf(scope.id)}`)
    const database = group.OfflineStoreConfig?.DataCatalogConfig?.Database ?? ''
    return later({ run, query: await queries.start({ sql, database, token: tokenOf(scope, run) }) }, pollMs)
  }

  async function proceed(scope: ReplayScope, { run, query }: Required<ExtractionState>): Promise<ReplayStep> {
    const outcome = await queries.state(query)
    if (outcome === 'running') return later({ run, query }, pollMs)
    if (outcome === 'succeeded') {
      listed = undefined
      return { state: JSON.stringify({ run, query }), rowsTotal: await rowsIn(await filesOf(scope.id)) }
    }
    if (!outcome.isRetryable || run >= MAX_RUNS) {
      throw new ApiError('InternalFailure', `Athena could not read the history: ${outcome.reason}`)
    }
    // An UNLOAD that failed may have left files, and the next one takes only an empty place.
    await extracts.remove(placeOf(scope.id))
    return later({ run: run + 1 }, pollMs)
  }

  return {
    async step(group, scope, text) {
      const waitMs = Math.min(scope.startedAt, scope.writtenBy ?? scope.startedAt) + settleMs - now()
      const { run, query } = text === undefined ? FIRST : (JSON.parse(text) as ExtractionState)
      // A queue may wake a job before its time.
      if (query === undefined && run === 1 && waitMs > 0) return later(FIRST, waitMs)
      return query === undefined ? await start(group, scope, { run }) : await proceed(scope, { run, query })
    },
    async read(group, { id }, after) {
      const { rows, next } = await readPage(await filesOf(id), after)
      const records = rows.map((row) => replayedRecord(group, row))
      return next === undefined ? { records } : { records, next }
    },
    discard: (id) => extracts.remove(placeOf(id)),
  }
}

/** Event times are read from the features that have them: no function of Athena tells their microseconds exactly. */
export function unloadSql(group: FeatureGroup, scope: ReplayScope, location: string): string {
  const select = replaySql({ group, scope, from: athenaTable(group), micros: () => 'CAST(NULL AS bigint)' })
  return `UNLOAD (${select})\nTO ${sqlText(location)}\nWITH (format = 'PARQUET', compression = 'SNAPPY')`
}

async function rowsIn(files: ParquetFile[]): Promise<number> {
  const counts = await concurrently(files, MAX_READS_AT_ONCE, async ({ open }) => {
    const { num_rows } = await parquetMetadataAsync(await open())
    return Number(num_rows)
  })
  return counts.reduce((sum, count) => sum + count, 0)
}

function later(state: ExtractionState, afterMs: number): ReplayStep {
  return { state: JSON.stringify(state), afterMs }
}

/** The same for the same run of the same replay. */
function tokenOf({ id }: ReplayScope, run: number): string {
  return createHash('sha256')
    .update(JSON.stringify([id, run]))
    .digest('hex')
}
