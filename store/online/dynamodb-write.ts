import {
  ConditionalCheckFailedException,
  DeleteItemCommand,
  type DynamoDBClient,
  GetItemCommand,
  PutItemCommand,
  UpdateItemCommand,
} from '@aws-sdk/client-dynamodb'
import type { Change, Evict, Expire, HardDelete, Outcome, Put, Result, SoftDelete, Update } from '../records/change.ts'
import { type Item, readEnvelope } from './dynamodb-item.ts'
import {
  evictParams,
  expireParams,
  getParams,
  hardDeleteParams,
  putParams,
  softDeleteParams,
  updateParams,
} from './dynamodb-params.ts'
import { writeSessionChange } from './dynamodb-session-write.ts'
import { readVersion } from './dynamodb-version.ts'
import type { FeatureOrder } from './feature-order.ts'
import { onlineKey } from './keys.ts'
import { isExpired } from './online-store.ts'
import { precedence } from './precedence.ts'

export interface WriteTable {
  client: DynamoDBClient
  tableName: string
  featureOrder: FeatureOrder
}

/**
 * Makes one change by one conditional request, or, for the expiry of a version, by a read before it. Says what became
 * of it by the rules of `precedence`. Throws what the client throws when the request has no answer to that.
 */
export async function writeChange(table: WriteTable, change: Change, now: number): Promise<Outcome> {
  if (change.kind === 'expire') return await expire(table, change, now)
  if (!change.target.online) return { result: 'skipped' }
  switch (change.kind) {
    case 'put':
      return await put(table, change, now)
    case 'softDelete':
      return await softDelete(table, change, now)
    case 'hardDelete':
      return await hardDelete(table, change, now)
    case 'update':
      return await update(table, change, now)
    case 'evict':
      return await evict(table, change)
    case 'retract':
    case 'restore':
    case 'purge':
    case 'forget':
      return await writeSessionChange(table, change, now)
  }
}

async function put({ client, tableName }: WriteTable, change: Put, now: number): Promise<Outcome> {
  const command = new PutItemCommand(putParams(tableName, change, now))
  const written = await client.send(command).catch(refusedAs('historic'))
  return 'result' in written ? written : { result: 'applied', ...removedExpiry(written.Attributes, now) }
}

async function softDelete({ client, tableName }: WriteTable, change: SoftDelete, now: number): Promise<Outcome> {
  const command = new PutItemCommand(softDeleteParams(tableName, change, now))
  const written = await client.send(command).catch(refusedAs('historic'))
  return 'result' in written ? written : { result: 'applied', ...removedExpiry(written.Attributes, now) }
}

async function hardDelete({ client, tableName }: WriteTable, change: HardDelete, now: number): Promise<Outcome> {
  const command = new DeleteItemCommand(hardDeleteParams(tableName, change, now))
  const written = await client.send(command).catch(refusedAs('stale'))
  if ('result' in written) return written
  const { expired } = removedExpiry(written.Attributes, now)
  if (expired !== undefined) return { result: 'absent', expired }
  return { result: written.Attributes === undefined ? 'absent' : 'applied' }
}

async function update(table: WriteTable, change: Update, now: number): Promise<Outcome> {
  const command = new UpdateItemCommand(updateParams(table.tableName, change, now))
  const written = await table.client.send(command).catch((error: unknown) => refusedUpdate(error, change, now))
  if ('result' in written) return written
  const { featureOrder } = table
  const reading = { groupId: change.target.groupId, featureOrder, order: change.featureOrder }
  return { result: 'applied', version: await readVersion(written.Attributes ?? {}, reading) }
}

/** Removes an expired version if it is still the one that was seen, which a read tells: `x` need not be its expiry. */
async function expire({ client, tableName }: WriteTable, change: Expire, now: number): Promise<Outcome> {
  const key = onlineKey(change.target.groupId, change.identifier)
  const { Item } = await client.send(new GetItemCommand(getParams(tableName, key)))
  const stored = Item && readEnvelope(Item)
  const result = precedence(change, stored, now)
  if (stored === undefined || result !== 'applied') return { result }
  const removed = await client
    .send(new DeleteItemCommand(expireParams(tableName, change, stored)))
    .catch(refusedAs('absent'))
  return 'result' in removed ? removed : { result: 'applied' }
}

async function evict({ client, tableName }: WriteTable, change: Evict): Promise<Outcome> {
  const removed = await client.send(new DeleteItemCommand(evictParams(tableName, change))).catch(refusedAs('absent'))
  return 'result' in removed ? removed : { result: 'applied' }
}

/** Turns a condition that did not hold into an outcome; throws any other error. */
function refusedAs(result: Result): (error: unknown) => Outcome {
  return (error) => {
    if (error instanceof ConditionalCheckFailedException) return { result }
    throw error
  }
}

function refusedUpdate(error: unknown, change: Update, now: number): Outcome {
  if (isTooLarge(error)) return { result: 'tooLarge' }
  if (!(error instanceof ConditionalCheckFailedException)) throw error
  const result = precedence(change, error.Item && readEnvelope(error.Item), now)
  if (result !== 'applied') return { result }
  throw new Error('DynamoDB refused an update that the rules of precedence allow', { cause: error })
}

/** DynamoDB has no code of its own for an item that an update would make larger than 400 KB. */
function isTooLarge(error: unknown): boolean {
  return (
    error instanceof Error &&
    error.name === 'ValidationException' &&
    /^Item size (to update )?has exceeded/.test(error.message)
  )
}

/** The version that a write has removed, if it had expired. */
function removedExpiry(removed: Item | undefined, now: number): Pick<Outcome, 'expired'> {
  const version = removed && readEnvelope(removed)
  if (version?.expiresAt === undefined || !isExpired(version, now)) return {}
  return { expired: { eventTimeText: version.eventTimeText, expiresAt: version.expiresAt } }
}
