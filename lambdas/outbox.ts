import { readEnvironment } from '../store/environment.ts'
import type { OfflineStore } from '../store/offline/offline-store.ts'
import { sqsOutbox } from '../store/offline/outbox-sqs.ts'
import { logError } from './logger.ts'
import { sqsClient } from './sqs-client.ts'

/** Where a function leaves rows that the history has refused: the queue of its environment. */
export function outbox(): OfflineStore {
  const { OUTBOX_URL: queueUrl } = readEnvironment('OUTBOX_URL')
  return sqsOutbox(sqsClient(), { queueUrl, onError: logError('the outbox did not take rows') })
}
