import type { DynamoDBClient } from '@aws-sdk/client-dynamodb'
import { dynamodbRestorations } from '../store/catalog/restorations-dynamodb.ts'
import { readEnvironment } from '../store/environment.ts'
import type { RestoreStores } from '../store/restores/restore-stores.ts'

/** The ledger of restores, by the environment of a function. */
export function restorationStores(client: DynamoDBClient): Pick<RestoreStores, 'restorations'> {
  const { CATALOG_TABLE } = readEnvironment('CATALOG_TABLE')
  return { restorations: dynamodbRestorations(client, CATALOG_TABLE) }
}
