import { beforeAll, describe, expect, it, vi } from 'vitest'
import { createGroup, type Group } from '../conformance/deployment.ts'
import { sendRaw } from '../conformance/raw-request.ts'
import { at, deleteRecord, putRecord, recordOf, type Values } from '../conformance/records.ts'
import { itemsOf, passSettleTime, rowsOf } from './emulated-aws.ts'

const WAIT = { timeout: 60_000, interval: 500 }
const RECORDS = 20

async function call(method: string, path: string, body?: object) {
  const { status, body: text } = await sendRaw({ method, path, ...(body && { body: JSON.stringify(body) }) })
  return { status, answer: JSON.parse(text) }
}

let group: Group
beforeAll(async () => {
  group = await createGroup()
  for (let i = 0; i < RECORDS; i++) {
    const values: Values = i % 2 === 0 ? { count: '9007199254740993', ratio: '0.1' } : { text: `"${i}" ✓` }
    await putRecord(group, { id: `r${i}`, time: at(i), ...values })
  }
  await deleteRecord(group, 'r0', at(100))
  await deleteWhere('before-restore', { filter: [['in', 'id', ['r1', 'r2']]] })
  await vi.waitUntil(async () => (await rowsOf(group, 'r2')).length === 2, WAIT)
})

async function deleteWhere(session: string, body: object): Promise<void> {
  await call('POST', '/delete', { table: group.name, session, ...body })
  await vi.waitUntil(async () => (await call('GET', `/delete/${session}`)).answer.status === 'completed', WAIT)
}

/** Restores the group to the end, and answers its status then. */
async function restore(request: object) {
  const { status, answer } = await call('POST', '/restore', { FeatureGroupName: group.name, ...request })
  expect({ status, ...answer }).toMatchObject({ status: 200, Status: 'Processing' })
  await passSettleTime(answer.RestoreId)
  return await vi.waitUntil(async () => {
    const { answer: restored } = await call('GET', `/restore/${answer.RestoreId}`)
    return restored.Status !== 'Processing' && restored
  }, WAIT)
}

/** The items of live records. */
async function liveItems() {
  return Object.fromEntries(Object.entries(await itemsOf(group)).filter(([, item]) => item['d'] === undefined))
}

describe('a deployed restore', () => {
  it('refuses an online store that is not empty, unless it may replace', async () => {
    const { status, answer } = await call('POST', '/restore', { FeatureGroupName: group.name })
    expect({ status, ...answer }).toEqual({ status: 400, Message: expect.stringContaining('Send Replace') })
  })

  it('makes the online store what it was before', async () => {
    const before = await liveItems()
    expect(Object.keys(before)).toHaveLength(RECORDS - 3)
    expect(await restore({ Replace: true })).toMatchObject({
      Status: 'Completed',
      RecordsRemoved: RECORDS - 3,
      RecordsWritten: RECORDS - 3,
      Tombstones: 3,
      Error: null,
    })
    expect(await liveItems()).toEqual(before)
    expect(Object.keys(await itemsOf(group))).toHaveLength(RECORDS)
  })

  it('leaves out the delete session that is to be ignored', async () => {
    const before = await liveItems()
    const restored = await restore({ Replace: true, IgnoreDelete: ['before-restore'] })
    expect(restored).toMatchObject({ Status: 'Completed', IgnoreDelete: ['before-restore'], Tombstones: 1 })
    const { r1, r2, ...others } = await liveItems()
    expect(others).toEqual(before)
    expect([r1, r2]).toEqual([expect.anything(), expect.anything()])
    expect(await recordOf(group, 'r1')).toEqual({ id: 'r1', time: at(1), text: '"1" ✓' })
    expect(await recordOf(group, 'r2')).toEqual({ id: 'r2', time: at(2), count: '9007199254740993', ratio: '0.1' })
  })

  it('is not found by an id that none has', async () => {
    expect((await call('GET', '/restore/none')).status).toBe(404)
  })
})
