import { sqsRetryLater } from '../store/events/retry-later-sqs.ts'
import { logError } from './logger.ts'
import { sqsClient } from './sqs-client.ts'

/** Lets messages of the queue at that address come again later. */
export function queueRetries(queueUrl: string) {
  return sqsRetryLater(sqsClient(), { queueUrl, onError: logError('messages come again later than they could') })
}
