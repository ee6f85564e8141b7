import { DynamoDBClient } from '@aws-sdk/client-dynamodb'
import { REQUEST_HANDLER } from './request-handler.ts'
import { resolveOnce } from './resolve-once.ts'
import { Sha256 } from './sha256.ts'
import { withoutSdkLog } from './without-sdk-log.ts'

/** A client that gives up on what DynamoDB does not answer in time to try again. */
export function dynamodbClient(): DynamoDBClient {
  const client = withoutSdkLog(new DynamoDBClient({ requestHandler: REQUEST_HANDLER, sha256: Sha256 }))
  resolveOnce(client)
  return client
}
