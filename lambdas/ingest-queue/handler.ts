import type { SQSBatchResponse, SQSEvent } from 'aws-lambda'
import { readEnvironment } from '../../store/environment.ts'
import { deadLetters } from '../dead-letters.ts'
import { lateRetries } from '../late-retries.ts'
import { logError } from '../logger.ts'
import { withPowertools } from '../with-powertools.ts'
import { writeStores } from '../write-stores.ts'
import { ingestMessages } from './ingest-messages.ts'

const options = {
  stores: writeStores(),
  deadLetters: deadLetters(),
  retryLater: lateRetries(readEnvironment('INGEST_URL').INGEST_URL),
  onError: logError('an event could not be applied'),
}

/** Writes the events of the queue to the stores. */
export const handler = withPowertools(
  ({ Records }: SQSEvent): Promise<SQSBatchResponse> => ingestMessages(Records, options),
)
