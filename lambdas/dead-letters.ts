import { readEnvironment } from '../store/environment.ts'
import { type DeadLetters, sqsDeadLetters } from '../store/events/dead-letters-sqs.ts'
import { logError } from './logger.ts'
import { sqsClient } from './sqs-client.ts'

/** Where a function sets events aside that are refused: the queue of its environment. */
export function deadLetters(): DeadLetters {
  const { DEAD_LETTERS_URL: queueUrl } = readEnvironment('DEAD_LETTERS_URL')
  return sqsDeadLetters(sqsClient(), { queueUrl, onError: logError('the dead-letter queue did not take events') })
}
