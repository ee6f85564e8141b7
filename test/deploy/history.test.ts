import { beforeAll, describe, expect, it, vi } from 'vitest'
import { createGroup, type Group } from '../conformance/deployment.ts'
import { at, deleteRecord, putRecord, recordOf } from '../conformance/records.ts'
import { deployment, rowsOf } from './emulated-aws.ts'
import type { Refusal } from './firehose-gate.ts'

const WAIT = { timeout: 60_000, interval: 500 }

/** The columns that hold when the service was asked, which the test cannot know. */
const WHEN = { write_time: expect.any(Number), api_invocation_time: expect.any(Number) }
const micros = (second: number) => (Date.UTC(2026, 0, 1) / 1000 + second) * 1_000_000

let group: Group
beforeAll(async () => {
  group = await createGroup()
})

async function refuse(refusal: Refusal): Promise<void> {
  await fetch(deployment.firehoseGate, { method: 'PUT', body: JSON.stringify(refusal) })
}

describe('the history of a deployed group', () => {
  it('has a typed row for each accepted write, late ones too, and a marker for each deletion', async () => {
    await putRecord(group, { id: 'a', time: at(2), text: 'new', count: '9007199254740993', ratio: '0.5' })
    await putRecord(group, { id: 'a', time: at(1), text: 'late' })
    await deleteRecord(group, 'a', at(3))
    await vi.waitUntil(async () => (await rowsOf(group, 'a')).length === 3, WAIT)
    const unset = { text: null, count: null, ratio: null, _deletion_session: null, _sequence: null }
    const table = expect.stringMatching(/^conformance_[0-9a-f]{16}_\d{10}$/)
    const common = { ...unset, ...WHEN, _table: table, id: 'a', is_deleted: false }
    expect(await rowsOf(group, 'a')).toEqual([
      { ...common, time: at(1), _event_time: micros(1), text: 'late' },
      { ...common, time: at(2), _event_time: micros(2), text: 'new', count: '9007199254740993', ratio: 0.5 },
      { ...common, time: at(3), _event_time: micros(3), is_deleted: true },
    ])
  })
  it('gets a row over the outbox that Firehose would not take when the write was acknowledged', async () => {
    // As often as the writer tries.
    await refuse({ text: 'delayed', times: 5 })
    await putRecord(group, { id: 'delayed', time: at(1), text: 'acknowledged' })
    expect(await recordOf(group, 'delayed')).toMatchObject({ text: 'acknowledged' })
    await vi.waitUntil(async () => (await rowsOf(group, 'delayed')).length > 0, WAIT)
    expect(await rowsOf(group, 'delayed')).toMatchObject([{ text: 'acknowledged', is_deleted: false }])
  })
})
