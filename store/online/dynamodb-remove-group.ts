import { QueryCommand } from '@aws-sdk/client-dynamodb'
import { ApiError } from '../api-error.ts'
import { batches } from '../calls/batches.ts'
import { concurrently } from '../calls/concurrently.ts'
import { shardCountOf } from '../groups/group-id.ts'
import { type BatchTable, batchDelete, MAX_BATCH_DELETE } from './dynamodb-batches.ts'
import type { Item } from './dynamodb-item.ts'
import { partitionParams } from './dynamodb-params.ts'
import { partitionKey } from './keys.ts'

const MAX_BATCHES_IN_FLIGHT = 4

/**
 * Removes up to `limit` items of a group, partition after partition; false when none was left. Throws ServiceUnavailable
 * when DynamoDB leaves some of them unprocessed, and what the client throws.
 */
export async function removeGroup(table: BatchTable, groupId: string, limit: number): Promise<boolean> {
  let removed = 0
  for (let shard = 0; shard < shardCountOf(groupId) && removed < limit; shard++) {
    removed += await removeFromPartition(table, partitionKey(groupId, shard), limit - removed)
  }
  return removed > 0
}

async function removeFromPartition(table: BatchTable, pk: string, limit: number): Promise<number> {
  let removed = 0
  let hasMore = true
  while (hasMore && removed < limit) {
    const query = new QueryCommand(partitionParams(table.tableName, { pk, limit: limit - removed }))
    const { Items = [], LastEvaluatedKey } = await table.client.send(query)
    await concurrently(batches(Items, MAX_BATCH_DELETE), MAX_BATCHES_IN_FLIGHT, (keys) => removeItems(table, keys))
    removed += Items.length
    hasMore = LastEvaluatedKey !== undefined
  }
  return removed
}

async function removeItems(table: BatchTable, keys: Item[]): Promise<void> {
  const { keys: left, cause } = await batchDelete(table, keys)
  if (left.length === 0) return
  throw new ApiError('ServiceUnavailable', `could not remove ${left.length} records; try again`, { cause })
}
