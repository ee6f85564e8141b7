import type { OfflineStore } from './offline/offline-store.ts'
import type { OnlineStore } from './online/online-store.ts'
import { historyRows } from './records/change.ts'
import type { RecordWriter } from './stores.ts'

export interface WriteThroughOptions {
  online: Pick<OnlineStore, 'apply' | 'removeGroup'>
  history: OfflineStore
  /** Takes the rows that the history refuses, and brings them there later. */
  outbox: OfflineStore
  /** The server's clock: milliseconds since the epoch. */
  now: () => number
}

/**
 * Writes to the online store, then to the history or else to its outbox. A change of which a row found place in neither
 * is `unprocessed`, though it may be online: the same change made again leaves the same there, and its row. Only that
 * the change removed an expired version is not told a second time.
 */
export function writeThrough({ online, history, outbox, now }: WriteThroughOptions): RecordWriter {
  return {
    async write(changes) {
      const writeTime = now()
      const outcomes = await online.apply(changes, writeTime)
      const written = outcomes.map((outcome, index) => {
        const change = changes[index]
        return { outcome, rows: change === undefined ? [] : historyRows(change, outcome, writeTime) }
      })
      const refused = await history.append(written.flatMap(({ rows }) => rows))
      const lost = new Set(refused.length === 0 ? [] : await outbox.append(refused))
      return written.map(({ outcome, rows }) =>
        rows.some((row) => lost.has(row)) ? { result: 'unprocessed' } : outcome,
      )
    },
    removeGroup: async (groupId, limit) => await online.removeGroup(groupId, limit),
  }
}
