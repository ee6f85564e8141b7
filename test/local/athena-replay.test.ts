import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { AthenaClient } from '@aws-sdk/client-athena'
import { S3Client } from '@aws-sdk/client-s3'
import type { DuckDBConnection } from '@duckdb/node-api'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { FeatureGroup } from '../../store/groups/feature-group.ts'
import { athenaQueries } from '../../store/offline/athena.ts'
import { athenaReplay } from '../../store/offline/athena-replay.ts'
import { s3Extracts } from '../../store/offline/extracts-s3.ts'
import type { HistoryReplay, ReplayedRecord, ReplayScope } from '../../store/offline/history-replay.ts'
import { deleteRecord } from '../../store/operations/delete-record.ts'
import { CLIENT } from '../aws/dynalite.ts'
import { startEndpoint } from '../aws/json-endpoint.ts'
import { startS3 } from '../aws/s3-endpoint.ts'
import { athenaOnDuckdb } from './athena-on-duckdb.ts'
import { type Definition, GROUP, openRestoredStore, type RestoredStore } from './restore/restored-store.ts'

const BUCKET = 'history'
const SETTLE_MS = 900_000
const FEATURES: Definition[] = [
  { FeatureName: 'Count', FeatureType: 'Integral' },
  { FeatureName: 'Price', FeatureType: 'Fractional' },
  { FeatureName: 'Tags', FeatureType: 'String', CollectionType: 'List' },
]

let directory: string
let store: RestoredStore
let group: FeatureGroup
let connection: DuckDBConnection
let clock = Date.parse('2026-03-01T00:00:00Z')
const now = () => clock++
/** Why the next queries fail. */
let failures: { Retryable: boolean }[]
let statements: string[]
let s3: Awaited<ReturnType<typeof startS3>>
const closings: (() => unknown)[] = []

beforeEach(async () => {
  directory = mkdtempSync(join(tmpdir(), 'cairn-unload-'))
  store = await openRestoredStore(directory, { now })
  await store.createGroup({ features: FEATURES })
  group = (await store.stores.catalog.get(GROUP)) as FeatureGroup
  failures = []
  statements = []
  s3 = await startS3(BUCKET)
  closings.push(() => s3.close())
})
afterEach(async () => {
  for (const close of closings.splice(0)) await close()
  await store.close()
  rmSync(directory, { recursive: true })
})

/** Records of every kind, in a history that Athena sees. */
async function fill(): Promise<void> {
  await store.put({ Id: 'a', At: '2026-01-01T00:00:00.123Z', Count: '9007199254740993', Price: '0.1', Tags: ['x', ''] })
  await store.put({ Id: 'b', At: '2026-01-01T00:00:00Z', Tags: [] })
  await store.put({ Id: 'c', At: '2026-01-01T00:00:00Z', Price: '1e+300' })
  for (const Id of ['d', 'e', 'f']) await store.put({ Id, At: '2026-01-01T00:00:00Z', Count: '7' })
  await store.deleteWhere('soft', { filter: [['=', 'Id', 'd']] })
  await store.deleteWhere('hard', { filter: [['=', 'Id', 'e']], mode: 'hard' })
  await store.put({ Id: 'e', At: '2025-01-01T00:00:00Z', Count: '8' })
  const gone = { RecordIdentifierValueAsString: 'f', EventTime: '2026-01-02T00:00:00Z' }
  await deleteRecord(store.stores, { FeatureGroupName: GROUP, ...gone })
  await store.history.flush()
}

/** Runs the SELECT of an UNLOAD in DuckDB and leaves its answer in S3, in files of two row groups. */
async function unload(sql: string): Promise<void> {
  const [, select = '', place = ''] =
    /^UNLOAD \((.*)\)\nTO 's3:\/\/history\/(.*)'\nWITH \(format = 'PARQUET', compression = 'SNAPPY'\)$/s.exec(sql) ?? []
  if (select === '') throw new Error(`no UNLOAD: ${sql}`)
  const rows = Number((await connection.runAndReadAll(`SELECT count(*) FROM (${select})`)).getRows()[0]?.[0])
  for (let start = 0; start < rows; start += 3) {
    const path = join(directory, `part-${start}`)
    await connection.run(
      `COPY (SELECT * FROM (${select}) ORDER BY "id" LIMIT 3 OFFSET ${start}) TO '${path}' (FORMAT parquet, COMPRESSION snappy)`,
    )
    s3.objects.set(`${place}2026_${start}_é`, readFileSync(path))
  }
}

async function openReplay(): Promise<HistoryReplay> {
  connection = await athenaOnDuckdb(directory, [GROUP])
  const running: Promise<void>[] = []
  closings.push(async () => {
    await Promise.all(running)
    connection.closeSync()
  })
  const states: object[] = []
  const athena = await startEndpoint({
    handle(operation, input) {
      const id = Number(input['QueryExecutionId'])
      if (operation === 'GetQueryExecution') return { QueryExecution: { Status: states[id] } }
      const known = statements.indexOf(String(input['ClientRequestToken']))
      if (known >= 0) return { QueryExecutionId: String(known) }
      const index = statements.push(String(input['ClientRequestToken'])) - 1
      states[index] = { State: 'RUNNING' }
      const failure = failures.shift()
      const ran = unload(String(input['QueryString'])).then(
        () => {
          states[index] =
            failure === undefined
              ? { State: 'SUCCEEDED' }
              : { State: 'FAILED', StateChangeReason: 'out of slots', AthenaError: failure }
        },
        (error: Error) => {
          states[index] = { State: 'FAILED', StateChangeReason: error.message }
        },
      )
      running.push(ran)
      return { QueryExecutionId: String(index) }
    },
  })
  const client = new AthenaClient({ ...CLIENT, endpoint: athena.endpoint, maxAttempts: 1 })
  const s3Client = new S3Client({ ...CLIENT, endpoint: s3.endpoint, forcePathStyle: true, maxAttempts: 1 })
  closings.push(
    athena.close,
    () => client.destroy(),
    () => s3Client.destroy(),
  )
  const queries = athenaQueries(client, { workGroup: 'erasing' })
  return athenaReplay(queries, {
    extracts: s3Extracts(s3Client, BUCKET),
    bucket: BUCKET,
    prefix: 'queries/restores/',
    now: () => clock,
    settleMs: SETTLE_MS,
    pollMs: 5,
  })
}

/** Takes the steps of an extraction to its end, each made twice; answers how many records there are. */
async function extract(replay: HistoryReplay, scope: ReplayScope): Promise<number> {
  let state: string | undefined
  for (;;) {
    await replay.step(group, scope, state)
    const step = await replay.step(group, scope, state)
    if ('rowsTotal' in step) return step.rowsTotal
    clock += step.afterMs
    state = step.state
    await new Promise((resolve) => setTimeout(resolve, 5))
  }
}

async function recordsOf(replay: HistoryReplay, scope: ReplayScope): Promise<ReplayedRecord[]> {
  const records: ReplayedRecord[] = []
  let after: string | undefined
  do {
    const page = await replay.read(group, scope, after)
    expect(await replay.read(group, scope, after)).toEqual(page)
    records.push(...page.records)
    after = page.next
  } while (after !== undefined)
  return records.sort((a, b) => (a.identifier < b.identifier ? -1 : 1))
}

const scopeOf = (more: Partial<ReplayScope> = {}): ReplayScope => ({
  id: 'restore-1',
  startedAt: clock,
  ignored: [],
  removing: ['hard'],
  undone: [],
  ...more,
})

describe('athenaReplay', () => {
  it('answers the records that the embedded store answers, of every kind', async () => {
    await fill()
    const replay = await openReplay()
    for (const [index, more] of [{}, { ignored: ['soft', "o'hara"], removing: [] }, { writtenBy: 1 }].entries()) {
      const scope = scopeOf({ id: `restore-${index}`, ...more })
      const count = await extract(replay, scope)
      const expected = store.historyReplay
      expect(await expected.step(group, scope)).toMatchObject({ rowsTotal: count })
      const records = await recordsOf(replay, scope)
      expect(records).toHaveLength(count)
      expect(records).toEqual(await recordsOf(expected, scope))
      await expected.discard(scope.id)
    }
  })

  it('waits until what was written has come to the table, which the past has already', async () => {
    const replay = await openReplay()
    const scope = scopeOf()
    const first = await replay.step(group, scope)
    expect(first).toEqual({ state: '{"run":1}', afterMs: SETTLE_MS })
    expect(await replay.step(group, scope, first.state)).toEqual(first)
    expect(statements).toEqual([])
    await replay.step(group, scopeOf({ writtenBy: clock - SETTLE_MS }))
    expect(statements).toHaveLength(1)
  })

  it('tries again what Athena says may succeed, in a place without the files of before', async () => {
    await fill()
    failures = [{ Retryable: true }]
    const replay = await openReplay()
    const scope = scopeOf()
    const count = await extract(replay, scope)
    expect(await recordsOf(replay, scope)).toHaveLength(count)
    expect(statements).toHaveLength(2)
  })

  it('fails with the reason that Athena has for what will not succeed', async () => {
    failures = [{ Retryable: false }]
    const replay = await openReplay()
    await expect(extract(replay, scopeOf())).rejects.toThrow(
      expect.objectContaining({ code: 'InternalFailure', message: 'Athena could not read the history: out of slots' }),
    )
  })

  it('removes what was extracted, and nothing of another restore', async () => {
    await fill()
    const replay = await openReplay()
    await extract(replay, scopeOf())
    s3.objects.set('queries/restores/restore-12/x', Buffer.from('x'))
    await replay.discard('restore-1')
    expect([...s3.objects.keys()]).toEqual(['queries/restores/restore-12/x'])
    await replay.discard('restore-1')
  })

  it('is unavailable when S3 does not answer, and at fault when a file is missing', async () => {
    await fill()
    const replay = await openReplay()
    const scope = scopeOf()
    await extract(replay, scope)
    s3.faults.push({ status: 503, body: '<Error><Code>SlowDown</Code></Error>' })
    await expect(replay.read(group, scope)).rejects.toThrow(expect.objectContaining({ code: 'ServiceUnavailable' }))
    s3.objects.clear()
    await expect(replay.read(group, scope)).rejects.toThrow(expect.objectContaining({ code: 'InternalFailure' }))
  })
})
