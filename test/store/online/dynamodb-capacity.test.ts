import type { AttributeValue } from '@aws-sdk/client-dynamodb'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { dynamoOnlineStore } from '../../../store/online/dynamodb.ts'
import { versionItem } from '../../../store/online/dynamodb-item.ts'
import type { OnlineStore } from '../../../store/online/online-store.ts'
import type { Change } from '../../../store/records/change.ts'
import { measureCapacity } from '../../aws/capacity.ts'
import { createTable } from '../../aws/dynalite.ts'
import { type Dynamodb, startDynamodb } from '../../aws/dynamodb.ts'
import {
  expire,
  FEATURE_ORDER,
  forget,
  GROUP,
  hardDelete,
  purge,
  put,
  restore,
  retract,
  SESSION,
  softDelete,
  update,
} from './changes.ts'

const NOW = 1_000_000

/** The group of one partition, so that what a listing consumes is one sum. */
const SINGLE = 'single-1'

/** The size of an item: https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/CapacityUnitCalculations.html */
function itemBytes(item: { [name: string]: AttributeValue }): number {
  return Object.entries(item).reduce((bytes, [name, value]) => bytes + Buffer.byteLength(name) + valueBytes(value), 0)
}

function valueBytes({ S, N, M, L }: AttributeValue): number {
  if (S !== undefined) return Buffer.byteLength(S)
  if (N !== undefined) return 1 + Math.ceil(N.replace(/0+$/, '').length / 2)
  if (M !== undefined) return 3 + Object.keys(M).length + itemBytes(M)
  return 3 + (L ?? []).reduce((bytes, value) => bytes + 1 + valueBytes(value), 0)
}

/** A put whose item has exactly so many bytes. */
function putOf(bytes: number, identifier: string) {
  const rest = itemBytes(versionItem(put(identifier, 1, ''), NOW))
  return put(identifier, 1, 'x'.repeat(bytes - rest))
}

describe('what DynamoDB charges', () => {
  let dynamodb: Dynamodb
  let store: OnlineStore
  let consumedBy: ReturnType<typeof measureCapacity>
  beforeAll(async () => {
    dynamodb = await startDynamodb()
  })
  afterAll(async () => {
    await dynamodb.close()
  })
  beforeEach(async () => {
    const client = dynamodb.client()
    const tableName = await createTable(client)
    consumedBy = measureCapacity(client)
    const fail = (cause: unknown) => expect.unreachable(String(cause))
    store = dynamoOnlineStore({ client, tableName, featureOrder: () => FEATURE_ORDER, onUnprocessed: fail })
  })

  const write = (change: Change) => consumedBy(() => store.apply([change], NOW))

  it('is one unit for a put of up to 1 KB, new or not', async () => {
    for (let time = 0; time < 2; time++) {
      expect(await write(putOf(1_024, 'a'))).toEqual({ operations: ['PutItem'], units: [1] })
    }
  })
  it('is two units for a put of one byte more', async () => {
    expect(await write(putOf(1_025, 'a'))).toEqual({ operations: ['PutItem'], units: [2] })
  })
  it('is one unit for every other change of a record of up to 1 KB', async () => {
    const one = (operation: string) => ({ operations: [operation], units: [1] })
    await store.apply([putOf(1_000, 'a')], NOW)
    expect(await write(update('a', 'y', 2))).toEqual(one('UpdateItem'))
    expect(await write(update('a', undefined))).toEqual(one('UpdateItem'))
    expect(await write(softDelete('a', 3))).toEqual(one('PutItem'))
    expect(await write(hardDelete('a', 4))).toEqual(one('DeleteItem'))
    expect(await write(hardDelete('a', 4))).toEqual(one('DeleteItem'))
  })
  it('is one unit for each change of a delete session, to a record of up to 1 KB with the name of the session', async () => {
    const one = (operation: string) => ({ operations: [operation], units: [1] })
    const retracted = { ...retract('a', 1), acceptedAt: NOW }
    await store.apply([putOf(1_000 - SESSION.length, 'a')], NOW)
    expect(await write(retracted)).toEqual(one('UpdateItem'))
    expect(await write(restore('a'))).toEqual(one('UpdateItem'))
    await store.apply([retracted], NOW)
    expect(await write(forget('a'))).toEqual(one('UpdateItem'))
    expect(await write(purge('a'))).toEqual(one('DeleteItem'))
  })
  it('takes one request, which is charged but does not say so, for a change that does not win', async () => {
    const untold = (operation: string) => ({ operations: [operation], units: [undefined] })
    await store.apply([put('a', 5, 'x')], NOW)
    expect(await write(put('a', 4, 'x'))).toEqual(untold('PutItem'))
    expect(await write(softDelete('a', 4))).toEqual(untold('PutItem'))
    expect(await write(hardDelete('a', 4))).toEqual(untold('DeleteItem'))
    expect(await write(update('a', 'x', 4))).toEqual(untold('UpdateItem'))
    expect(await write(update('b', 'x'))).toEqual(untold('UpdateItem'))
    expect(await write(retract('a', 4))).toEqual(untold('UpdateItem'))
    expect(await write(restore('a'))).toEqual(untold('UpdateItem'))
    expect(await write(forget('a'))).toEqual(untold('UpdateItem'))
    expect(await write(purge('a'))).toEqual(untold('DeleteItem'))
  })
  it('is a read and a write for the expiry of a version, and a read when there is none', async () => {
    await store.apply([put('a', 1, 'x', 1)], NOW)
    expect(await write(expire('a', 2))).toEqual({ operations: ['GetItem', 'DeleteItem'], units: [1, 1] })
    expect(await write(expire('a', 2))).toEqual({ operations: ['GetItem'], units: [1] })
  })
  it('is one unit for each 4 KB of a record that is read, and one where none is', async () => {
    await store.apply([putOf(4_096, 'a'), putOf(4_097, 'b')], NOW)
    const read = (identifier: string) => consumedBy(() => store.get(GROUP, identifier, NOW))
    expect(await read('a')).toEqual({ operations: ['GetItem'], units: [1] })
    expect(await read('b')).toEqual({ operations: ['GetItem'], units: [2] })
    expect(await read('c')).toEqual({ operations: ['GetItem'], units: [1] })
  })
  it('is the same for each of many that are read at once, in requests of a hundred', async () => {
    const identifiers = Array.from({ length: 150 }, (_, i) => `id ${i}`)
    await store.apply(
      identifiers.map((identifier) => putOf(1_024, identifier)),
      NOW,
    )
    const { operations, units } = await consumedBy(() => store.getMany(GROUP, [...identifiers, ...identifiers], NOW))
    expect(operations).toEqual(['BatchGetItem', 'BatchGetItem'])
    expect(units.sort()).toEqual([100, 50])
  })
  it('is one unit for each 4 KB of records that a listing passes', async () => {
    const target = { groupId: SINGLE, online: true, offline: true }
    const puts = Array.from({ length: 100 }, (_, i) => ({ ...putOf(1_000, `id ${10 + i}`), target }))
    await store.apply(puts, NOW)
    const listed = await consumedBy(() => store.list(SINGLE, { limit: 50, includeSoftDeleted: false, now: NOW }))
    expect(listed.operations).toEqual(['Query'])
    // The group of these keys has a longer name, so the items have a few bytes more.
    expect(listed.units).toEqual([13])
  })
  it('is one unit for each 4 KB of records that a scan looks at, whether it shows them or not', async () => {
    const target = { groupId: SINGLE, online: true, offline: true }
    const puts = Array.from({ length: 100 }, (_, i) => ({ ...putOf(1_000, `id ${10 + i}`), target }))
    await store.apply(puts, NOW)
    for (const options of [{}, { tombstonesOf: SESSION }]) {
      const scanned = await consumedBy(() => store.scan(SINGLE, { shard: 0, limit: 50, ...options }))
      expect(scanned).toEqual({ operations: ['Query'], units: [13] })
    }
  })
})
