import type { DynamoDBClient } from '@aws-sdk/client-dynamodb'
import { dynamodbDeleteSessions } from '../store/catalog/delete-sessions-dynamodb.ts'
import { readEnvironment } from '../store/environment.ts'
import type { DeleteStores } from '../store/stores.ts'

/** The ledger of delete sessions, by the environment of a function. */
export function sessionStores(client: DynamoDBClient): Pick<DeleteStores, 'sessions' | 'now'> {
  const { CATALOG_TABLE } = readEnvironment('CATALOG_TABLE')
  return { sessions: dynamodbDeleteSessions(client, CATALOG_TABLE), now: Date.now }
}
