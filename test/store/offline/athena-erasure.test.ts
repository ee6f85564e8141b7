import { AthenaClient } from '@aws-sdk/client-athena'
import fc from 'fast-check'
import { afterEach, describe, expect, it } from 'vitest'
import type { ErasureProof } from '../../../store/deletes/delete-session.ts'
import { athenaQueries, queryState, startQueryParams } from '../../../store/offline/athena.ts'
import { athenaErasure } from '../../../store/offline/athena-erasure.ts'
import type { ErasureScope, HistoryErasure } from '../../../store/offline/history-erasure.ts'
import { erasureStatements } from '../../../store/offline/sql/erasure-statements.ts'
import { type AthenaEndpointOptions, startAthena } from '../../aws/athena-endpoint.ts'
import { CLIENT } from '../../aws/dynalite.ts'
import { featureGroup } from '../catalog/catalog-contract.ts'

const group = featureGroup('people', {
  groupId: 'group-1',
  RecordIdentifierFeatureName: 'Id',
  EventTimeFeatureName: 'at',
  FeatureDefinitions: [
    { FeatureName: 'Id', FeatureType: 'String' },
    { FeatureName: 'at', FeatureType: 'Fractional' },
    { FeatureName: 'amount', FeatureType: 'Integral' },
  ],
  OfflineStoreConfig: {
    S3StorageConfig: { S3Uri: 's3://history', ResolvedOutputS3Uri: 's3://history/warehouse/people_1/group-1' },
    DisableGlueTableCreation: false,
    DataCatalogConfig: { TableName: 'people_1', Catalog: 'AwsDataCatalog', Database: 'offline' },
  },
})

const COLUMNS = `"id" VARCHAR, "at" DOUBLE, "amount" BIGINT, "write_time" TIMESTAMP, "is_deleted" BOOLEAN,
  "_event_time" TIMESTAMP, "_deletion_session" VARCHAR`

const SESSION = "forget o'hara"
const WRITTEN = 1_600_000_000_000

interface Sketch {
  id: string
  /** Seconds. */
  at?: number
  amount?: number
  /** A marker: of a session, or of none. */
  marker?: { session?: string }
  writtenAt?: number
}

function values({ id, at = 1, amount, marker, writtenAt = WRITTEN }: Sketch): string {
  const time = (ms: number) => `epoch_ms(${ms})`
  const session = marker?.session === undefined ? 'NULL' : `'${marker.session.replaceAll("'", "''")}'`
  return `'${id}', ${at}, ${amount ?? 'NULL'}, ${time(writtenAt)}, ${marker !== undefined}, ${time(at * 1000)}, ${session}`
}

const scope = (of: Partial<ErasureScope> = {}): ErasureScope => ({
  session: SESSION,
  writtenBefore: WRITTEN,
  filter: [['=', 'amount', 7]],
  ...of,
})

const closings: (() => Promise<void> | void)[] = []
afterEach(async () => {
  for (const close of closings.splice(0)) await close()
})

async function open(options: AthenaEndpointOptions = {}) {
  const athena = await startAthena(COLUMNS, options)
  const client = new AthenaClient({ ...CLIENT, endpoint: athena.endpoint, maxAttempts: 1 })
  closings.push(athena.close, () => client.destroy())
  const queries = athenaQueries(client, { workGroup: 'erasing' })
  const erasure = athenaErasure(queries, { now: athena.now })
  return { athena, erasure, queries }
}

/** Takes the steps of an erasure to its end, each after the wait that was asked for; `between` is done before each. */
async function walk(
  { athena, erasure }: { athena: { pass: (ms: number) => void }; erasure: HistoryErasure },
  of: ErasureScope,
  between: (state: string | undefined) => Promise<void> | void = () => {},
): Promise<ErasureProof> {
  let state: string | undefined
  for (let steps = 0; steps < 5_000; steps++) {
    await between(state)
    const step = await erasure.step(group, of, state)
    if ('proof' in step) return step.proof
    athena.pass(step.afterMs)
    state = step.state
  }
  throw new Error('the erasure does not end')
}

const ids = async ({ query }: { query: (sql: string) => Promise<(string | undefined)[][]> }) =>
  (await query('SELECT "id" FROM offline.people_1 ORDER BY "id"')).slice(1).flat()

const verbs = (statements: string[]) => statements.map((sql) => sql.split(' ')[0])

describe('an erasure in Athena', () => {
  it('leaves no row, no file and no snapshot that has one, and gives the table its properties back', async () => {
    const opened = await open()
    const { athena } = opened
    await athena.append(values({ id: 'gone-a', amount: 7 }), values({ id: 'kept-b', amount: 8 }))
    await athena.append(
      values({ id: 'gone-c', amount: 1 }),
      values({ id: 'kept-c', amount: 7, writtenAt: WRITTEN + 1 }),
    )
    await athena.append(values({ id: 'gone-c', marker: { session: SESSION }, writtenAt: WRITTEN + 5 }))
    const before = athena.snapshots()

    const proof = await walk(opened, scope())
    expect(await ids(athena)).toEqual(['kept-b', 'kept-c'])
    expect(athena.files().join()).not.toContain('gone')
    expect(athena.files().join()).toContain('kept-b')
    expect(athena.snapshots()).toEqual(['6'])
    expect(proof).toEqual({
      rowsRemoved: 3,
      snapshotId: '5',
      snapshotsExpired: [...before, '4', '5'],
      removedAt: expect.any(Number),
      verifiedAt: expect.any(Number),
    })
    expect(proof.removedAt).toBeLessThan(proof.verifiedAt)
    expect([...athena.properties]).toEqual([])
    expect(verbs(athena.statements())).toEqual([
      ...['SELECT', 'DELETE', 'SELECT', 'DELETE', 'ALTER', 'OPTIMIZE'],
      ...['SELECT', 'SELECT', 'VACUUM', 'SELECT', 'SELECT', 'ALTER'],
    ])
  })

  it('waits for rows on their way before it begins', async () => {
    const opened = await open()
    const { athena, erasure } = opened
    expect(await erasure.step(group, scope())).toMatchObject({ afterMs: 900_000 })
    expect(athena.statements()).toEqual([])
    await athena.append(values({ id: 'kept' }))
    let isLate = true
    const { rowsRemoved } = await walk(opened, scope(), async (state) => {
      if (state === undefined || !isLate) return
      isLate = false
      await athena.append(values({ id: 'late', amount: 7 }))
    })
    expect(rowsRemoved).toBe(1)
  })

  it('makes no query twice when steps are repeated', async () => {
    const opened = await open()
    const { athena, erasure } = opened
    await athena.append(values({ id: 'gone', amount: 7 }), values({ id: 'kept' }))
    const repeating: HistoryErasure = {
      async step(...args) {
        await erasure.step(...args).catch(() => {})
        return await erasure.step(...args)
      },
    }
    const proof = await walk({ athena, erasure: repeating }, scope())
    expect(proof.rowsRemoved).toBe(1)
    expect(athena.statements()).toHaveLength(12)
    expect(await ids(athena)).toEqual(['kept'])
  })

  it('has queries of its own when it is begun anew', async () => {
    const opened = await open()
    await opened.athena.append(values({ id: 'gone', amount: 7 }))
    await walk(opened, scope())
    opened.athena.pass(1)
    await opened.athena.append(values({ id: 'gone-too', amount: 7 }))
    expect((await walk(opened, scope())).rowsRemoved).toBe(1)
    expect(await ids(opened.athena)).toEqual([])
  })

  it('deletes again what came while it was under way', async () => {
    const opened = await open()
    const { athena } = opened
    await athena.append(values({ id: 'gone', amount: 7 }), values({ id: 'kept' }))
    let isLate = true
    const { rowsRemoved, snapshotsExpired } = await walk(opened, scope(), async (state = '{}') => {
      if (JSON.parse(state).phase !== 'vacuum' || !isLate) return
      isLate = false
      await athena.append(values({ id: 'gone-too', amount: 7 }))
    })
    expect(rowsRemoved).toBe(2)
    expect(await ids(athena)).toEqual(['kept'])
    expect(athena.files().join()).not.toContain('gone')
    expect(new Set(snapshotsExpired).size).toBe(snapshotsExpired.length)
  })

  it('runs a statement again that asks for it, or that another commit has come before', async () => {
    const reasons = [
      'ICEBERG_OPTIMIZE_MORE_RUNS_NEEDED: please run again',
      'ICEBERG_VACUUM_MORE_RUNS_NEEDED: Removed 1000 files in this round',
      'ICEBERG_COMMIT_ERROR: failed to commit',
    ]
    const verbOf = [/^OPTIMIZE/, /^VACUUM/, /^DELETE/]
    const fails = (sql: string) => {
      const index = verbOf.findIndex((verb) => verb.test(sql))
      const reason = reasons[index]
      if (reason === undefined) return undefined
      reasons[index] = ''
      return reason === '' ? undefined : { reason }
    }
    const opened = await open({ fails })
    await opened.athena.append(values({ id: 'gone', amount: 7 }), values({ id: 'kept' }))
    expect((await walk(opened, scope())).rowsRemoved).toBe(1)
    expect(opened.athena.statements()).toHaveLength(15)
    expect(opened.athena.files().join()).not.toContain('gone')
  })

  it('fails with the reason of Athena, after the table has its properties back', async () => {
    const opened = await open({ fails: (sql) => (sql.startsWith('VACUUM') ? { reason: 'Access Denied' } : undefined) })
    await opened.athena.append(values({ id: 'gone', amount: 7 }))
    await expect(walk(opened, scope())).rejects.toThrow('Athena could not remove old snapshots: Access Denied')
    expect([...opened.athena.properties]).toEqual([])
    expect(opened.athena.statements().at(-1)).toMatch(/^ALTER .* UNSET/)
  })

  it('fails before it has changed anything when it may not', async () => {
    const opened = await open({ fails: (sql) => (sql.startsWith('DELETE') ? { reason: 'Access Denied' } : undefined) })
    await opened.athena.append(values({ id: 'gone', amount: 7 }))
    await expect(walk(opened, scope())).rejects.toThrow('could not delete the rows: Access Denied')
    expect(opened.athena.snapshots()).toEqual(['1'])
  })

  it('gives up when a failure that may pass does not', async () => {
    const fails = (sql: string) => (sql.startsWith('DELETE') ? { reason: 'busy', isRetryable: true } : undefined)
    const opened = await open({ fails })
    await opened.athena.append(values({ id: 'gone', amount: 7 }))
    await expect(walk(opened, scope())).rejects.toThrow('could not delete the rows: busy')
    expect(opened.athena.statements().length).toBeGreaterThan(10)
  })

  it('never says that rows are gone when their files stay', async () => {
    const opened = await open()
    await opened.athena.append(values({ id: 'gone', amount: 7 }), values({ id: 'kept' }))
    const spoil = () => void opened.athena.properties.delete('optimize_rewrite_delete_file_threshold')
    await expect(walk(opened, scope(), spoil)).rejects.toThrow(
      /to look for files that have deleted rows more than 20 times/,
    )
  })

  it('says that it may be tried again when Athena is throttled', async () => {
    let isThrottled = false
    const opened = await open({ fault: () => (isThrottled ? 'throttled' : undefined) })
    await opened.athena.append(values({ id: 'gone', amount: 7 }))
    const first = await opened.erasure.step(group, scope())
    if (!('state' in first)) throw new Error('it has not begun')
    isThrottled = true
    await expect(opened.erasure.step(group, scope(), first.state)).rejects.toMatchObject({ code: 'ServiceUnavailable' })
    isThrottled = false
    expect((await walk(opened, scope())).rowsRemoved).toBe(1)
  })

  it('proves that nothing is there of a table without rows, and of a group without a history', async () => {
    const opened = await open()
    const nothing = { rowsRemoved: 0, snapshotsExpired: [] }
    expect(await walk(opened, scope())).toMatchObject(nothing)
    const { OfflineStoreConfig: _, ...online } = group
    expect(await opened.erasure.step(online, scope())).toMatchObject({ proof: nothing })
  })

  it('removes what a plain reading of the rule removes, whatever the rows', async () => {
    const { athena } = await open()
    const sketch = fc.record(
      {
        id: fc.constantFrom<string[]>('a', 'b', 'c', 'd'),
        at: fc.integer({ min: -2, max: 2 }),
        amount: fc.integer({ min: 0, max: 3 }),
        marker: fc.constantFrom({}, { session: SESSION }, { session: 'another' }),
        writtenAt: fc.constantFrom(WRITTEN - 1, WRITTEN, WRITTEN + 1),
      },
      { requiredKeys: ['id', 'at'] },
    )
    const bound = fc.option(fc.integer({ min: -2, max: 3 }), { nil: undefined })
    const arbitrary = fc.record({ rows: fc.array(sketch, { minLength: 1, maxLength: 12 }), from: bound, to: bound })
    await fc.assert(
      fc.asyncProperty(arbitrary, async ({ rows, from, to }) => {
        await athena.query('DELETE FROM offline.people_1')
        await athena.append(...rows.map((row) => values(row.marker ? { ...row, amount: undefined } : row)))
        const isIn = ({ at }: { at: number }) => (from === undefined || at >= from) && (to === undefined || at < to)
        const mine = (row: Sketch) => row.marker?.session === SESSION
        const marked = new Set(rows.filter((row) => mine(row) && isIn(row)).map(({ id }) => id))
        const goes = (row: Sketch & { at: number }) =>
          ((row.writtenAt ?? WRITTEN) <= WRITTEN || mine(row)) &&
          isIn(row) &&
          (marked.has(row.id) || (row.marker === undefined && (row.amount ?? -1) < 2))
        const of = scope({
          ...(from !== undefined && { from: `${from}000000` }),
          ...(to !== undefined && { to: `${to}000000` }),
          filter: [['<', 'amount', 2]],
        })
        const { verify, delete: remove, unmark } = erasureStatements(group, of)
        expect((await athena.query(verify))[1]).toEqual([String(rows.filter(goes).length)])
        await athena.query(remove)
        await athena.query(unmark)
        const kept = rows.filter((row) => !goes(row)).map(({ id }) => id)
        expect(await ids(athena)).toEqual(kept.sort())
      }),
      { numRuns: 100 },
    )
  }, 30_000)
})

describe('the statements of an erasure', () => {
  it('are these', () => {
    const statements = erasureStatements(group, scope({ from: '0', to: '1000001' }))
    const window = `"_event_time" >= TIMESTAMP '1970-01-01 00:00:00.000000' AND "_event_time" < TIMESTAMP '1970-01-01 00:00:01.000001'`
    const session = `"_deletion_session" = 'forget o''hara'`
    expect(statements.verify).toBe(
      `SELECT count(*) FROM "offline"."people_1" WHERE ("write_time" <= TIMESTAMP '2020-09-13 12:26:40.000' OR ${session}) AND ${window} AND ((NOT "is_deleted" AND "amount" = BIGINT '7') OR "id" IN (SELECT "id" FROM "offline"."people_1" WHERE ${session} AND ${window}))`,
    )
    expect(statements.unmark).toBe(`DELETE FROM "offline"."people_1" WHERE ${session} AND ${window}`)
    expect(statements.tune).toBe(
      `ALTER TABLE \`offline\`.\`people_1\` SET TBLPROPERTIES ('optimize_rewrite_delete_file_threshold' = '1', 'optimize_rewrite_data_file_threshold' = '1', 'vacuum_max_snapshot_age_seconds' = '60', 'vacuum_min_snapshots_to_keep' = '1')`,
    )
    expect(statements.optimize).toBe('OPTIMIZE offline.people_1 REWRITE DATA USING BIN_PACK')
    expect(statements.vacuum).toBe('VACUUM offline.people_1')
  })

  it('quote a table whose name begins with a digit as each of them wants it', () => {
    const { OfflineStoreConfig: config } = group
    const DataCatalogConfig = { TableName: '1_people', Catalog: 'AwsDataCatalog', Database: 'offline' }
    const digits = { ...group, ...(config && { OfflineStoreConfig: { ...config, DataCatalogConfig } }) }
    const { vacuum, optimize } = erasureStatements(digits, scope())
    expect([vacuum, optimize]).toEqual([
      'VACUUM offline.`1_people`',
      'OPTIMIZE offline."1_people" REWRITE DATA USING BIN_PACK',
    ])
  })

  it('take markers by a filter of the keys, and every row by an empty one', () => {
    expect(erasureStatements(group, scope({ filter: [['=', 'Id', 'a']] })).verify).toContain(`(("id" = 'a') OR "id" IN`)
    expect(erasureStatements(group, scope({ filter: [] })).verify).toMatch(/o''hara'\) AND TRUE$/)
  })
})

describe('startQueryParams and queryState', () => {
  const query = { sql: 'SELECT 1', database: 'offline', token: 't'.repeat(32) }

  it('name the work group, and a place for results where there is one', () => {
    expect(startQueryParams(query, { workGroup: 'erasing', outputLocation: 's3://results/' })).toEqual({
      QueryString: 'SELECT 1',
      QueryExecutionContext: { Database: 'offline' },
      ClientRequestToken: query.token,
      WorkGroup: 'erasing',
      ResultConfiguration: { OutputLocation: 's3://results/' },
    })
    expect(startQueryParams(query, { workGroup: 'erasing' })).not.toHaveProperty('ResultConfiguration')
  })

  it('refuse a statement that is longer than Athena takes', () => {
    const long = { ...query, sql: `SELECT '${'é'.repeat(131_072)}'` }
    expect(() => startQueryParams(long, { workGroup: 'erasing' })).toThrow(/262153 bytes, and Athena takes 262144/)
  })

  it('tell a query that ended from one that runs', () => {
    expect(queryState({ State: 'QUEUED' })).toBe('running')
    expect(queryState({ State: 'SUCCEEDED' })).toBe('succeeded')
    expect(queryState({ State: 'CANCELLED' })).toEqual({ reason: 'the query is CANCELLED', isRetryable: false })
    const AthenaError = { Retryable: true, ErrorMessage: 'slow down' }
    expect(queryState({ State: 'FAILED', AthenaError })).toEqual({ reason: 'slow down', isRetryable: true })
  })
})
