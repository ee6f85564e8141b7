import type { DynamoDBClient } from '@aws-sdk/client-dynamodb'
import { concurrently } from '../calls/concurrently.ts'
import type { Restoration } from '../restores/restoration.ts'
import { catalogItems } from './dynamodb-items.ts'
import { writeTogether } from './dynamodb-transaction.ts'
import type { CatalogItem } from './items.ts'
import { RESTORATIONS_UNDER_WAY, restorationKey, restorationOfGroupKey } from './keys.ts'
import type { Restorations } from './restorations.ts'

const MAX_READS_AT_ONCE = 16
const IS_NEW = { ConditionExpression: 'attribute_not_exists(pk)' }

/**
 * The restores of online stores in the catalog's table: an item for each, and one for each group that has one under way.
 * Throws ServiceUnavailable when DynamoDB does not answer.
 */
export function dynamodbRestorations(client: DynamoDBClient, table: string): Restorations {
  const items = catalogItems(client, table)

  async function get(id: string): Promise<Restoration | undefined> {
    const item = await items.read(restorationKey(id))
    const text = item?.['restoration']?.S
    return text === undefined ? undefined : (JSON.parse(text) as Restoration)
  }

  return {
    get,
    create: (restoration) => writeTogether(client, creationWrites(table, restoration)),
    replace: (restoration) => writeTogether(client, replacementWrites(table, restoration)),
    current: async (groupId) => (await items.read(restorationOfGroupKey(groupId)))?.['id']?.S,
    async underWay() {
      const ids = (await items.list(RESTORATIONS_UNDER_WAY)).flatMap((item) => item['id']?.S ?? [])
      const read = await concurrently(ids, MAX_READS_AT_ONCE, get)
      return read.filter((restoration) => restoration !== undefined)
    },
  }
}

/** The transaction that adds a restore, which is under way. */
export function creationWrites(TableName: string, restoration: Restoration) {
  const { groupId, id } = restoration
  return [
    { Put: { TableName, Item: restorationItem(restoration), ...IS_NEW } },
    { Put: { TableName, Item: { ...restorationOfGroupKey(groupId), id: { S: id } }, ...IS_NEW } },
  ]
}

/** The transaction that changes a restore; one that has ended is under way no more. */
export function replacementWrites(TableName: string, restoration: Restoration) {
  const { revision, groupId, endedAt } = restoration
  const isSameRevision = {
    ConditionExpression: 'revision = :revision',
    ExpressionAttributeValues: { ':revision': { N: String(revision - 1) } },
  }
  const ended = [{ Delete: { TableName, Key: restorationOfGroupKey(groupId) } }]
  return [
    { Put: { TableName, Item: restorationItem(restoration), ...isSameRevision } },
    ...(endedAt === undefined ? [] : ended),
  ]
}

function restorationItem(restoration: Restoration): CatalogItem {
  return {
    ...restorationKey(restoration.id),
    revision: { N: String(restoration.revision) },
    restoration: { S: JSON.stringify(restoration) },
  }
}
