import { readEnvironment } from '../store/environment.ts'
import { firehoseHistory } from '../store/offline/firehose.ts'
import type { OfflineStore } from '../store/offline/offline-store.ts'
import { sqsOutbox } from '../store/offline/outbox-sqs.ts'
import type { Stores } from '../store/stores.ts'
import { firehoseClient } from './firehose-client.ts'
import { logError } from './logger.ts'
import { sqsClient } from './sqs-client.ts'

/** The history as a function appends to it: the stream of its environment. */
export function streamHistory(catalog: Stores['catalog']): OfflineStore {
  const { HISTORY_STREAM: streamName } = readEnvironment('HISTORY_STREAM')
  return firehoseHistory(firehoseClient(), { streamName, catalog, onError: logError('Firehose did not take rows') })
}

/** Where a function leaves rows that the stream has refused: the queue of its environment. */
export function outbox(): OfflineStore {
  const { OUTBOX_URL: queueUrl } = readEnvironment('OUTBOX_URL')
  return sqsOutbox(sqsClient(), { queueUrl, onError: logError('the outbox did not take rows') })
}
