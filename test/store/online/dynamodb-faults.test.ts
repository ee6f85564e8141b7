import { DatabaseSync } from 'node:sqlite'
import type { DynamoDBClientConfig } from '@aws-sdk/client-dynamodb'
import { afterAll, describe, expect, it } from 'vitest'
import { dynamoOnlineStore } from '../../../store/online/dynamodb.ts'
import type { OnlineStore } from '../../../store/online/online-store.ts'
import { createOnlineTables, sqliteOnlineStore } from '../../../store/online/sqlite.ts'
import type { Change, Result } from '../../../store/records/change.ts'
import { createTable } from '../../aws/dynalite.ts'
import { startDynamodb } from '../../aws/dynamodb.ts'
import { DYNAMODB_FAULTS } from '../../aws/dynamodb-faults.ts'
import { FAULTS, type FaultsOptions, startFaults } from '../../faults.ts'
import { SEED, seededRandom } from '../../seed.ts'
import {
  FEATURE_ORDER,
  forget,
  GROUP,
  hardDelete,
  purge,
  put,
  restore,
  retract,
  softDelete,
  update,
} from './changes.ts'

const NOW = 1_000_000
/** A third of the requests go wrong. */
const RATES: FaultsOptions['rates'] = {
  throttled: 0.06,
  failed: 0.06,
  failedUnheard: 0.06,
  reset: 0.05,
  resetUnheard: 0.05,
  cutUnheard: 0.05,
  silent: 0.006,
  silentUnheard: 0.006,
  partial: 0.2,
}
const IDENTIFIERS = Array.from({ length: 30 }, (_, i) => `record ${i}`)
const ROUNDS = 60
const CHANGES_PER_ROUND = 25
const MAX_REPEATS = 100
const MAX_TIME = 60
/** Long enough for a sound answer of a machine that has much else to do; a silent one costs as much. */
const REQUEST_TIMEOUT_MS = 1_000
const TIMEOUT_MS = 300_000
const SESSION_KINDS = ['retract', 'restore', 'purge', 'forget'] as const

/** The SDK's own retries, without the waits. */
function atOnce(maxAttempts: number, hasSilence: boolean): DynamoDBClientConfig {
  const token = (count: number) => ({ getRetryCount: () => count, getRetryDelay: () => 0 })
  return {
    requestHandler: { requestTimeout: hasSilence ? REQUEST_TIMEOUT_MS : TIMEOUT_MS, throwOnRequestTimeout: true },
    retryStrategy: {
      acquireInitialRetryToken: async () => token(0),
      async refreshRetryTokenForRetry(last, { errorType }) {
        const count = last.getRetryCount() + 1
        if (count >= maxAttempts || errorType === 'CLIENT_ERROR') throw new Error('no further attempt')
        return token(count)
      },
      recordSuccess() {},
    },
  }
}

const dynamodb = await startDynamodb()
afterAll(async () => {
  await dynamodb.close()
})

/** A store behind faults, and the same table without. */
async function open(maxAttempts: number, more: Partial<FaultsOptions> = {}) {
  const { rates = RATES } = more
  const faults = await startFaults({ target: dynamodb.endpoint, seed: SEED, ...DYNAMODB_FAULTS, ...more, rates })
  const hasSilence = 'silent' in rates || 'silentUnheard' in rates
  const tableName = await createTable(dynamodb.client())
  const causes: unknown[] = []
  const options = { tableName, featureOrder: () => FEATURE_ORDER, backoffMs: 1 }
  const client = dynamodb.client({ endpoint: faults.endpoint, ...atOnce(maxAttempts, hasSilence) })
  return {
    faults,
    causes,
    store: dynamoOnlineStore({ ...options, client, onUnprocessed: (cause) => causes.push(cause) }),
    table: dynamoOnlineStore({
      ...options,
      client: dynamodb.client(),
      onUnprocessed: (cause) => expect.unreachable(String(cause)),
    }),
  }
}

function randomChange(random: () => number, value: string): Change {
  const identifier = IDENTIFIERS[Math.floor(random() * IDENTIFIERS.length)] ?? ''
  const time = 1 + Math.floor(random() * MAX_TIME)
  const kind = random()
  if (kind < 0.4) return put(identifier, time, value)
  if (kind < 0.5) return softDelete(identifier, time)
  if (kind < 0.6) return hardDelete(identifier, time)
  if (kind < 0.7) return update(identifier, value, kind < 0.65 ? time : undefined)
  const session = random() < 0.8 ? 'one' : 'two'
  if (kind < 0.73) return forget(identifier, session)
  if (kind < 0.78) return purge(identifier, session)
  if (kind < 0.85) return restore(identifier, session)
  // Most records soon have one of the last event times.
  return { ...retract(identifier, MAX_TIME - Math.floor(random() * 4), session), acceptedAt: NOW }
}

/** What a record is after a history of changes, and what the changes after it come to: by the embedded store. */
function replay(identifier: string, history: Change[], changes: Change[] = []) {
  const db = new DatabaseSync(':memory:')
  createOnlineTables(db)
  const store = sqliteOnlineStore(db)
  store.apply(history, NOW)
  const results = store.apply(changes, NOW).map(({ result }, i) => told(result, changes[i]))
  const shown = show(store.get(GROUP, identifier, NOW))
  db.close()
  return { results, shown }
}

/** What DynamoDB answers to a repeated change, and what dynalite does, which does not say why it refused one. */
function told(result: Result, change: Change | undefined): Result {
  if (result === 'repeated' && !dynamodb.isDynalite) return 'applied'
  if (result === 'repeated') return change?.kind === 'retract' ? 'stale' : 'absent'
  return dynamodb.isDynalite && change?.kind === 'update' && result === 'stale' ? 'absent' : result
}

function show(version: Awaited<ReturnType<OnlineStore['get']>>): string {
  return version === undefined ? 'none' : `${version.eventTimeText} ${version.features}`
}

/** Repeats what fails until it succeeds. It may fail only by saying that the store is unavailable. */
async function untilAvailable<Result>(work: () => Result | Promise<Result>): Promise<Result> {
  for (let repeat = 0; repeat < MAX_REPEATS; repeat++) {
    try {
      return await work()
    } catch (error) {
      expect(error).toMatchObject({ name: 'ApiError', code: 'ServiceUnavailable', cause: expect.anything() })
    }
  }
  return expect.unreachable(`unavailable ${MAX_REPEATS} times`)
}

type Opened = Awaited<ReturnType<typeof open>>
type Histories = Map<string, Change[]>

/** Applies the changes, repeating those that are unprocessed, and checks the table after each time. */
async function applyAll({ store, table, causes }: Opened, changes: Change[], histories: Histories, isExact: boolean) {
  let pending = changes
  for (let repeat = 0; pending.length > 0; repeat++) {
    expect(repeat).toBeLessThan(MAX_REPEATS)
    causes.length = 0
    const outcomes = await store.apply(pending, NOW)
    const indexed = pending.map((change, i) => ({ change, result: outcomes[i]?.result }))
    const left: Change[] = []
    let unprocessedRecords = 0
    for (const [identifier, tried] of Map.groupBy(indexed, ({ change }) => change.identifier)) {
      const end = tried.findIndex(({ result }) => result === 'unprocessed')
      const taken = end < 0 ? tried : tried.slice(0, end)
      const untaken = tried.slice(taken.length)
      expect(untaken.every(({ result }) => result === 'unprocessed')).toBe(true)
      const before = histories.get(identifier) ?? []
      const acknowledged = taken.map(({ change }) => change)
      const expected = replay(identifier, before, acknowledged)
      // A change that is repeated may find that it was made the first time.
      const first = repeat === 0 ? 0 : 1
      const results = taken.map(({ result }) => result)
      if (isExact) expect(results.slice(first)).toEqual(expected.results.slice(first))
      const history = [...before, ...acknowledged]
      histories.set(identifier, history)
      const perhaps = untaken.slice(0, 1).map(({ change }) => change)
      const allowed = [expected.shown, replay(identifier, [...history, ...perhaps]).shown]
      expect(allowed).toContain(show(await table.get(GROUP, identifier, NOW)))
      unprocessedRecords += perhaps.length
    }
    expect(causes.length).toBe(unprocessedRecords)
    for (const { change, result } of indexed) if (result === 'unprocessed') left.push(change)
    pending = left
  }
}

async function checkReads({ store }: Opened, histories: Histories): Promise<void> {
  const shown = IDENTIFIERS.map((identifier) => replay(identifier, histories.get(identifier) ?? []).shown)
  for (let time = 0; time < 20; time++) {
    const versions = await store.getMany(GROUP, IDENTIFIERS, NOW)
    for (const [i, version] of versions.entries()) if (version !== 'unprocessed') expect(show(version)).toBe(shown[i])
  }
  for (const [i, identifier] of IDENTIFIERS.entries()) {
    expect(show(await untilAvailable(() => store.get(GROUP, identifier, NOW)))).toBe(shown[i])
  }
  const live = IDENTIFIERS.filter((_, i) => shown[i] !== 'none')
  const listed: string[] = []
  let after: string | undefined
  do {
    const options = { limit: 3, includeSoftDeleted: false, now: NOW, ...(after !== undefined && { after }) }
    const page = await untilAvailable(() => store.list(GROUP, options))
    listed.push(...page.identifiers)
    after = page.next
  } while (after !== undefined)
  expect(listed.sort()).toEqual(live.sort())
}

/** How often a change of the kind was made. */
function madeOf(kind: Change['kind'], histories: Histories): number {
  const results = [...histories].flatMap(([identifier, history]) =>
    replay(identifier, [], history).results.filter((result, i) => result === 'applied' && history[i]?.kind === kind),
  )
  return results.length
}

async function checkRemoval({ store, table }: Opened): Promise<void> {
  const many = Array.from({ length: 300 }, (_, i) => put(`more ${i}`, 1, 'x'))
  await table.apply(many, NOW)
  while (await untilAvailable(() => store.removeGroup(GROUP, 90)));
  const left = await table.list(GROUP, { limit: 100, includeSoftDeleted: true, now: NOW })
  expect(left).toEqual({ identifiers: [] })
}

describe(`the online store behind faults of seed ${SEED}`, { timeout: TIMEOUT_MS }, () => {
  for (const maxAttempts of [1, 3]) {
    it(`loses no change that it acknowledged, with ${maxAttempts} attempts for each request`, async () => {
      const opened = await open(maxAttempts)
      const random = seededRandom(SEED)
      const histories: Histories = new Map()
      for (let round = 0; round < ROUNDS; round++) {
        const changes = Array.from({ length: CHANGES_PER_ROUND }, (_, i) => randomChange(random, `${round} ${i}`))
        await applyAll(opened, changes, histories, maxAttempts === 1)
      }
      await checkReads(opened, histories)
      for (const kind of SESSION_KINDS) {
        expect([kind, madeOf(kind, histories)]).not.toEqual([kind, 0])
      }
      await checkRemoval(opened)
      expect(opened.faults.requests()).toBeGreaterThan(2_000)
      for (const fault of FAULTS) expect([fault, opened.faults.met(fault)]).not.toEqual([fault, 0])
      await opened.faults.close()
    })
  }

  for (const fault of FAULTS.filter((name) => name !== 'partial')) {
    it(`says that nothing was processed when every request is ${fault}`, async () => {
      const { faults, causes, store } = await open(1, { rates: { [fault]: 1 } })
      const outcomes = await store.apply([put('a', 1, 'x'), put('b', 1, 'x'), put('a', 2, 'y')], NOW)
      expect(outcomes.map(({ result }) => result)).toEqual(['unprocessed', 'unprocessed', 'unprocessed'])
      // The second change of a record is not tried after the first.
      expect(faults.requests()).toBe(2)
      expect(await store.getMany(GROUP, ['a', 'b'], NOW)).toEqual(['unprocessed', 'unprocessed'])
      expect(causes).toHaveLength(3)
      for (const call of [
        () => store.get(GROUP, 'a', NOW),
        () => store.scan(GROUP, { shard: 0, limit: 1 }),
        () => store.list(GROUP, { limit: 1, includeSoftDeleted: false, now: NOW }),
        () => store.removeGroup(GROUP, 1),
      ]) {
        await expect(call()).rejects.toMatchObject({ code: 'ServiceUnavailable', cause: expect.any(Error) })
      }
      await faults.close()
    })
  }

  it('gives up on a batch of which nothing is ever processed, and says so', async () => {
    const split: FaultsOptions['split'] = ({ body }) => {
      if (!isBatch(body)) return undefined
      return { body, complete: () => ({ UnprocessedKeys: body.RequestItems, UnprocessedItems: body.RequestItems }) }
    }
    const { faults, causes, store } = await open(1, { rates: { partial: 1 }, split })
    expect(await store.getMany(GROUP, ['a', 'b'], NOW)).toEqual(['unprocessed', 'unprocessed'])
    expect(causes).toEqual([expect.objectContaining({ message: 'none of 2 keys were processed' })])
    await store.apply([put('a', 1, 'x')], NOW)
    await expect(store.removeGroup(GROUP, 10)).rejects.toMatchObject({ code: 'ServiceUnavailable' })
    await faults.close()
  })
})

function isBatch(body: unknown): body is { RequestItems: object } {
  return typeof body === 'object' && body !== null && 'RequestItems' in body
}
