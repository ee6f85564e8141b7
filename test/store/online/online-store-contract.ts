import fc from 'fast-check'
import { beforeEach, describe, expect } from 'vitest'
import type { Lookup, OnlineStore } from '../../../store/online/online-store.ts'
import type { Change, Result } from '../../../store/records/change.ts'
import { expire, featuresText, GROUP, hardDelete, OTHER, put, softDelete, target, update } from './changes.ts'
import { type Differences, itUnlessDifferent } from './differences.ts'

const NOW = 1_000_000

/** What every online store does, whatever it is made of. `open` gives an empty one. */
export function onlineStoreContract(open: () => Promise<OnlineStore>, differences: Differences = {}): void {
  const it = itUnlessDifferent(differences)
  let store: OnlineStore
  beforeEach(async () => {
    store = await open()
  })

  async function results(...changes: Change[]): Promise<Result[]> {
    return (await store.apply(changes, NOW)).map(({ result }) => result)
  }
  async function shownValue(identifier: string, now = NOW): Promise<string | undefined> {
    const version = await store.get(GROUP, identifier, now)
    return version && (JSON.parse(version.features)[1]?.ValueAsString ?? 'none')
  }

  describe('put', () => {
    it('writes a record that was not there', async () => {
      expect(await results(put('a', 1, 'new'))).toEqual(['applied'])
      expect(await store.get(GROUP, 'a', NOW)).toMatchObject({
        identifier: 'a',
        eventTime: 1_000_000n,
        eventTimeText: '1',
        features: featuresText('a', 'new'),
      })
    })
    it('keeps the newer record when an older one arrives late', async () => {
      expect(await results(put('a', 2, 'newer'), put('a', 1, 'older'))).toEqual(['applied', 'historic'])
      expect(await shownValue('a')).toBe('newer')
    })
    it('replaces a record of the same event time', async () => {
      expect(await results(put('a', 1, 'first'), put('a', 1, 'second'))).toEqual(['applied', 'applied'])
      expect(await shownValue('a')).toBe('second')
    })
    it('does not replace a tombstone of the same event time or a later one', async () => {
      await results(put('a', 1, 'x'), softDelete('a', 5))
      expect(await results(put('a', 5, 'y'), put('a', 4, 'z'))).toEqual(['historic', 'historic'])
      expect(await shownValue('a')).toBeUndefined()
    })
    it('replaces a tombstone of an earlier event time', async () => {
      expect(await results(softDelete('a', 5), put('a', 6, 'back'))).toEqual(['applied', 'applied'])
      expect(await shownValue('a')).toBe('back')
    })
    it('replaces an expired record, however new its event time, and tells that it removed it', async () => {
      await results(put('a', 500, 'expired', 400))
      expect(await store.apply([put('a', 3, 'older')], NOW)).toEqual([
        { result: 'applied', expired: { expiresAt: 900, eventTimeText: '500' } },
      ])
      expect(await shownValue('a')).toBe('older')
    })
    it('does not touch a change that is not for the online store', async () => {
      const offline = { ...put('a', 1, 'x'), target: { ...target, online: false } }
      expect(await results(offline)).toEqual(['skipped'])
      expect(await shownValue('a')).toBeUndefined()
    })
    it('keeps the records of groups apart', async () => {
      const other = { ...put('a', 1, 'other'), target: { ...target, groupId: OTHER } }
      await results(put('a', 2, 'mine'), other)
      expect(await shownValue('a')).toBe('mine')
    })
    it('keeps event times to the microsecond, over the whole range of years', async () => {
      for (const eventTime of [-62_167_219_200_000_000n, 0n, 1n, 253_402_300_799_999_999n]) {
        const change = put(`at ${eventTime}`, 0, 'x')
        await store.apply([{ ...change, version: { ...change.version, eventTime } }], NOW)
        expect((await store.get(GROUP, change.identifier, NOW))?.eventTime).toBe(eventTime)
      }
    })
    it('keeps any identifier and any text as it is', async () => {
      const text = fc.string({ unit: 'binary', minLength: 1, maxLength: 40 })
      await fc.assert(
        fc.asyncProperty(text, text, async (identifier, value) => {
          await store.apply([put(identifier, 1, value)], NOW)
          expect(await shownValue(identifier)).toBe(value)
        }),
      )
    })
    it('keeps features in the order of their definitions, empty ones and lists too', async () => {
      const features = JSON.stringify([
        { FeatureName: 'id', ValueAsString: 'a' },
        { FeatureName: 'z', ValueAsString: '' },
        { FeatureName: '10', ValueAsStringList: ['2', '', '1'] },
        { FeatureName: '9', ValueAsStringList: [] },
        { FeatureName: 'a', ValueAsString: '-0.10e+1' },
      ])
      const change = put('a', 1, 'x')
      await store.apply([{ ...change, version: { ...change.version, features } }], NOW)
      expect((await store.get(GROUP, 'a', NOW))?.features).toBe(features)
      const [outcome] = await store.apply([update('a', 'y')], NOW)
      const updated = features.replace('},', '},{"FeatureName":"feature","ValueAsString":"y"},')
      expect(outcome?.version?.features).toBe(updated)
      expect(await store.getMany(GROUP, ['a'], NOW)).toMatchObject([{ features: updated }])
    })
    it('keeps identifiers of 2,048 bytes apart that differ only at their end', async () => {
      const [a, b] = [`${'x'.repeat(2047)}a`, `${'x'.repeat(2047)}b`]
      await results(put(a, 1, 'a'), put(b, 1, 'b'))
      expect([await shownValue(a), await shownValue(b)]).toEqual(['a', 'b'])
      const listed = await store.list(GROUP, { limit: 10, includeSoftDeleted: false, now: NOW })
      expect(listed.identifiers.sort()).toEqual([a, b])
    })
  })

  describe('softDelete', () => {
    it('hides the record and fences older ones', async () => {
      expect(await results(put('a', 1, 'x'), softDelete('a', 3), put('a', 2, 'late'))).toEqual([
        'applied',
        'applied',
        'historic',
      ])
      expect(await shownValue('a')).toBeUndefined()
    })
    it('writes a tombstone where nothing was', async () => {
      expect(await results(softDelete('a', 3), put('a', 2, 'late'))).toEqual(['applied', 'historic'])
    })
    it('leaves a record of the same or a later event time', async () => {
      expect(await results(put('a', 3, 'x'), softDelete('a', 3), softDelete('a', 2))).toEqual([
        'applied',
        'historic',
        'historic',
      ])
      expect(await shownValue('a')).toBe('x')
    })
    it('turns an expired record into a tombstone and tells that it removed it', async () => {
      await results(put('a', 500, 'x', 1))
      const [outcome] = await store.apply([softDelete('a', 3)], NOW)
      expect(outcome).toEqual({ result: 'applied', expired: { expiresAt: 501, eventTimeText: '500' } })
      expect(await results(put('a', 2, 'late'))).toEqual(['historic'])
    })
  })

  describe('hardDelete', () => {
    it('removes the record, so that an older one can be written', async () => {
      expect(await results(put('a', 2, 'x'), hardDelete('a', 3), put('a', 1, 'old'))).toEqual([
        'applied',
        'applied',
        'applied',
      ])
      expect(await shownValue('a')).toBe('old')
    })
    it('is stale unless it is later than the record', async () => {
      expect(await results(put('a', 3, 'x'), hardDelete('a', 3), hardDelete('a', 2))).toEqual([
        'applied',
        'stale',
        'stale',
      ])
      expect(await shownValue('a')).toBe('x')
    })
    it('removes a tombstone that is older, and is stale otherwise', async () => {
      expect(await results(softDelete('a', 3), hardDelete('a', 3), hardDelete('a', 4))).toEqual([
        'applied',
        'stale',
        'applied',
      ])
      expect(await results(put('a', 1, 'x'))).toEqual(['applied'])
    })
    it('finds nothing where nothing is, nor where the record has expired', async () => {
      expect(await results(hardDelete('a', 1))).toEqual(['absent'])
      await results(put('b', 500, 'x', 1))
      expect(await store.apply([hardDelete('b', 2)], NOW)).toEqual([
        { result: 'absent', expired: { expiresAt: 501, eventTimeText: '500' } },
      ])
      const all = await store.list(GROUP, { limit: 10, includeSoftDeleted: true, now: 0 })
      expect(all.identifiers).toEqual([])
    })
  })

  describe('update', () => {
    it('sets the named features, leaves the others, and answers the whole record', async () => {
      await results(put('a', 1, 'x'))
      const [outcome] = await store.apply([update('a', 'y', 2)], NOW)
      expect(outcome).toMatchObject({
        result: 'applied',
        version: { identifier: 'a', eventTime: 2_000_000n, eventTimeText: '2', features: featuresText('a', 'y') },
      })
      expect(await shownValue('a')).toBe('y')
    })
    it('removes a feature without a value', async () => {
      await results(put('a', 1, 'x'), update('a', undefined))
      expect(await shownValue('a')).toBe('none')
    })
    it('keeps the event time when it names none, and applies at the same one', async () => {
      expect(await results(put('a', 3, 'x'), update('a', 'y'), update('a', 'z', 3))).toEqual([
        'applied',
        'applied',
        'applied',
      ])
      expect(await store.get(GROUP, 'a', NOW)).toMatchObject({ eventTimeText: '3', features: featuresText('a', 'z') })
    })
    it('is stale when its event time is older', async () => {
      expect(await results(put('a', 3, 'x'), update('a', 'y', 2))).toEqual(['applied', 'stale'])
      expect(await shownValue('a')).toBe('x')
    })
    it('refuses to make a record larger than 350 KB, and leaves it as it is', async () => {
      const large = 'y'.repeat(350 * 1_024)
      expect(await results(put('a', 1, 'x'), update('a', large))).toEqual(['applied', 'tooLarge'])
      expect(await shownValue('a')).toBe('x')
    })
    it('finds nothing where no live record is', async () => {
      await results(softDelete('b', 1), put('c', 5, 'x', 1))
      expect(await results(update('a', 'y'), update('b', 'y', 9), update('c', 'y', 9))).toEqual([
        'absent',
        'absent',
        'absent',
      ])
    })
    it('moves the expiry with the event time, by the time to live that the record has', async () => {
      await results(put('a', 1_000, 'x', 100), update('a', 'y', 1_010))
      expect(await store.get(GROUP, 'a', NOW)).toMatchObject({ expiresAt: 1_110, ttlSeconds: 100 })
      await results({ ...update('a', 'y', 1_020), ttlSeconds: 5 })
      expect(await store.get(GROUP, 'a', NOW)).toMatchObject({ expiresAt: 1_025, ttlSeconds: 5 })
    })
  })

  describe('expiry', () => {
    it('hides a record from the very second it expires', async () => {
      await results(put('a', 1_000, 'x', 1))
      expect(await shownValue('a', 1_000_999)).toBe('x')
      expect(await shownValue('a', 1_001_000)).toBeUndefined()
    })
    it('hides expired records from every read', async () => {
      await results(put('a', 500, 'x', 1), put('b', 500, 'x'))
      expect((await store.getMany(GROUP, ['a', 'b'], NOW)).map(identifierOf)).toEqual([undefined, 'b'])
      expect(await store.list(GROUP, { limit: 10, includeSoftDeleted: true, now: NOW })).toEqual({
        identifiers: ['b'],
      })
    })
    it('removes the version that was seen to expire, once it has', async () => {
      await results(put('a', 500, 'x', 501), put('b', 500, 'x', 500))
      expect(await results(expire('a', 1_001), expire('b', 1_000), expire('b', 1_000))).toEqual([
        'absent',
        'applied',
        'absent',
      ])
      expect(await listAllOf(store, GROUP)).toEqual(['a'])
    })
    it('leaves a version that has replaced the one that was seen to expire', async () => {
      await results(put('a', 500, 'x', 1), put('a', 500, 'y', 900), put('b', 500, 'x', 1), softDelete('b', 600))
      expect(await results(expire('a', 501), expire('b', 501))).toEqual(['absent', 'absent'])
      expect((await listAllOf(store, GROUP)).sort()).toEqual(['a', 'b'])
    })
    it('fences nothing once expired', async () => {
      await results(put('a', 500, 'x', 1))
      expect(await results(put('a', 400, 'older'))).toEqual(['applied'])
    })
  })

  describe('getMany', () => {
    it('answers as often as asked', async () => {
      await results(put('a', 1, 'x'))
      expect((await store.getMany(GROUP, ['a', 'b', 'a'], NOW)).map(identifierOf)).toEqual(['a', undefined, 'a'])
      expect(await store.getMany(GROUP, [], NOW)).toEqual([])
    })
    it('answers in the order asked, with gaps', async () => {
      const identifiers = Array.from({ length: 250 }, (_, i) => `id-${i}`)
      await store.apply(
        identifiers.filter((_, i) => i % 3 !== 0).map((identifier) => put(identifier, 1, identifier)),
        NOW,
      )
      const versions = await store.getMany(GROUP, identifiers, NOW)
      expect(versions.map(identifierOf)).toEqual(
        identifiers.map((identifier, i) => (i % 3 === 0 ? undefined : identifier)),
      )
    })
  })

  describe('list', () => {
    async function listAll(limit: number, includeSoftDeleted: boolean): Promise<string[]> {
      const identifiers: string[] = []
      let after: string | undefined
      do {
        const page = await store.list(GROUP, { limit, includeSoftDeleted, now: NOW, ...(after && { after }) })
        expect(page.identifiers.length).toBeLessThanOrEqual(limit)
        identifiers.push(...page.identifiers)
        after = page.next
      } while (after !== undefined)
      return identifiers
    }

    it('lists live records once each, whatever the size of a page, and tombstones when asked', async () => {
      const live = Array.from({ length: 57 }, (_, i) => `live ${i}`)
      const dead = Array.from({ length: 31 }, (_, i) => `dead ${i}`)
      await store.apply([...live.map((id) => put(id, 1, 'x')), ...dead.map((id) => softDelete(id, 1))], NOW)
      for (const limit of [1, 7, 100]) {
        expect((await listAll(limit, false)).sort()).toEqual([...live].sort())
        expect((await listAll(limit, true)).sort()).toEqual([...live, ...dead].sort())
      }
    })
    it('lists every record that is there throughout exactly once while others come and go', async () => {
      const stay = Array.from({ length: 40 }, (_, i) => `stay ${i}`)
      await store.apply(
        stay.map((id) => put(id, 1, 'x')),
        NOW,
      )
      const seen: string[] = []
      let after: string | undefined
      for (let round = 0; round === 0 || after !== undefined; round++) {
        const page = await store.list(GROUP, {
          limit: 3,
          includeSoftDeleted: false,
          now: NOW,
          ...(after && { after }),
        })
        seen.push(...page.identifiers)
        after = page.next
        await store.apply([put(`new ${round}`, 1, 'x'), hardDelete(`new ${round - 1}`, 2)], NOW)
      }
      expect(seen.filter((id) => id.startsWith('stay')).sort()).toEqual([...stay].sort())
    })
  })

  describe('removeGroup', () => {
    it('removes the records of the group, a page at a time, and of no other', async () => {
      const other = { ...put('a', 1, 'x'), target: { ...target, groupId: OTHER } }
      await store.apply([other, ...Array.from({ length: 25 }, (_, i) => put(`id ${i}`, 1, 'x'))], NOW)
      let pages = 0
      while (await store.removeGroup(GROUP, 10)) pages += 1
      expect(pages).toBeGreaterThanOrEqual(3)
      expect(await listAllOf(store, GROUP)).toEqual([])
      expect(await listAllOf(store, OTHER)).toEqual(['a'])
    })
  })

  describe('order', () => {
    it('does not matter for puts and soft deletes of distinct event times', async () => {
      const history = fc
        .uniqueArray(fc.record({ time: fc.integer({ min: 1, max: 50 }), isDelete: fc.boolean() }), {
          selector: ({ time }) => time,
          minLength: 1,
          maxLength: 12,
        })
        .chain((events) => fc.tuple(fc.constant(events), fc.shuffledSubarray(events, { minLength: events.length })))
      let run = 0
      await fc.assert(
        fc.asyncProperty(history, async ([events, shuffled]) => {
          run += 1
          const [inOrder, outOfOrder] = [`${run} in order`, `${run} shuffled`]
          const toChange = (id: string) => (event: { time: number; isDelete: boolean }) =>
            event.isDelete ? softDelete(id, event.time) : put(id, event.time, `at ${event.time}`)
          await store.apply([...events].sort((a, b) => a.time - b.time).map(toChange(inOrder)), NOW)
          await store.apply(shuffled.map(toChange(outOfOrder)), NOW)
          expect(await shownValue(outOfOrder)).toBe(await shownValue(inOrder))
        }),
        { numRuns: 200 },
      )
    })
  })
}

async function listAllOf(store: OnlineStore, groupId: string): Promise<string[]> {
  return (await store.list(groupId, { limit: 100, includeSoftDeleted: true, now: 0 })).identifiers
}

function identifierOf(lookup: Lookup): string | undefined {
  return typeof lookup === 'object' ? lookup.identifier : lookup
}
