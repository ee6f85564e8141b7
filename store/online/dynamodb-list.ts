import { type DynamoDBClient, QueryCommand } from '@aws-sdk/client-dynamodb'
import { shardCountOf } from '../groups/group-id.ts'
import { readIdentifier } from './dynamodb-item.ts'
import { listParams } from './dynamodb-params.ts'
import { partitionKey } from './keys.ts'
import type { IdentifierPage, ListOptions } from './online-store.ts'

/** A page asks no more often than this, so that a group full of tombstones, or of shards, cannot hold it up. */
const MAX_QUERIES_PER_PAGE = 16
const MAX_ITEMS_PER_QUERY = 1_000

/** How far a listing has come: in which partition, and after which sort key. */
interface Cursor {
  shard: number
  after?: string | undefined
}

export interface ListTable {
  client: DynamoDBClient
  tableName: string
}

/** A page of a group's identifiers, partition after partition. Throws what the client throws. */
export async function listPage(table: ListTable, groupId: string, options: ListOptions): Promise<IdentifierPage> {
  const shards = shardCountOf(groupId)
  const identifiers: string[] = []
  let cursor = parseCursor(options.after)
  for (let queries = 0, reach = 1; cursor.shard < shards; queries++) {
    const wanted = options.limit - identifiers.length
    if (wanted === 0 || queries === MAX_QUERIES_PER_PAGE) return { identifiers, next: cursorText(cursor) }
    const found = await query(table, groupId, { cursor, limit: wanted * reach, options })
    const taken = found.items.slice(0, wanted)
    for (const { identifier } of taken) identifiers.push(identifier)
    // Where little of what was looked at is listed, the next query looks further.
    if (found.last !== undefined && taken.length < wanted) reach *= 2
    cursor = next(cursor.shard, taken.length < found.items.length ? taken.at(-1)?.sortKey : found.last)
  }
  return { identifiers }
}

function next(shard: number, after: string | undefined): Cursor {
  return after === undefined ? { shard: shard + 1 } : { shard, after }
}

interface Query {
  cursor: Cursor
  limit: number
  options: ListOptions
}

async function query({ client, tableName }: ListTable, groupId: string, { cursor, limit, options }: Query) {
  const params = listParams(tableName, {
    pk: partitionKey(groupId, cursor.shard),
    after: cursor.after,
    limit: Math.min(limit, MAX_ITEMS_PER_QUERY),
    includeSoftDeleted: options.includeSoftDeleted,
    now: options.now,
  })
  const { Items = [], LastEvaluatedKey } = await client.send(new QueryCommand(params))
  return {
    items: Items.map((item) => ({ identifier: readIdentifier(item), sortKey: item['sk']?.S })),
    last: LastEvaluatedKey?.['sk']?.S,
  }
}

function cursorText({ shard, after }: Cursor): string {
  return after === undefined ? String(shard) : `${shard}#${after}`
}

function parseCursor(text = '0'): Cursor {
  const [, shard, after] = /^(\d+)(?:#(.*))?$/s.exec(text) ?? []
  if (shard === undefined) throw new Error(`'${text}' is no cursor of a listing: it must begin with a shard`)
  return { shard: Number(shard), after }
}
