import type { SQSBatchResponse, SQSEvent } from 'aws-lambda'
import { drainOutbox } from '../../store/offline/drain-outbox.ts'
import { dynamodbClient } from '../dynamodb-client.ts'
import { groupStores } from '../group-stores.ts'
import { streamHistory } from '../history.ts'
import { logError } from '../logger.ts'
import { withPowertools } from '../with-powertools.ts'

const history = streamHistory(groupStores(dynamodbClient()).catalog)
const onError = logError('a message of the outbox is not readable')

/** Takes rows from the outbox to the history. */
export const handler = withPowertools(
  ({ Records }: SQSEvent): Promise<SQSBatchResponse> => drainOutbox(Records, { history, onError }),
)
