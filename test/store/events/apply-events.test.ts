import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { applyEvents, type EventResult } from '../../../store/events/apply-events.ts'
import { type Event, readEvent } from '../../../store/events/read-event.ts'
import { seededRandom } from '../../seed.ts'
import { openFlakyStores } from './flaky-stores.ts'
import { makeModel, type Write } from './record-model.ts'

const RELIABLE = { notTaken: 0, lost: 0, random: Math.random }

function eventOf({ operation, id, time, x }: Write): Event {
  const Record = { id, ...(time !== undefined && { time }), ...(x !== undefined && { x }) }
  return readEvent(JSON.stringify({ FeatureGroupName: 'g', Operation: operation, Record }))
}

const apply = async (stores: Awaited<ReturnType<typeof openFlakyStores>>, ...events: object[]) =>
  await applyEvents(
    stores.stores,
    events.map((event) => readEvent(JSON.stringify({ FeatureGroupName: 'g', ...event }))),
  )

describe('events', () => {
  it('are written as the API would, each with what became of it', async () => {
    const open = await openFlakyStores(RELIABLE)
    const results = await apply(
      open,
      { Record: { id: 'a', time: 5, x: 1, tags: ['t'] } },
      { Record: { id: 'a', time: 4, x: 0 } },
      { Record: { id: 'a', x: 2, tags: null }, Operation: 'Update' },
      { Record: { id: 'b', time: 1 } },
      { Record: { id: 'b', time: 2 }, Operation: 'SoftDelete' },
      { Record: { id: 'c', time: 1 }, TargetStores: ['OfflineStore'] },
    )
    expect(results.map(({ status }) => status)).toEqual([
      'written',
      'historic',
      'written',
      'written',
      'written',
      'written',
    ])
    expect(open.recordOf('a')).toEqual([
      { FeatureName: 'id', ValueAsString: 'a' },
      { FeatureName: 'time', ValueAsString: '5' },
      { FeatureName: 'x', ValueAsString: '2' },
    ])
    expect([open.recordOf('b'), open.recordOf('c')]).toEqual([undefined, undefined])
    expect(open.history().length).toBe(6)
  })

  it.each([
    [{ Record: { id: 'a', time: 1, x: 'one' } }, 'ValidationError', /Feature 'x' is of type Integral/],
    [{ Record: { id: 'a', time: 1, z: 1 } }, 'ValidationError', /'z' is not a feature/],
    [{ Record: { id: 'a' } }, 'ValidationError', /event time feature 'time'/],
    [{ Record: { id: 'a', time: 1 }, FeatureGroupName: 'h' }, 'ResourceNotFound', /FeatureGroup with name h/],
    [{ Record: { id: 'a', time: 1 }, Operation: 'Update' }, 'ResourceNotFound', /'a' does not exist/],
    [{ Record: { x: 1 }, Operation: 'Update' }, 'ValidationError', /record identifier feature 'id'/],
    [{ Record: { id: 'a' }, Operation: 'HardDelete' }, 'ValidationError', /event time feature 'time'/],
    [{ Record: { id: 'a', time: 'x' }, Operation: 'SoftDelete' }, 'ValidationError', /EventTime 'x'/],
    [{ Record: { id: 'live', time: 1 }, Operation: 'HardDelete' }, 'ValidationError', /must be later/],
    [{ Record: { id: 'live', time: 1, x: 1 }, Operation: 'Update' }, 'ConflictException', /is older/],
    [{ Record: { id: 'a', time: 1 }, FeatureGroupName: 'g!' }, 'ValidationError', /'g!'/],
    [{ Record: { id: '\ud800', time: 1 } }, 'ValidationError', /well-formed Unicode/],
    [{ Record: { id: 'a', time: 1, '-': 1 } }, 'ValidationError', /regular expression pattern/],
    [{ Record: { id: 'x'.repeat(400_000), time: 1 } }, 'ValidationError', /less than or equal to 358400/],
  ])('are refused alone, with the error that the API has: %j', async (event, code, reason) => {
    const open = await openFlakyStores(RELIABLE)
    const good = { Record: { id: 'live', time: 3 } }
    const results = await apply(open, good, event, { Record: { id: 'other', time: 1 } })
    expect(results[1]).toMatchObject({ status: 'refused', code, reason: expect.stringMatching(reason) })
    expect([results[0]?.status, results[2]?.status]).toEqual(['written', 'written'])
    expect(open.history().length).toBe(2)
  })

  it('of a group that cannot be looked up now are to be applied again', async () => {
    const open = await openFlakyStores(RELIABLE)
    const { ApiError } = await import('../../../store/api-error.ts')
    const get = () => Promise.reject(new ApiError('ServiceUnavailable', 'later'))
    const stores = { ...open.stores, catalog: { ...open.stores.catalog, get } }
    expect(await applyEvents(stores, [eventOf({ operation: 'Put', id: 'a', time: 1 })])).toEqual([
      { status: 'unprocessed' },
    ])
  })
})

const id = fc.constantFrom('a', 'b', 'c')
const x = fc.integer({ min: 0, max: 9 })
const put = fc.record({ operation: fc.constant('Put' as const), id, time: fc.integer({ min: 1, max: 9 }), x })
const deletion = fc.record({
  operation: fc.constantFrom('SoftDelete' as const, 'HardDelete' as const),
  id,
  time: fc.integer({ min: 1, max: 9 }),
})
const update = fc.record({
  operation: fc.constant('Update' as const),
  id,
  time: fc.option(fc.integer({ min: 1, max: 9 }), { nil: undefined }),
  x,
})
const poison = fc.record({
  operation: fc.constantFrom('Put' as const, 'SoftDelete' as const),
  id,
  time: fc.constant('never'),
})
const write: fc.Arbitrary<Write> = fc.oneof({ weight: 4, arbitrary: put }, deletion, update, poison)
const seed = fc.integer({ min: 1 })

describe('after all retries', () => {
  it('the stores equal the model, whatever was not taken, and each event has had its one result', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(write, { maxLength: 40 }), seed, async (writes, seed) => {
        const random = seededRandom(seed)
        const open = await openFlakyStores({ notTaken: 0.3, lost: 0, random })
        const model = makeModel()
        const expected = writes.map((one) => model.apply(one))
        const results: EventResult['status'][] = []
        for (let start = 0; start < writes.length; ) {
          const end = start + 1 + Math.floor(random() * 10)
          results.push(...(await applyUntilDone(open.stores, writes.slice(start, end).map(eventOf))))
          start = end
        }
        expect(results).toEqual(expected)
        for (const one of ['a', 'b', 'c']) expect(open.recordOf(one)).toEqual(model.recordOf(one))
        expect(open.history().sort()).toEqual(model.history().sort())
      }),
      { numRuns: 200 },
    )
  })

  it('so they do in any order, with repeats and rows of the history lost, when no two events have one time', async () => {
    const events = fc.uniqueArray(
      fc.oneof(
        put,
        deletion.map((one) => ({ ...one, operation: 'SoftDelete' as const })),
      ),
      {
        selector: ({ id, time }) => `${id} ${time}`,
        maxLength: 27,
      },
    )
    await fc.assert(
      fc.asyncProperty(events, seed, async (writes, seed) => {
        const random = seededRandom(seed)
        const open = await openFlakyStores({ notTaken: 0.2, lost: 0.2, random })
        const model = makeModel()
        for (const one of writes) model.apply(one)
        const pending = [...writes, ...writes.filter(() => random() < 0.2)].map(eventOf)
        while (pending.length > 0) {
          pending.sort(() => random() - 0.5)
          const batch = pending.splice(0, 8)
          const results = await applyEvents(open.stores, batch)
          pending.push(...batch.filter((_, index) => results[index]?.status === 'unprocessed'))
          expect(results.some(({ status }) => status === 'refused')).toBe(false)
        }
        for (const one of ['a', 'b', 'c']) expect(open.recordOf(one)).toEqual(model.recordOf(one))
        expect(new Set(open.history())).toEqual(new Set(model.history()))
      }),
      { numRuns: 200 },
    )
  })
})

/** Applies events, the unprocessed ones again and in order; what became of each. */
async function applyUntilDone(
  stores: Parameters<typeof applyEvents>[0],
  events: Event[],
): Promise<EventResult['status'][]> {
  const statuses: EventResult['status'][] = []
  let pending = [...events.entries()]
  while (pending.length > 0) {
    const results = await applyEvents(
      stores,
      pending.map(([, event]) => event),
    )
    for (const [place, [index]] of pending.entries()) statuses[index] = results[place]?.status ?? 'unprocessed'
    pending = pending.filter(([index]) => statuses[index] === 'unprocessed')
  }
  return statuses
}
