import { DynamoDBClient, type DynamoDBClientConfig } from '@aws-sdk/client-dynamodb'
import { resolveOnce } from '../../lambdas/resolve-once.ts'
import { CLIENT, startDynalite } from './dynalite.ts'

/**
 * A DynamoDB for the tests of the adapters: the one at DYNAMODB_ENDPOINT, or else dynalite in this process. Each process
 * has tables of its own.
 */
export async function startDynamodb() {
  const given = process.env['DYNAMODB_ENDPOINT']
  const { endpoint, close } = given ? { endpoint: given, close: async () => {} } : await startDynalite()
  const credentials = { ...CLIENT.credentials, accessKeyId: `test${process.pid}` }
  return {
    endpoint,
    isDynalite: !given,
    /** A client that sends its requests as the functions do. */
    client(config: DynamoDBClientConfig = {}): DynamoDBClient {
      const client = new DynamoDBClient({ ...CLIENT, credentials, endpoint, ...config })
      resolveOnce(client)
      return client
    },
    close,
  }
}

export type Dynamodb = Awaited<ReturnType<typeof startDynamodb>>
