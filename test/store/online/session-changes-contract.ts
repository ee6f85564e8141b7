import fc from 'fast-check'
import { beforeEach, describe, expect } from 'vitest'
import { shardCountOf } from '../../../store/groups/group-id.ts'
import type { OnlineStore, ScannedRecord, ScanOptions } from '../../../store/online/online-store.ts'
import type { Change, Result } from '../../../store/records/change.ts'
import {
  ACCEPTED,
  expire,
  FEATURE_ORDER,
  featuresText,
  forget,
  GROUP,
  hardDelete,
  OTHER,
  purge,
  put,
  restore,
  retract,
  SESSION,
  softDelete,
  target,
  update,
} from './changes.ts'
import { type Differences, itUnlessDifferent } from './differences.ts'

/** Records are written before the sessions are accepted, unless a test says otherwise; the sessions run after. */
const BEFORE = ACCEPTED - 1
const NOW = 1_000_000

export interface OpenedStore {
  store: OnlineStore
  /** All that the store keeps for a record, as text. */
  raw: (identifier: string) => Promise<string>
}

export interface SessionOptions {
  /** What becomes of a change that a session has made before. */
  repeated: Result
  differences?: Differences
}

/** What every online store does for delete sessions. `open` gives an empty one. */
export function sessionChangesContract(
  open: () => Promise<OpenedStore>,
  { repeated, differences = {} }: SessionOptions,
): void {
  const it = itUnlessDifferent(differences)
  let store: OnlineStore
  let raw: OpenedStore['raw']
  beforeEach(async () => {
    const opened = await open()
    store = opened.store
    raw = opened.raw
  })

  async function write(...changes: Change[]): Promise<void> {
    await store.apply(changes, BEFORE)
  }
  async function results(...changes: Change[]): Promise<Result[]> {
    return (await store.apply(changes, NOW)).map(({ result }) => result)
  }
  async function shownValue(identifier: string, now = NOW): Promise<string | undefined> {
    const version = await store.get(GROUP, identifier, now)
    return version && (JSON.parse(version.features)[1]?.ValueAsString ?? 'none')
  }
  async function scanned(identifier: string): Promise<ScannedRecord | undefined> {
    return (await scanAll(store, {})).find((record) => record.identifier === identifier)
  }
  async function isInRaw(identifier: string, ...texts: string[]): Promise<boolean[]> {
    const text = await raw(identifier)
    return texts.map((one) => text.includes(one))
  }

  describe('retract', () => {
    it('hides the version that was seen from every read, as a tombstone of its own event time', async () => {
      await write(put('a', 5, 'x'), put('b', 5, 'y'))
      expect(await store.apply([retract('a', 5)], NOW)).toEqual([{ result: 'applied' }])
      expect(await store.get(GROUP, 'a', NOW)).toBeUndefined()
      expect(await store.getMany(GROUP, ['a', 'b'], NOW)).toMatchObject([undefined, { identifier: 'b' }])
      const listing = { limit: 10, now: NOW }
      expect((await store.list(GROUP, { ...listing, includeSoftDeleted: false })).identifiers).toEqual(['b'])
      const all = await store.list(GROUP, { ...listing, includeSoftDeleted: true })
      expect(all.identifiers.sort()).toEqual(['a', 'b'])
      expect(await scanned('a')).toEqual({
        identifier: 'a',
        eventTime: 5_000_000n,
        eventTimeText: '5',
        features: '[]',
        isDeleted: true,
        writtenAt: NOW,
        session: SESSION,
        hasPayload: true,
      })
    })
    it('takes what was written up to the very millisecond of the acceptance, and nothing later', async () => {
      await store.apply([put('a', 5, 'x')], ACCEPTED)
      await store.apply([put('b', 5, 'x')], ACCEPTED + 1)
      expect(await results(retract('a', 5), retract('b', 5))).toEqual(['applied', 'stale'])
      expect(await shownValue('b')).toBe('x')
    })
    it('leaves what was put or updated since, at the same event time too', async () => {
      await write(put('a', 5, 'x'), put('b', 5, 'x'), put('c', 5, 'x'))
      await results(put('a', 5, 'y'), update('b', 'y'), update('c', 'y', 6))
      expect(await results(retract('a', 5), retract('b', 5), retract('c', 5), retract('c', 6))).toEqual(
        new Array(4).fill('stale'),
      )
      for (const identifier of ['a', 'b', 'c']) expect(await shownValue(identifier)).toBe('y')
    })
    it('leaves a version of another event time, newer or older', async () => {
      await write(put('a', 5, 'x'))
      expect(await results(retract('a', 4), retract('a', 6))).toEqual(['stale', 'stale'])
      expect(await shownValue('a')).toBe('x')
    })
    it('finds nothing where nothing is, nor what has expired, nor a tombstone that is not its own', async () => {
      await write(put('expired', 500, 'x', 1), softDelete('deleted', 5), put('other', 5, 'x'))
      expect(await results(retract('other', 5, 'another session'))).toEqual(['applied'])
      const tried = [retract('none', 5), retract('expired', 500), retract('deleted', 5), retract('other', 5)]
      expect(await results(...tried)).toEqual(new Array(4).fill('stale'))
      expect(await scanned('expired')).toMatchObject({ features: featuresText('expired', 'x'), isDeleted: false })
      expect(await scanned('deleted')).not.toHaveProperty('session')
      expect(await scanned('other')).toMatchObject({ session: 'another session', hasPayload: true })
      expect(await scanned('none')).toBeUndefined()
    })
    it('does not touch a record of a group that is not online', async () => {
      await write(put('a', 5, 'x'))
      const offline = { ...retract('a', 5), target: { ...target, online: false } }
      expect(await results(offline)).toEqual(['skipped'])
      expect(await shownValue('a')).toBe('x')
    })
    it('leaves the record of the same identifier in another group', async () => {
      const other = { ...target, groupId: OTHER }
      await write(put('a', 5, 'x'), { ...put('a', 5, 'y'), target: other })
      await results(retract('a', 5))
      expect(await store.get(OTHER, 'a', NOW)).toMatchObject({ features: featuresText('a', 'y') })
    })
    it('says that it made a change before, and leaves it as it is', async () => {
      await write(put('a', 5, 'x'))
      await results(retract('a', 5))
      const before = await raw('a')
      expect(await store.apply([retract('a', 5)], NOW + 1)).toEqual([{ result: repeated }])
      expect(await raw('a')).toBe(before)
    })
    it('says so too when what it hid has been forgotten', async () => {
      await write(put('a', 5, 'x'))
      expect(await results(retract('a', 5), forget('a'), retract('a', 5))).toEqual(['applied', 'applied', repeated])
    })
    it('takes a version without an expiry that an update has moved', async () => {
      await write(put('a', 5, 'x'), update('a', 'y', 6))
      expect(await results(retract('a', 6), restore('a'))).toEqual(['applied', 'applied'])
      expect(await store.get(GROUP, 'a', NOW)).toEqual({ ...put('a', 6, 'y').version })
    })
  })

  describe('a tombstone of a session', () => {
    beforeEach(async () => {
      await write(put('a', 5, 'hidden text', 23_456))
      await results(retract('a', 5))
    })

    it('keeps what the record was', async () => {
      expect(await isInRaw('a', 'hidden text', SESSION)).toEqual([true, true])
    })
    it('fences puts and soft deletes that are older or as old', async () => {
      const older = [put('a', 4, 'older'), put('a', 5, 'as old'), softDelete('a', 4), softDelete('a', 5)]
      expect(await results(...older)).toEqual(new Array(4).fill('historic'))
      expect(await scanned('a')).toMatchObject({ eventTime: 5_000_000n, session: SESSION, hasPayload: true })
    })
    it('gives way to a newer put, which leaves nothing of it', async () => {
      expect(await results(put('a', 6, 'newer'))).toEqual(['applied'])
      expect(await shownValue('a')).toBe('newer')
      expect(await isInRaw('a', 'hidden text', '23456', '23461', SESSION)).toEqual([false, false, false, false])
    })
    it('gives way to a newer soft delete, which leaves nothing of it', async () => {
      expect(await results(softDelete('a', 6))).toEqual(['applied'])
      expect(await isInRaw('a', 'hidden text', '23456', '23461', SESSION)).toEqual([false, false, false, false])
      expect(await results(restore('a'))).toEqual(['absent'])
    })
    it('gives way to a newer hard delete only', async () => {
      expect(await results(hardDelete('a', 5), hardDelete('a', 6))).toEqual(['stale', 'applied'])
      expect(await scanned('a')).toBeUndefined()
      expect(await results(restore('a'))).toEqual(['absent'])
    })
    it('is no record that an update could change', async () => {
      expect(await results(update('a', 'y'), update('a', 'y', 9))).toEqual(['absent', 'absent'])
    })
    it('does not expire', async () => {
      const late = 30_000_000
      expect(await store.apply([expire('a', 23_461)], late)).toEqual([{ result: 'absent' }])
      const all = await store.list(GROUP, { limit: 10, includeSoftDeleted: true, now: late })
      expect(all.identifiers).toEqual(['a'])
      expect(await store.apply([put('a', 4, 'older')], late)).toEqual([{ result: 'historic' }])
    })
  })

  describe('restore', () => {
    const collections = JSON.stringify([
      { FeatureName: 'id', ValueAsString: 'a' },
      { FeatureName: 'z', ValueAsString: '"\\\u0001😀' },
      { FeatureName: '10', ValueAsStringList: ['2', '', '1'] },
      { FeatureName: '9', ValueAsStringList: [] },
    ])

    it('brings back the record as it was, and tells it whole', async () => {
      const long = 'é'.repeat(1_024)
      const withLists = { ...put('a', 5, ''), version: { ...put('a', 5, '').version, features: collections } }
      const changes = [withLists, put('b', 700, 'x', 1_000), put(long, 5, 'x')]
      await write(...changes)
      await results(retract('a', 5), retract('b', 700), retract(long, 5))
      for (const { identifier, version } of changes) {
        expect(await store.apply([restore(identifier)], NOW)).toEqual([{ result: 'applied', version }])
        expect(await store.get(GROUP, identifier, NOW)).toEqual(version)
        expect(await scanned(identifier)).toEqual({ ...version, isDeleted: false, writtenAt: NOW, session: SESSION })
      }
    })
    it('lets a time to live go on that ended while the record was hidden', async () => {
      await write(put('a', 700, 'x', 300))
      expect(await store.apply([retract('a', 700)], 999_999)).toEqual([{ result: 'applied' }])
      expect(await results(restore('a'))).toEqual(['applied'])
      expect(await shownValue('a', 999_999)).toBe('x')
      expect(await shownValue('a')).toBeUndefined()
      expect(await results(put('a', 4, 'older'))).toEqual(['applied'])
    })
    it('lets the record expire as before', async () => {
      await write(put('a', 700, 'x', 1_000))
      await results(retract('a', 700), restore('a'))
      expect(await shownValue('a', 1_699_999)).toBe('x')
      expect(await shownValue('a', 1_700_000)).toBeUndefined()
      expect((await store.apply([expire('a', 1_700)], 1_700_000)).map(({ result }) => result)).toEqual(['applied'])
      expect(await results(restore('a'))).toEqual(['absent'])
    })
    it('says that it restored the record before, and leaves it as it is', async () => {
      await write(put('a', 5, 'x'))
      await results(retract('a', 5), restore('a'))
      const before = await raw('a')
      const [outcome] = await store.apply([restore('a')], NOW + 1)
      expect(outcome).toEqual({
        result: repeated,
        ...(repeated === 'applied' && { version: put('a', 5, 'x').version }),
      })
      expect(await raw('a')).toBe(before)
    })
    it('finds nothing that the session has not hidden, nor what was written since', async () => {
      await write(put('live', 5, 'x'), softDelete('deleted', 5), put('other', 5, 'x'), put('since', 5, 'x'))
      await results(retract('other', 5, 'another session'), retract('since', 5), put('since', 6, 'y'))
      const tried = ['none', 'live', 'deleted', 'other', 'since'].map((identifier) => restore(identifier))
      expect(await results(...tried)).toEqual(new Array(5).fill('absent'))
      expect(await shownValue('since')).toBe('y')
      expect(await shownValue('other')).toBeUndefined()
    })
    it('finds nothing once a restored record was put, updated or deleted', async () => {
      const changes = [
        put('put', 5, 'y'),
        update('update', 'y'),
        softDelete('softDelete', 6),
        hardDelete('hardDelete', 6),
      ]
      for (const change of changes) {
        const { identifier } = change
        await write(put(identifier, 5, 'x'))
        expect(await results(retract(identifier, 5), restore(identifier), change)).toEqual(new Array(3).fill('applied'))
        expect(await results(restore(identifier))).toEqual(['absent'])
        expect(await scanned(identifier)).not.toMatchObject({ session: SESSION })
      }
    })
    it('makes a record that its own session does not take again, but a later one does', async () => {
      await write(put('a', 5, 'x'))
      await results(retract('a', 5), restore('a'))
      const later = { ...retract('a', 5, 'later'), acceptedAt: NOW }
      expect(await results(retract('a', 5), later, restore('a'), restore('a', 'later'))).toEqual([
        'stale',
        'applied',
        'absent',
        'applied',
      ])
      expect(await shownValue('a')).toBe('x')
    })
    it('leaves a record that can be changed as any other', async () => {
      await write(put('a', 5, 'x', 10_000))
      await results(retract('a', 5), restore('a'))
      const [outcome] = await store.apply([update('a', 'y', 7)], NOW)
      expect(outcome?.version).toEqual(put('a', 7, 'y', 10_000).version)
      expect(await results(put('a', 6, 'older'))).toEqual(['historic'])
    })
  })

  describe('forget', () => {
    it('removes what the tombstone hides and leaves the tombstone', async () => {
      await write(put('a', 5, 'hidden text', 23_456))
      expect(await results(retract('a', 5), forget('a'), forget('a'))).toEqual(['applied', 'applied', 'absent'])
      expect(await isInRaw('a', 'hidden text', '23456', '23461')).toEqual([false, false, false])
      expect(await scanned('a')).toMatchObject({ isDeleted: true, session: SESSION, eventTime: 5_000_000n })
      expect(await scanned('a')).not.toHaveProperty('hasPayload')
      expect(await results(restore('a'), put('a', 5, 'y'), put('a', 6, 'z'))).toEqual(['absent', 'historic', 'applied'])
    })
    it('finds nothing that is no tombstone of the session', async () => {
      await write(put('live', 5, 'x'), softDelete('deleted', 5), put('other', 5, 'x'), put('restored', 5, 'x'))
      await results(retract('other', 5, 'another session'), retract('restored', 5), restore('restored'))
      const tried = ['none', 'live', 'deleted', 'other', 'restored'].map((identifier) => forget(identifier))
      expect(await results(...tried)).toEqual(new Array(5).fill('absent'))
      expect(await shownValue('live')).toBe('x')
      expect(await shownValue('restored')).toBe('x')
      expect(await results(restore('other', 'another session'))).toEqual(['applied'])
    })
  })

  describe('purge', () => {
    it('removes the tombstone, so that an older record can be written', async () => {
      await write(put('a', 5, 'x'), put('b', 5, 'x'))
      await results(retract('a', 5), retract('b', 5), forget('b'))
      expect(await results(purge('a'), purge('b'), purge('a'))).toEqual(['applied', 'applied', 'absent'])
      expect(await scanAll(store, {})).toEqual([])
      expect(await results(put('a', 4, 'older'))).toEqual(['applied'])
    })
    it('finds nothing that is no tombstone of the session', async () => {
      await write(put('live', 5, 'x'), softDelete('deleted', 5), put('other', 5, 'x'), put('restored', 5, 'x'))
      await results(retract('other', 5, 'another session'), retract('restored', 5), restore('restored'))
      const tried = ['none', 'live', 'deleted', 'other', 'restored'].map((identifier) => purge(identifier))
      expect(await results(...tried)).toEqual(new Array(5).fill('absent'))
      expect(await scanAll(store, {})).toHaveLength(4)
    })
  })

  describe('scan', () => {
    it('finds all that is there once, with its time of writing, whatever the size of a page', async () => {
      const live = Array.from({ length: 23 }, (_, i) => put(`live ${i}`, i, 'x'))
      const long = put('é'.repeat(1_024), 5, 'x')
      const expired = put('expired', 500, 'x', 1)
      await write(...live, long, expired, softDelete('deleted', 7))
      await store.apply([put('later', 5, 'x', 10_000), update('live 1', 'y')], NOW)
      const changed = put('live 1', 1, 'y')
      const versions = [...live, long, expired].map(({ version }) => ({ ...version, writtenAt: BEFORE }))
      const expected = [
        ...versions.filter(({ identifier }) => identifier !== 'live 1'),
        { ...changed.version, writtenAt: NOW },
        { ...put('later', 5, 'x', 10_000).version, writtenAt: NOW },
      ].map((version) => ({ ...version, isDeleted: false }))
      const tombstone = { identifier: 'deleted', eventTime: 7_000_000n, eventTimeText: '7', features: '[]' }
      for (const limit of [1, 7, 100]) {
        expect(byIdentifier(await scanAll(store, { limit }))).toEqual(
          byIdentifier([...expected, { ...tombstone, isDeleted: true, writtenAt: BEFORE }]),
        )
      }
    })
    it('finds the records of a group only, and each in one shard', async () => {
      await write(put('a', 5, 'x'), { ...put('b', 5, 'x'), target: { ...target, groupId: OTHER } })
      expect((await scanAll(store, {})).map(({ identifier }) => identifier)).toEqual(['a'])
      const beyond = await store.scan(GROUP, { shard: shardCountOf(GROUP), limit: 10 })
      expect(beyond).toEqual({ records: [] })
    })
    it('looks at no more records than it is asked to', async () => {
      await write(...Array.from({ length: 30 }, (_, i) => put(`id ${i}`, 5, 'x')))
      const page = await store.scan(GROUP, { shard: 0, limit: 2 })
      expect(page.records).toHaveLength(2)
      expect(page.next).toBeDefined()
    })
    it('finds what a session has hidden, forgotten and restored, and nothing else, when asked', async () => {
      const identifiers = ['hidden', 'forgotten', 'restored', 'purged', 'written', 'other', 'live']
      await write(...identifiers.map((identifier) => put(identifier, 5, 'x')), softDelete('deleted', 5))
      await results(...identifiers.slice(0, 5).map((identifier) => retract(identifier, 5)))
      await results(forget('forgotten'), restore('restored'), purge('purged'), put('written', 6, 'y'))
      await results(retract('other', 5, 'another session'))
      for (const limit of [1, 100]) {
        expect(byIdentifier(await scanAll(store, { limit, tombstonesOf: SESSION }))).toMatchObject([
          { identifier: 'forgotten', isDeleted: true, features: '[]', session: SESSION },
          { identifier: 'hidden', isDeleted: true, features: '[]', session: SESSION, hasPayload: true },
          { identifier: 'restored', isDeleted: false, features: featuresText('restored', 'x'), session: SESSION },
        ])
      }
    })
    it('finds every record that is there throughout exactly once while others come and go', async () => {
      const stay = Array.from({ length: 40 }, (_, i) => `stay ${i}`)
      await write(...stay.map((identifier) => put(identifier, 5, 'x')))
      let round = 0
      const seen = await scanAll(store, { limit: 3 }, async ({ records }) => {
        round += 1
        const hidden = records.filter(({ identifier }) => identifier.startsWith('stay')).slice(0, 1)
        const retracts = hidden.map(({ identifier }) => retract(identifier, 5))
        await results(...retracts, put(`new ${round}`, 1, 'x'), hardDelete(`new ${round - 1}`, 2))
      })
      const found = seen.map(({ identifier }) => identifier).filter((identifier) => identifier.startsWith('stay'))
      expect(found.sort()).toEqual([...stay].sort())
    })
    it('keeps event times to the microsecond, over the whole range of years', async () => {
      for (const eventTime of [-62_167_219_200_000_001n, -1n, 253_402_300_799_999_999n]) {
        const change = put(`at ${eventTime}`, 0, 'x')
        await write({ ...change, version: { ...change.version, eventTime } })
        expect((await scanned(change.identifier))?.eventTime).toBe(eventTime)
        const [outcome] = await store.apply([{ ...retract(change.identifier, 0), seen: eventTime }], NOW)
        expect(outcome).toEqual({ result: 'applied' })
        const [restored] = await store.apply([restore(change.identifier)], NOW)
        expect(restored?.version).toEqual({ ...change.version, eventTime })
      }
    })
    it('reads features in the order of their definitions', async () => {
      const names = FEATURE_ORDER.filter((name) => name !== 'id')
      const features = JSON.stringify(['id', ...names].map((FeatureName) => ({ FeatureName, ValueAsString: 'x' })))
      const change = put('a', 5, 'x')
      await write({ ...change, version: { ...change.version, features } })
      expect((await scanned('a'))?.features).toBe(features)
    })
  })

  describe('the order of other writes', () => {
    it('does not matter around what a session hides, nor for what an undo of it restores', async () => {
      const history = fc
        .uniqueArray(fc.record({ time: fc.integer({ min: 1, max: 50 }), isDelete: fc.boolean() }), {
          selector: ({ time }) => time,
          minLength: 1,
          maxLength: 10,
        })
        .chain((events) => fc.record({ events: fc.constant(events), split: fc.nat(events.length) }))
      let run = 0
      await fc.assert(
        fc.asyncProperty(history, async ({ events, split }) => {
          run += 1
          const identifier = `run ${run}`
          const toChange = ({ time, isDelete }: (typeof events)[number]) =>
            isDelete ? softDelete(identifier, time) : put(identifier, time, `at ${time}`)
          const newest = (some: typeof events) => some.toSorted((a, b) => b.time - a.time)[0]
          const seen = newest(events.slice(0, split))
          await write(...events.slice(0, split).map(toChange))
          if (seen !== undefined) await results({ ...retract(identifier, seen.time) })
          await results(...events.slice(split).map(toChange))
          const last = newest(events)
          const shown = last === undefined || last.isDelete ? undefined : `at ${last.time}`
          expect(await shownValue(identifier)).toBe(last === seen ? undefined : shown)
          await results(restore(identifier))
          expect(await shownValue(identifier)).toBe(shown)
        }),
        { numRuns: 200 },
      )
    })
  })
}

/** Scans all shards of the group, and calls `between` after each page. */
async function scanAll(
  store: OnlineStore,
  options: Omit<Partial<ScanOptions>, 'shard' | 'after'>,
  between: (page: { records: ScannedRecord[] }) => Promise<void> = async () => {},
): Promise<ScannedRecord[]> {
  const { limit = 100 } = options
  const records: ScannedRecord[] = []
  for (let shard = 0; shard < shardCountOf(GROUP); shard++) {
    let after: string | undefined
    do {
      const page = await store.scan(GROUP, { ...options, shard, limit, ...(after !== undefined && { after }) })
      expect(page.records.length).toBeLessThanOrEqual(limit)
      records.push(...page.records)
      await between(page)
      after = page.next
    } while (after !== undefined)
  }
  return records
}

function byIdentifier<Found extends { identifier: string }>(records: Found[]): Found[] {
  return records.toSorted((a, b) => (a.identifier < b.identifier ? -1 : 1))
}
