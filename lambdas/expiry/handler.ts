import type { DynamoDBBatchResponse, DynamoDBStreamEvent } from 'aws-lambda'
import { dynamodbClient } from '../dynamodb-client.ts'
import { groupStores } from '../group-stores.ts'
import { streamHistory } from '../history.ts'
import { outbox } from '../outbox.ts'
import { withPowertools } from '../with-powertools.ts'
import { appendMarkers } from './append-markers.ts'

const stores = groupStores(dynamodbClient())
const options = { ...stores, history: streamHistory(stores.catalog), outbox: outbox() }

/** Appends deletion markers of the records that the online table removes when their time is over. */
export const handler = withPowertools(
  ({ Records }: DynamoDBStreamEvent): Promise<DynamoDBBatchResponse> => appendMarkers(Records, options),
)
