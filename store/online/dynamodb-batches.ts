import { BatchGetItemCommand, BatchWriteItemCommand, type DynamoDBClient } from '@aws-sdk/client-dynamodb'
import { backoff } from '../calls/backoff.ts'
import { isWrongCall } from '../calls/call-failure.ts'
import type { Item } from './dynamodb-item.ts'
import { batchDeleteParams, batchGetParams } from './dynamodb-params.ts'

/** DynamoDB's limits: https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/ServiceQuotas.html */
export const MAX_BATCH_READ = 100
export const MAX_BATCH_DELETE = 25

/** So many requests in a row may process nothing before a batch gives up. */
const MAX_STALLED = 6

export interface BatchTable {
  client: DynamoDBClient
  tableName: string
  /** The base of the waits between the requests of a batch, in milliseconds. */
  backoffMs: number
}

/** What DynamoDB did not process of a batch, and why. */
export interface Leftover {
  keys: Item[]
  cause?: unknown
}

/**
 * Reads up to 100 items by their keys. DynamoDB answers at most 16 MB at once; the rest is asked for again. Throws what
 * the client throws for a call that no repeating will help.
 */
export async function batchRead({ client, tableName, backoffMs }: BatchTable, keys: Item[]) {
  const items: Item[] = []
  const leftover = await untilProcessed(keys, backoffMs, async (asked) => {
    const { Responses, UnprocessedKeys } = await client.send(new BatchGetItemCommand(batchGetParams(tableName, asked)))
    items.push(...(Responses?.[tableName] ?? []))
    return UnprocessedKeys?.[tableName]?.Keys ?? []
  })
  return { items, leftover }
}

/** Removes up to 25 items by their keys. Throws as `batchRead` does. */
export async function batchDelete({ client, tableName, backoffMs }: BatchTable, keys: Item[]): Promise<Leftover> {
  return await untilProcessed(keys, backoffMs, async (asked) => {
    const { UnprocessedItems } = await client.send(new BatchWriteItemCommand(batchDeleteParams(tableName, asked)))
    return (UnprocessedItems?.[tableName] ?? []).flatMap(({ DeleteRequest }) =>
      DeleteRequest?.Key ? [DeleteRequest.Key] : [],
    )
  })
}

/** Asks again for what is left of the keys, until nothing is, a call fails, or calls in a row have processed none. */
async function untilProcessed(keys: Item[], backoffMs: number, ask: (keys: Item[]) => Promise<Item[]>) {
  let left = keys
  for (let stalled = 0; left.length > 0; ) {
    const before = left.length
    try {
      left = await ask(left)
    } catch (cause) {
      if (isWrongCall(cause)) throw cause
      return { keys: left, cause }
    }
    stalled = left.length < before ? 0 : stalled + 1
    if (stalled === MAX_STALLED) return { keys: left, cause: new Error(`none of ${before} keys were processed`) }
    if (left.length > 0) await backoff(stalled, backoffMs)
  }
  return { keys: [] }
}
