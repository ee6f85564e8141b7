import { readEnvironment } from '../store/environment.ts'
import { firehoseHistory } from '../store/offline/firehose.ts'
import type { OfflineStore } from '../store/offline/offline-store.ts'
import type { Stores } from '../store/stores.ts'
import { firehoseClient } from './firehose-client.ts'
import { logError } from './logger.ts'

/** The history as a function appends to it: the stream of its environment. */
export function streamHistory(catalog: Stores['catalog']): OfflineStore {
  const { HISTORY_STREAM: streamName } = readEnvironment('HISTORY_STREAM')
  return firehoseHistory(firehoseClient(), { streamName, catalog, onError: logError('Firehose did not take rows') })
}
