import { type DynamoDBClient, QueryCommand, type QueryCommandInput } from '@aws-sdk/client-dynamodb'
import { callFailure } from '../calls/call-failure.ts'
import { concurrently } from '../calls/concurrently.ts'
import type { DeleteSession } from '../deletes/delete-session.ts'
import { finderChanges, readSession, readSessionName, sessionItem } from './delete-session-items.ts'
import { nextAfter, placeAfter, sessionDueAt } from './delete-session-place.ts'
import type { DeleteSessions, SessionListOptions, SessionPage } from './delete-sessions.ts'
import { catalogItems } from './dynamodb-items.ts'
import { writeTogether } from './dynamodb-transaction.ts'
import type { StoredItem } from './items.ts'
import { deleteSessionKey, deleteSessionsPartition, deleteTurnsPartition, dueSort, PAYLOADS_DUE } from './keys.ts'

const isNew = 'attribute_not_exists(pk)'
const isSameRevision = 'revision = :revision'
const hasStatus = '#status = :status'

const MAX_READS_AT_ONCE = 16
/** A page asks no more often than this, so that a ledger full of sessions of another status cannot hold it up. */
const MAX_QUERIES_PER_PAGE = 16
const MAX_ITEMS_PER_QUERY = 1_000

/**
 * The ledger of delete sessions in the catalog's table: an item for each session, and small ones that lead to it, all
 * written together. Throws ServiceUnavailable when DynamoDB does not answer.
 */
export function dynamodbDeleteSessions(client: DynamoDBClient, table: string): DeleteSessions {
  const items = catalogItems(client, table)
  const ledger = { client, table, get }

  async function get(name: string): Promise<DeleteSession | undefined> {
    const item = await items.read(deleteSessionKey(name))
    return item && readSession(item)
  }

  return {
    get,
    create: (session) => writeTogether(client, sessionWrites(table, undefined, session)),
    async replace(session) {
      const before = await get(session.name)
      if (before?.revision !== session.revision - 1) return false
      return await writeTogether(client, sessionWrites(table, before, session))
    },
    list: (options) => listPage(ledger, options),
    async current(groupId) {
      const { found } = await query(ledger, partition(deleteTurnsPartition(groupId), { limit: 1 }))
      return found[0] && readSessionName(found[0])
    },
    async due(now, limit) {
      const params = partition(PAYLOADS_DUE, { limit: Math.min(limit, MAX_ITEMS_PER_QUERY), before: dueSort(now + 1) })
      const { found } = await query(ledger, params)
      const isDue = (session: DeleteSession) => (sessionDueAt(session) ?? Number.POSITIVE_INFINITY) <= now
      return (await sessionsOf(ledger, found)).filter(isDue)
    },
  }
}

/** The transaction that makes a session of what it was before, or of nothing. */
export function sessionWrites(TableName: string, before: DeleteSession | undefined, session: DeleteSession) {
  const { puts, deletes } = finderChanges(before, session)
  const condition = before
    ? {
        ConditionExpression: isSameRevision,
        ExpressionAttributeValues: { ':revision': { N: String(before.revision) } },
      }
    : { ConditionExpression: isNew }
  return [
    { Put: { TableName, Item: sessionItem(session), ...condition } },
    ...puts.map((Item) => ({ Put: { TableName, Item } })),
    ...deletes.map((Key) => ({ Delete: { TableName, Key } })),
  ]
}

interface Ledger {
  client: DynamoDBClient
  table: string
  get: (name: string) => Promise<DeleteSession | undefined>
}

async function listPage(ledger: Ledger, options: SessionListOptions): Promise<SessionPage> {
  const { table, status, limit } = options
  const found: StoredItem[] = []
  let place = placeAfter(options)
  for (let queries = 0; queries < MAX_QUERIES_PER_PAGE && found.length < limit; queries++) {
    const wanted = limit - found.length
    // Where only some are listed, a query looks further than it needs to.
    const reach = { limit: Math.min(status === undefined ? wanted : MAX_ITEMS_PER_QUERY, MAX_ITEMS_PER_QUERY) }
    const params = partition(deleteSessionsPartition(table), { ...reach, before: place, isDescending: true, status })
    const page = await query(ledger, params)
    found.push(...page.found.slice(0, wanted))
    place = page.found.length > wanted ? found.at(-1)?.['sk']?.S : page.last
    if (place === undefined) break
  }
  const sessions = (await sessionsOf(ledger, found)).filter((read) => status === undefined || read.status === status)
  return place === undefined ? { sessions } : { sessions, next: nextAfter(place, options) }
}

/** The sessions that items lead to. */
async function sessionsOf({ get }: Ledger, found: StoredItem[]): Promise<DeleteSession[]> {
  const read = await concurrently(found, MAX_READS_AT_ONCE, (item) => get(readSessionName(item)))
  return read.filter((session) => session !== undefined)
}

interface PartOfPartition {
  limit: number
  /** Only sort keys below this one. */
  before?: string | undefined
  isDescending?: boolean
  status?: string | undefined
}

type PartitionParams = Omit<QueryCommandInput, 'TableName'>

function partition(pk: string, { limit, before, isDescending = false, status }: PartOfPartition): PartitionParams {
  return {
    ConsistentRead: true,
    KeyConditionExpression: before === undefined ? 'pk = :pk' : 'pk = :pk AND sk < :before',
    ExpressionAttributeValues: {
      ':pk': { S: pk },
      ...(before !== undefined && { ':before': { S: before } }),
      ...(status !== undefined && { ':status': { S: status } }),
    },
    ...(status !== undefined && { FilterExpression: hasStatus, ExpressionAttributeNames: { '#status': 'status' } }),
    ScanIndexForward: !isDescending,
    Limit: limit,
  }
}

async function query({ client, table }: Ledger, params: PartitionParams) {
  try {
    const { Items, LastEvaluatedKey } = await client.send(new QueryCommand({ TableName: table, ...params }))
    return { found: (Items ?? []) as StoredItem[], last: LastEvaluatedKey?.['sk']?.S }
  } catch (error) {
    throw callFailure('list the catalog', error)
  }
}
