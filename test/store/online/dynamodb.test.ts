import { GetItemCommand } from '@aws-sdk/client-dynamodb'
import { afterAll, beforeEach, describe, expect, it } from 'vitest'
import { ApiError } from '../../../store/api-error.ts'
import { dynamoOnlineStore } from '../../../store/online/dynamodb.ts'
import { keyItem } from '../../../store/online/dynamodb-item.ts'
import { onlineKey } from '../../../store/online/keys.ts'
import type { OnlineStore } from '../../../store/online/online-store.ts'
import { measureCapacity } from '../../aws/capacity.ts'
import { createTable } from '../../aws/dynalite.ts'
import { startDynamodb } from '../../aws/dynamodb.ts'
import { FEATURE_ORDER, GROUP, put, restore, retract, softDelete, target, update } from './changes.ts'
import type { Differences } from './differences.ts'
import { onlineStoreContract } from './online-store-contract.ts'
import { replayChangesContract } from './replay-changes-contract.ts'
import { sessionChangesContract } from './session-changes-contract.ts'

const NOW = Date.parse('2026-11-20T00:00:00Z')
const YEAR_SECONDS = 365 * 86_400
/** A group of one partition, so that what is in a page is known. */
const single = { ...target, groupId: 'single-1' }

const dynamodb = await startDynamodb()

const DIFFERENCES: Differences = {
  'refuses to make a record larger than 350 KB, and leaves it as it is':
    'one request cannot know the size of what it leaves; DynamoDB refuses at 400 KB',
  ...(dynamodb.isDynalite && {
    'is stale when its event time is older':
      'dynalite does not give the item that failed a condition, so it counts as absent',
  }),
}

/** What makes a repeated change known is the item that failed a condition. */
const NO_FAILED_ITEM = 'dynalite does not give the item that failed a condition, so it counts as none'
const SESSION_DIFFERENCES: Differences = dynamodb.isDynalite
  ? {
      'says that it made a change before, and leaves it as it is': NO_FAILED_ITEM,
      'says so too when what it hid has been forgotten': NO_FAILED_ITEM,
      'says that it restored the record before, and leaves it as it is': NO_FAILED_ITEM,
    }
  : {}

afterAll(async () => {
  await dynamodb.close()
})

function storeOn(options: Partial<Parameters<typeof dynamoOnlineStore>[0]> & { tableName: string }): OnlineStore {
  return dynamoOnlineStore({
    client: dynamodb.client(),
    featureOrder: () => FEATURE_ORDER,
    onUnprocessed: (cause) => expect.unreachable(String(cause)),
    ...options,
  })
}

/** The item of a record of the group, its attributes in the order of their names. */
async function storedItem(TableName: string, identifier: string) {
  const Key = keyItem(onlineKey(GROUP, identifier))
  const { Item = {} } = await dynamodb.client().send(new GetItemCommand({ TableName, Key, ConsistentRead: true }))
  return Object.fromEntries(Object.entries(Item).sort(([a], [b]) => (a < b ? -1 : 1)))
}

describe('the online store in DynamoDB', () => {
  onlineStoreContract(async () => storeOn({ tableName: await createTable(dynamodb.client()) }), DIFFERENCES)
  replayChangesContract(async () => storeOn({ tableName: await createTable(dynamodb.client()) }))
  sessionChangesContract(
    async () => {
      const tableName = await createTable(dynamodb.client())
      const raw = async (identifier: string) => JSON.stringify(await storedItem(tableName, identifier))
      return { store: storeOn({ tableName }), raw }
    },
    { repeated: 'applied', differences: SESSION_DIFFERENCES },
  )

  let client: ReturnType<typeof dynamodb.client>
  let tableName: string
  let store: OnlineStore
  beforeEach(async () => {
    client = dynamodb.client()
    tableName = await createTable(client)
    store = storeOn({ client, tableName })
  })

  describe('sizes', () => {
    const list = (elements: string[]) => [{ FeatureName: 'feature', ValueAsStringList: elements }]

    it('takes the largest record that is allowed, in its most expensive form, under the longest identifier', async () => {
      const identifier = 'é'.repeat(1_024)
      const features = JSON.stringify(list(new Array<string>(175_000).fill('1')))
      const large = { ...put(identifier, 1, ''), version: { ...put(identifier, 1, '').version, features } }
      expect(await store.apply([large], NOW)).toEqual([{ result: 'applied' }])
      expect((await store.get(GROUP, identifier, NOW))?.features).toBe(features)
    })
    it('refuses to make an item larger than 400 KB, and leaves it as it is', async () => {
      const outcomes = await store.apply([put('a', 1, 'x'), update('a', 'y'.repeat(400 * 1_024))], NOW)
      expect(outcomes.map(({ result }) => result)).toEqual(['applied', 'tooLarge'])
      expect(await store.get(GROUP, 'a', NOW)).toMatchObject({ features: put('a', 1, 'x').version.features })
    })
    it('reads many records that are more than one answer holds', async () => {
      const identifiers = Array.from({ length: 60 }, (_, i) => `id ${i}`)
      const puts = identifiers.map((identifier) => put(identifier, 1, `${identifier} ${'x'.repeat(300_000)}`))
      await store.apply(puts, NOW)
      const consumedBy = measureCapacity(client)
      const { operations } = await consumedBy(async () => {
        const versions = await store.getMany(GROUP, identifiers, NOW)
        expect(versions).toEqual(puts.map(({ version }) => expect.objectContaining(version)))
      })
      // 18 MB: Amazon's answers hold 16 MB, dynalite's about one.
      expect(operations.length).toBeGreaterThanOrEqual(dynamodb.isDynalite ? 10 : 2)
    })
    it('lists, scans and removes records that are more than one answer passes', async () => {
      const identifiers = Array.from({ length: 30 }, (_, i) => `id ${10 + i}`)
      await store.apply(
        identifiers.map((identifier) => ({ ...put(identifier, 1, 'x'.repeat(100_000)), target: single })),
        NOW,
      )
      const consumedBy = measureCapacity(client)
      const { operations } = await consumedBy(async () => {
        const page = await store.list(single.groupId, { limit: 100, includeSoftDeleted: false, now: NOW })
        expect(page).toEqual({ identifiers })
      })
      expect(operations.length).toBeGreaterThanOrEqual(3)
      const page = await store.scan(single.groupId, { shard: 0, limit: 100 })
      expect(page.records.length).toBeLessThan(30)
      expect(page.next).toBe(page.records.at(-1)?.identifier)
      expect(await store.removeGroup(single.groupId, 30)).toBe(true)
      expect(await store.removeGroup(single.groupId, 30)).toBe(false)
    })
  })

  describe('time to live', () => {
    async function storedTimeToLive(identifier: string): Promise<number> {
      const Key = keyItem(onlineKey(GROUP, identifier))
      const { Item } = await client.send(new GetItemCommand({ TableName: tableName, Key, ConsistentRead: true }))
      return Number(Item?.['x']?.N)
    }
    const now = NOW / 1000

    it('is when the record expires', async () => {
      await store.apply([put('a', now, 'x', 10), put('b', now - 3 * YEAR_SECONDS, 'x', 10)], NOW)
      expect(await storedTimeToLive('a')).toBe(now + 10)
      expect(await storedTimeToLive('b')).toBe(now - 3 * YEAR_SECONDS + 10)
    })
    it('is never over five years back, where DynamoDB would leave the record for good', async () => {
      await store.apply([put('a', 0, 'x', 10), put('b', 0, 'x'), { ...update('b', 'y', 1), ttlSeconds: 10 }], NOW)
      for (const identifier of ['a', 'b']) {
        expect(now - (await storedTimeToLive(identifier))).toBeLessThan(5 * YEAR_SECONDS)
        expect(await store.get(GROUP, identifier, NOW)).toBeUndefined()
      }
    })
    it('does not hide when such a record really expired', async () => {
      await store.apply([put('a', 100, 'x', 10)], NOW)
      expect(await store.apply([put('a', 99, 'y')], NOW)).toEqual([
        { result: 'applied', expired: { expiresAt: 110, eventTimeText: '100' } },
      ])
    })
    it('is gone while a delete session hides the record, and is back after the undo', async () => {
      await store.apply([put('a', now, 'x', 10), { ...retract('a', now), acceptedAt: NOW }], NOW)
      expect(await storedTimeToLive('a')).toBeNaN()
      await store.apply([restore('a')], NOW)
      expect(await storedTimeToLive('a')).toBe(now + 10)
    })
    it('does not begin when a record without one gets another event time', async () => {
      for (const time of [-62_167_219_200, 0, now]) {
        await store.apply([put(`at ${time}`, time, 'x')], NOW)
        const [outcome] = await store.apply([update(`at ${time}`, 'y', time)], NOW)
        expect(outcome?.result).toBe('applied')
        expect(outcome?.version).not.toHaveProperty('expiresAt')
        expect(await store.get(GROUP, `at ${time}`, NOW)).not.toHaveProperty('expiresAt')
      }
    })
  })

  describe('features added since', () => {
    const values = ['id', 'z', 'new', 'newer'].map((FeatureName) => ({ FeatureName, ValueAsString: 'x' }))
    const newest = { ...put('a', 1, ''), version: { ...put('a', 1, '').version, features: JSON.stringify(values) } }
    const asked: (boolean | undefined)[] = []
    const featureOrder = (_: string, options?: { isFresh: boolean }) => {
      asked.push(options?.isFresh)
      return options?.isFresh ? [...FEATURE_ORDER, 'new', 'newer'] : FEATURE_ORDER
    }
    beforeEach(() => {
      store = storeOn({ tableName, featureOrder })
      asked.length = 0
    })

    it('are read in their order, by a fresh one', async () => {
      await store.apply([newest], NOW)
      expect((await store.get(GROUP, 'a', NOW))?.features).toBe(JSON.stringify(values))
      expect(await store.getMany(GROUP, ['a'], NOW)).toMatchObject([{ features: JSON.stringify(values) }])
    })
    it('are scanned in their order', async () => {
      await store.apply([{ ...newest, target: single }], NOW)
      const page = await store.scan(single.groupId, { shard: 0, limit: 1 })
      expect(page.records).toMatchObject([{ features: JSON.stringify(values) }])
    })
    it('are told in their order by a restore that does not know them', async () => {
      const changes = [newest, { ...retract('a', 1), acceptedAt: NOW }, restore('a')]
      const outcomes = await store.apply(changes, NOW)
      expect(outcomes.at(-1)?.version?.features).toBe(JSON.stringify(values))
      expect(asked).toEqual([true])
    })
    it('are told in their order by an update that does not know them', async () => {
      const [, outcome] = await store.apply([newest, update('a', 'y')], NOW)
      const feature = { FeatureName: 'feature', ValueAsString: 'y' }
      expect(outcome?.version?.features).toBe(JSON.stringify(values.toSpliced(1, 0, feature)))
      expect(asked).toEqual([true])
    })
    it('that not even a fresh order has come last, by name', async () => {
      const unordered = storeOn({ tableName, featureOrder: () => ['id'] })
      await unordered.apply([newest], NOW)
      const features = (await unordered.get(GROUP, 'a', NOW))?.features ?? ''
      expect(JSON.parse(features)).toEqual(
        ['id', 'new', 'newer', 'z'].map((FeatureName) => ({ FeatureName, ValueAsString: 'x' })),
      )
    })
  })

  describe('pages', () => {
    it('end after 16 queries, however many partitions a group has', async () => {
      const many = { ...target, groupId: 'many-100' }
      const identifiers = Array.from({ length: 50 }, (_, i) => `id ${i}`)
      await store.apply(
        identifiers.map((identifier) => ({ ...put(identifier, 1, 'x'), target: many })),
        NOW,
      )
      const consumedBy = measureCapacity(client)
      const seen: string[] = []
      let after: string | undefined
      do {
        const { operations } = await consumedBy(async () => {
          const options = { limit: 100, includeSoftDeleted: false, now: NOW, ...(after !== undefined && { after }) }
          const page = await store.list(many.groupId, options)
          seen.push(...page.identifiers)
          after = page.next
        })
        expect(operations.length).toBeLessThanOrEqual(16)
      } while (after !== undefined)
      expect(seen.sort()).toEqual(identifiers.sort())
    })
    it('look further and further where they find nothing', async () => {
      const dead = Array.from({ length: 250 }, (_, i) => softDelete(`dead ${i}`, 1))
      const changes = [...dead, put('live', 1, 'x')].map((change) => ({ ...change, target: single }))
      await store.apply(changes, NOW)
      const page = await store.list(single.groupId, { limit: 1, includeSoftDeleted: false, now: NOW })
      expect(page.identifiers).toEqual(['live'])
    })
  })

  it('makes changes of different records at the same time, but no more than 100', async () => {
    let inFlight = 0
    let most = 0
    client.middlewareStack.add(
      (next) => async (args) => {
        inFlight += 1
        most = Math.max(most, inFlight)
        return await next(args).finally(() => {
          inFlight -= 1
        })
      },
      { step: 'initialize' },
    )
    await store.apply(
      Array.from({ length: 200 }, (_, i) => put(`id ${i}`, 1, 'x')),
      NOW,
    )
    expect(most).toBe(100)
    most = 0
    await store.apply(
      Array.from({ length: 20 }, (_, i) => put('the same', i, 'x')),
      NOW,
    )
    expect(most).toBe(1)
  })

  it('fails aloud, with the cause, when DynamoDB will never take what it is asked', async () => {
    const missing = storeOn({ tableName: 'missing' })
    const listing = { limit: 1, includeSoftDeleted: false, now: NOW }
    const calls = [
      () => missing.get(GROUP, 'a', NOW),
      () => missing.getMany(GROUP, ['a'], NOW),
      () => missing.list(GROUP, listing),
      () => missing.scan(GROUP, { shard: 0, limit: 1 }),
      () => missing.apply([put('a', 1, 'x')], NOW),
      () => missing.removeGroup(GROUP, 1),
      () => store.list(GROUP, { ...listing, after: 'not a cursor' }),
      () => store.apply([{ ...update('a', 'x'), ttlSeconds: 1 }], NOW),
    ]
    for (const call of calls) {
      const error = await Promise.resolve(call()).catch((thrown: unknown) => thrown)
      expect(error).toBeInstanceOf(ApiError)
      expect(error).toMatchObject({ code: 'InternalFailure', cause: expect.any(Error) })
    }
  })
})
