import { beforeEach, describe, expect, it } from 'vitest'
import type { OnlineStore } from '../../../store/online/online-store.ts'
import type { Change, Result } from '../../../store/records/change.ts'
import { ACCEPTED, evict, GROUP, put, replayed, retract, softDelete, update } from './changes.ts'

/** Milliseconds; the records of the tests are of the first seconds of the epoch. */
const NOW = 1_000_000

/** What every online store does for a replay of the history. `open` gives an empty one. */
export function replayChangesContract(open: () => Promise<OnlineStore>): void {
  let store: OnlineStore
  beforeEach(async () => {
    store = await open()
  })

  async function results(changes: Change[], now = NOW): Promise<Result[]> {
    return (await store.apply(changes, now)).map(({ result }) => result)
  }
  async function shown(identifier: string, now = NOW): Promise<string | undefined> {
    const version = await store.get(GROUP, identifier, now)
    return version && JSON.parse(version.features)[1]?.ValueAsString
  }

  describe('a replayed put', () => {
    it('is written where nothing is, and over what is older or has expired', async () => {
      await results([put('old', 5, 'x'), put('expired', 9, 'x', 10), softDelete('gone', 5)])
      const changes = ['new', 'old', 'expired', 'gone'].map((identifier) => replayed(identifier, 6, 'replayed'))
      expect(await results(changes)).toEqual(['applied', 'applied', 'applied', 'applied'])
      for (const { identifier } of changes) expect(await shown(identifier)).toBe('replayed')
    })

    it('gives way to what is as new, live or deleted, and to what is newer', async () => {
      await results([put('same', 5, 'x'), update('same', 'updated'), softDelete('gone', 5), put('newer', 6, 'y')])
      const changes = ['same', 'gone', 'newer'].map((identifier) => replayed(identifier, 5, 'replayed'))
      expect(await results(changes)).toEqual(['historic', 'historic', 'historic'])
      expect([await shown('same'), await shown('gone'), await shown('newer')]).toEqual(['updated', undefined, 'y'])
    })
  })

  describe('evict', () => {
    it('removes what was written by a time, whatever it is', async () => {
      await results([put('live', 5, 'x'), softDelete('gone', 5), put('expired', 5, 'x', 1)], ACCEPTED - 1)
      await results([put('hidden', 5, 'x'), retract('hidden', 5)], ACCEPTED)
      const changes = ['live', 'gone', 'expired', 'hidden', 'none'].map((identifier) => evict(identifier, ACCEPTED))
      expect(await results(changes)).toEqual(['applied', 'applied', 'applied', 'applied', 'absent'])
      const pages = await Promise.all([0, 1, 2].map((shard) => store.scan(GROUP, { shard, limit: 10 })))
      expect(pages.flatMap(({ records }) => records)).toEqual([])
    })

    it('leaves alone what was written later, though its event time may be older or over', async () => {
      await results([put('later', 1, 'x'), put('expired', 1, 'x', 1), softDelete('gone', 1)], ACCEPTED + 1)
      const changes = ['later', 'expired', 'gone'].map((identifier) => evict(identifier, ACCEPTED))
      expect(await store.apply(changes, NOW)).toEqual([
        { result: 'absent' },
        { result: 'absent' },
        { result: 'absent' },
      ])
      expect(await shown('later')).toBe('x')
      const pages = await Promise.all([0, 1, 2].map((shard) => store.scan(GROUP, { shard, limit: 10 })))
      expect(
        pages
          .flatMap(({ records }) => records)
          .map(({ identifier }) => identifier)
          .sort(),
      ).toEqual(['expired', 'gone', 'later'])
    })
  })
}
