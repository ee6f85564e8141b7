import { firehoseHistory } from '../store/offline/firehose.ts'
import type { OfflineStore } from '../store/offline/offline-store.ts'
import type { Stores } from '../store/stores.ts'
import { firehoseClient } from './firehose-client.ts'
import { logError } from './logger.ts'

/** The history as the stream of that name. */
export function firehoseStream(streamName: string, catalog: Stores['catalog']): OfflineStore {
  return firehoseHistory(firehoseClient(), { streamName, catalog, onError: logError('Firehose did not take rows') })
}
