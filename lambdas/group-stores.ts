import type { DynamoDBClient } from '@aws-sdk/client-dynamodb'
import { cachedCatalog } from '../store/catalog/cached.ts'
import { dynamodbCatalog } from '../store/catalog/dynamodb.ts'
import { readEnvironment } from '../store/environment.ts'
import type { GroupStores, Stores } from '../store/stores.ts'

/** For how long a function may go by what it knows of a group. */
export function groupMaxAgeMs(): number {
  return Number(readEnvironment('GROUP_MAX_AGE_SECONDS').GROUP_MAX_AGE_SECONDS) * 1000
}

/** What every function that touches records needs to find their groups. */
export function groupStores(client: DynamoDBClient): GroupStores & Pick<Stores, 'now'> {
  const { ACCOUNT, AWS_REGION, CATALOG_TABLE } = readEnvironment('ACCOUNT', 'CATALOG_TABLE')
  const now = Date.now
  const catalog = cachedCatalog(dynamodbCatalog(client, CATALOG_TABLE), { now, maxAgeMs: groupMaxAgeMs() })
  return { account: ACCOUNT, region: AWS_REGION, catalog, now }
}
