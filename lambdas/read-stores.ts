import { readEnvironment } from '../store/environment.ts'
import { dynamodbReader } from '../store/online/dynamodb-reader.ts'
import { catalogFeatureOrder } from '../store/online/feature-order.ts'
import type { ReadStores } from '../store/stores.ts'
import { dynamodbClient } from './dynamodb-client.ts'
import { groupStores } from './group-stores.ts'
import { loggable, logger } from './logger.ts'
import { addCount } from './metrics.ts'

const BACKOFF_MS = 50

/** What the functions that read records work on, by their environment. Records left unread are counted and logged. */
export function readStores(client = dynamodbClient()): ReadStores {
  const { ONLINE_TABLE: tableName } = readEnvironment('ONLINE_TABLE')
  const stores = groupStores(client)
  const reader = dynamodbReader({
    client,
    tableName,
    backoffMs: BACKOFF_MS,
    featureOrder: catalogFeatureOrder(stores.catalog),
    onUnprocessed: (cause, what) => logger.error('unprocessed', { what, error: loggable(cause) }),
  })
  return {
    ...stores,
    online: {
      ...reader,
      async getMany(groupId, identifiers, now) {
        const found = await reader.getMany(groupId, identifiers, now)
        addCount('UnprocessedEntries', found.filter((lookup) => lookup === 'unprocessed').length)
        return found
      },
    },
  }
}
