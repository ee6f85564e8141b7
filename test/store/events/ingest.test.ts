import { describe, expect, it } from 'vitest'
import { ingest } from '../../../store/events/ingest.ts'
import type { WriteStores } from '../../../store/stores.ts'
import { openFlakyStores } from './flaky-stores.ts'

const RELIABLE = { notTaken: 0, lost: 0, random: Math.random }

/** Stores that break, in no way that the API has, when a change of the record `cursed` is among those to be made. */
async function openBreakingStores() {
  const open = await openFlakyStores(RELIABLE)
  const { writer } = open.stores
  const write: typeof writer.write = async (changes) => {
    if (changes.some(({ identifier }) => identifier === 'cursed')) throw new TypeError('a store broke')
    return await writer.write(changes)
  }
  const stores: WriteStores = { ...open.stores, writer: { ...writer, write } }
  return { ...open, stores }
}

const eventOf = (id: string, FeatureGroupName = 'g') => JSON.stringify({ FeatureGroupName, Record: { id, time: 1 } })

describe('ingestion', () => {
  it('reads texts and bytes, and refuses what is no event', async () => {
    const { stores, recordOf } = await openFlakyStores(RELIABLE)
    const bodies = [eventOf('a'), Buffer.from(eventOf('b')), 'x', Buffer.from([0x22, 0xff])]
    const results = await ingest(stores, bodies, (error) => expect.unreachable(String(error)))
    expect(results.map(({ status }) => status)).toEqual(['written', 'written', 'refused', 'refused'])
    expect(results[3]).toMatchObject({ code: 'ValidationError', reason: expect.stringMatching(/not UTF-8/) })
    expect([recordOf('a'), recordOf('b')]).not.toContain(undefined)
  })

  it.each([0, 3, 6])('applies all others when the event at place %i makes them fail', async (place) => {
    const { stores, recordOf } = await openBreakingStores()
    const errors: unknown[] = []
    const others = ['a', 'b', 'c', 'd', 'e', 'f']
    const bodies = others.toSpliced(place, 0, 'cursed').map((id) => eventOf(id))
    const results = await ingest(stores, [...bodies, 'no JSON', eventOf('z', 'unknown')], (error) => errors.push(error))
    const statuses = others.map(() => 'written').toSpliced(place, 0, 'unprocessed')
    expect(results.map(({ status }) => status)).toEqual([...statuses, 'refused', 'refused'])
    expect(errors).toMatchObject([{ message: 'a store broke' }])
    for (const id of others) expect(recordOf(id)).toBeDefined()
  })

  it('keeps the later events of its record behind one that could not be applied', async () => {
    const { stores } = await openBreakingStores()
    const errors: unknown[] = []
    const bodies = ['a', 'cursed', 'b', 'cursed', 'cursed'].map((id) => eventOf(id))
    const results = await ingest(stores, bodies, (error) => errors.push(error))
    const [done, waits] = ['written', 'unprocessed']
    expect(results.map(({ status }) => status)).toEqual([done, waits, done, waits, waits])
    expect(errors).toHaveLength(1)
  })

  it('leaves the events of a group that cannot be looked up to be applied again, and goes on with other groups', async () => {
    const { stores, recordOf } = await openFlakyStores(RELIABLE)
    const { catalog } = stores
    const get = async (name: string) => {
      if (name === 'h') throw new TypeError('the catalog broke')
      return await catalog.get(name)
    }
    const bodies = [eventOf('a', 'h'), eventOf('a'), eventOf('b', 'h')]
    const errors: unknown[] = []
    const results = await ingest({ ...stores, catalog: { ...catalog, get } }, bodies, (error) => errors.push(error))
    expect(results.map(({ status }) => status)).toEqual(['unprocessed', 'written', 'unprocessed'])
    expect(recordOf('a')).toBeDefined()
    expect(errors).toHaveLength(1)
  })
})
