import { type DeadLetters, sqsDeadLetters } from '../store/events/dead-letters-sqs.ts'
import { logError } from './logger.ts'
import { sqsClient } from './sqs-client.ts'

/** The dead-letter queue at that address. */
export function queueDeadLetters(queueUrl: string): DeadLetters {
  return sqsDeadLetters(sqsClient(), { queueUrl, onError: logError('the dead-letter queue did not take events') })
}
