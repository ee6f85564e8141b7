import type { SQSBatchResponse, SQSEvent } from 'aws-lambda'
import { readEnvironment } from '../../store/environment.ts'
import { sqsRetryLater } from '../../store/events/retry-later-sqs.ts'
import { deadLetters } from '../dead-letters.ts'
import { logError } from '../logger.ts'
import { sqsClient } from '../sqs-client.ts'
import { withPowertools } from '../with-powertools.ts'
import { writeStores } from '../write-stores.ts'
import { ingestMessages } from './ingest-messages.ts'

const { INGEST_URL: queueUrl } = readEnvironment('INGEST_URL')
const options = {
  stores: writeStores(),
  deadLetters: deadLetters(),
  retryLater: sqsRetryLater(sqsClient(), { queueUrl, onError: logError('messages come again later than they could') }),
  onError: logError('an event could not be applied'),
}

/** Writes the events of the queue to the stores. */
export const handler = withPowertools(
  ({ Records }: SQSEvent): Promise<SQSBatchResponse> => ingestMessages(Records, options),
)
