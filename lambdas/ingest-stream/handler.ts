import type { KinesisStreamBatchResponse, KinesisStreamEvent } from 'aws-lambda'
import { deadLetters } from '../dead-letters.ts'
import { logError } from '../logger.ts'
import { withPowertools } from '../with-powertools.ts'
import { writeStores } from '../write-stores.ts'
import { ingestRecords } from './ingest-records.ts'

const onError = logError('an event could not be applied')
const options = { stores: writeStores(), deadLetters: deadLetters(), onError }

/** Writes the events of the stream to the stores. */
export const handler = withPowertools(
  ({ Records }: KinesisStreamEvent): Promise<KinesisStreamBatchResponse> => ingestRecords(Records, options),
)
