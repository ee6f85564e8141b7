import {
  ConditionalCheckFailedException,
  DeleteItemCommand,
  type DynamoDBClient,
  GetItemCommand,
  PutItemCommand,
  paginateQuery,
} from '@aws-sdk/client-dynamodb'
import { callFailure, wasRepeated } from '../calls/call-failure.ts'
import type { CatalogItem, StoredItem } from './items.ts'
import type { groupKey } from './keys.ts'

type Key = ReturnType<typeof groupKey>

export interface Condition {
  ConditionExpression: string
  ExpressionAttributeNames?: Record<string, string>
  ExpressionAttributeValues?: Record<string, { S: string } | { N: string }>
}

/** `repeated`: the condition failed when the write was made again, which may be the first attempt's own doing. */
type Written = 'written' | 'refused' | 'repeated'

export type CatalogItems = ReturnType<typeof catalogItems>

/** Single items of the catalog table, and whole partitions. */
export function catalogItems(client: DynamoDBClient, TableName: string) {
  async function attempt(make: () => Promise<unknown>): Promise<Written> {
    try {
      await make()
      return 'written'
    } catch (error) {
      if (!(error instanceof ConditionalCheckFailedException)) throw callFailure('write to the catalog', error)
      return wasRepeated(error) ? 'repeated' : 'refused'
    }
  }

  return {
    async read(Key: Key): Promise<StoredItem | undefined> {
      try {
        return (await client.send(new GetItemCommand({ TableName, Key, ConsistentRead: true }))).Item
      } catch (error) {
        throw callFailure('read the catalog', error)
      }
    },
    write: (Item: CatalogItem, condition?: Condition) =>
      attempt(() => client.send(new PutItemCommand({ TableName, Item, ...condition }))),
    remove: (Key: Key, condition?: Condition) =>
      attempt(() => client.send(new DeleteItemCommand({ TableName, Key, ...condition }))),
    /** The items of a partition, by their sort keys. */
    async list(partition: string): Promise<StoredItem[]> {
      const found: StoredItem[] = []
      const query = {
        TableName,
        ConsistentRead: true,
        KeyConditionExpression: 'pk = :pk',
        ExpressionAttributeValues: { ':pk': { S: partition } },
      }
      try {
        for await (const page of paginateQuery({ client }, query)) found.push(...(page.Items ?? []))
      } catch (error) {
        throw callFailure('list the catalog', error)
      }
      return found
    },
  }
}
