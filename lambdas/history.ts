import { readEnvironment } from '../store/environment.ts'
import type { OfflineStore } from '../store/offline/offline-store.ts'
import type { Stores } from '../store/stores.ts'
import { loadOnce } from './load-once.ts'

/**
 * The history as a function appends to it: the stream of its environment. What it takes to send rows is loaded with the
 * first, as not every group has a history.
 */
export function streamHistory(catalog: Stores['catalog']): OfflineStore {
  const { HISTORY_STREAM: streamName } = readEnvironment('HISTORY_STREAM')
  const load = loadOnce(async () => (await import('./firehose-stream.ts')).firehoseStream(streamName, catalog))
  return { append: async (rows) => (rows.length === 0 ? [] : await (await load()).append(rows)) }
}
