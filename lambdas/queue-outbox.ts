import type { OfflineStore } from '../store/offline/offline-store.ts'
import { sqsOutbox } from '../store/offline/outbox-sqs.ts'
import { logError } from './logger.ts'
import { sqsClient } from './sqs-client.ts'

/** The outbox in a queue. */
export function queueOutbox(queueUrl: string): OfflineStore {
  return sqsOutbox(sqsClient(), { queueUrl, onError: logError('the outbox did not take rows') })
}
