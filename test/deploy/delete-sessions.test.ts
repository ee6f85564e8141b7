import { beforeAll, describe, expect, it, vi } from 'vitest'
import { createGroup, type Group } from '../conformance/deployment.ts'
import { sendRaw } from '../conformance/raw-request.ts'
import { at, putRecord, recordOf } from '../conformance/records.ts'
import { endUndoWindow, invoke, onlineItem, rowsOf } from './emulated-aws.ts'

const WAIT = { timeout: 60_000, interval: 500 }
const RECORDS = 30

let group: Group
beforeAll(async () => {
  group = await createGroup()
  for (let i = 0; i < RECORDS; i++)
    await putRecord(group, { id: `r${i}`, time: at(i), text: i % 3 === 0 ? 'go' : 'stay' })
})

async function call(method: string, path: string, body?: object) {
  const { status, body: text } = await sendRaw({ method, path, ...(body && { body: JSON.stringify(body) }) })
  return { status, text, answer: JSON.parse(text) }
}

const start = (body: object) => call('POST', '/delete', { table: group.name, ...body })

/** The status of a session that is done with what it was asked for. */
async function ended(name: string) {
  return await vi.waitUntil(async () => {
    const { answer } = await call('GET', `/delete/${name}`)
    return answer.status !== 'processing' && answer.status !== 'undoing' && answer
  }, WAIT)
}

const GONE = { filter: [['=', 'text', 'go']] }

describe('a deployed delete session', () => {
  it('tells what it would delete, and deletes nothing then', async () => {
    const { status, answer } = await start({ ...GONE, dryRun: true })
    expect({ status, ...answer }).toMatchObject({ status: 200, matched: RECORDS / 3, oldest: at(0), newest: at(27) })
    expect(await recordOf(group, 'r0')).toMatchObject({ text: 'go' })
  })

  it('deletes what matches, and an undo brings it back, both in the history too', async () => {
    const { text } = await start({ session: 'deployed', ...GONE })
    expect(text).toBe('{"name":"deployed","updtype":"delete","status":"processing","error":[]}')
    expect(await ended('deployed')).toMatchObject({ status: 'completed', matched: RECORDS / 3, deleted: RECORDS / 3 })
    expect(await recordOf(group, 'r0')).toBeUndefined()
    expect(await recordOf(group, 'r1')).toMatchObject({ text: 'stay' })

    expect((await call('POST', '/delete/deployed/undo')).answer.status).toBe('undoing')
    expect(await ended('deployed')).toMatchObject({ status: 'undone', restored: RECORDS / 3 })
    expect(await recordOf(group, 'r0')).toMatchObject({ text: 'go', time: at(0) })
    await vi.waitUntil(async () => (await rowsOf(group, 'r0')).length === 3, WAIT)
    const rows = await rowsOf(group, 'r0')
    expect(rows.sort((a, b) => Number(a['write_time']) - Number(b['write_time']))).toMatchObject([
      { is_deleted: false, text: 'go' },
      { is_deleted: true, _deletion_session: 'deployed', _event_time: rows[0]?.['_event_time'] },
      { is_deleted: false, text: 'go' },
    ])
    const { answer } = await call('GET', '/delete')
    expect(answer.sessions.map(({ name }: { name: string }) => name)).toContain('deployed')
  })

  it('is stopped by a cancellation, before or after it was through', async () => {
    await start({ session: 'stopped', filter: [['=', 'id', 'none']] })
    const { status, answer } = await call('POST', '/delete/stopped/cancel', { reason: 'a mistake' })
    const session = await ended('stopped')
    if (status === 200) expect(session.ledger.at(-1)).toMatchObject({ status: 'cancelled', reason: 'a mistake' })
    else expect({ status, ...answer, is: session.status }).toMatchObject({ status: 409, is: 'completed' })
  })

  it('has its payloads removed by the sweep when it can no longer be undone', async () => {
    await start({ session: 'swept', filter: [['=', 'id', 'r2']] })
    await ended('swept')
    expect(await onlineItem(group, 'r2')).toHaveProperty('h')
    await endUndoWindow('swept')
    await invoke('SessionsSweepFunction', {})
    await vi.waitUntil(async () => (await call('GET', '/delete/swept')).answer.payloadsRemovedAt !== undefined, WAIT)
    expect(await onlineItem(group, 'r2')).not.toHaveProperty('h')
    expect((await call('POST', '/delete/swept/undo')).answer).toMatchObject({ code: '410', text: 'gone' })
  })

  it('of records that are erased removes them online at once, and tells how far it has come', async () => {
    const body = { FeatureGroupName: group.name, RecordIdentifiersValueAsString: ['r4', 'nobody'] }
    const { status, answer } = await call('POST', '/erase', body)
    expect({ status, ...answer }).toMatchObject({ status: 200, Status: 'Processing', OnlineRecordsRemoved: 1 })
    expect(await recordOf(group, 'r4')).toBeUndefined()
    expect((await call('GET', `/erase/${answer.ErasureId}`)).answer).toEqual(answer)
  })

  it('that erases needs a route of its own', async () => {
    expect((await start({ all: true, mode: 'erase' })).answer).toMatchObject({ code: '403', text: 'forbidden' })
  })
})
