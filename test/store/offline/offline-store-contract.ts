import { beforeEach, describe, expect, it } from 'vitest'
import type { OfflineStore } from '../../../store/offline/offline-store.ts'
import type { HistoryRow } from '../../../store/records/change.ts'

/** A store under test, and a way to read back what it has taken, in any order. */
export interface OpenedOfflineStore {
  store: OfflineStore
  rows: () => Promise<HistoryRow[]>
}

export function row(identifier: string, changes: Partial<HistoryRow> = {}): HistoryRow {
  return {
    groupId: 'group',
    identifier,
    eventTime: 1_629_923_681_361_000n,
    eventTimeText: '2021-08-25T20:34:41.361Z',
    isDeleted: false,
    features: JSON.stringify([{ FeatureName: 'id', ValueAsString: identifier }]),
    writeTime: 1_700_000_000_123,
    apiInvocationTime: 1_700_000_000_122,
    ...changes,
  }
}

/** What every offline store does, whatever it is made of. `open` gives an empty one. */
export function offlineStoreContract(open: () => Promise<OpenedOfflineStore>): void {
  describe('append', () => {
    let opened: OpenedOfflineStore
    beforeEach(async () => {
      opened = await open()
    })

    async function stored(): Promise<HistoryRow[]> {
      const rows = await opened.rows()
      return rows.sort((a, b) => (a.identifier < b.identifier ? -1 : 1))
    }

    it('keeps every row, markers too, with all that it says', async () => {
      const rows = [
        row('a'),
        row('b', { isDeleted: true, features: null }),
        row('b of a session', { isDeleted: true, features: null, deletionSession: 'é "the" session' }),
        row('c', { eventTime: 253_402_300_799_999_999n, eventTimeText: '253402300799.999999' }),
        row('d', { eventTime: -62_167_219_200_000_000n, eventTimeText: '0000-01-01T00:00:00Z' }),
        row('é\u0000"\\😀', { groupId: 'other' }),
      ]
      await opened.store.append(rows)
      expect(await stored()).toEqual(rows.map((expected) => expect.objectContaining(expected)))
    })
    it('appends: a row that is there already is there twice', async () => {
      await opened.store.append([row('a')])
      await opened.store.append([row('a')])
      expect(await stored()).toHaveLength(2)
    })
    it('takes thousands of rows at once', async () => {
      const rows = Array.from({ length: 2_345 }, (_, i) => row(`id ${String(i).padStart(5, '0')}`))
      await opened.store.append(rows)
      expect((await stored()).map(({ identifier }) => identifier)).toEqual(rows.map(({ identifier }) => identifier))
    })
    it('takes no rows at all', async () => {
      await opened.store.append([])
      expect(await stored()).toEqual([])
    })
  })
}
