import type {
  BatchGetItemCommandInput,
  BatchWriteItemCommandInput,
  DeleteItemCommandInput,
  GetItemCommandInput,
  PutItemCommandInput,
  QueryCommandInput,
  UpdateItemCommandInput,
} from '@aws-sdk/client-dynamodb'
import type { Evict, Expire, HardDelete, Put, SoftDelete, Update } from '../records/change.ts'
import { floorSeconds } from '../records/event-time.ts'
import {
  type Envelope,
  featureAttribute,
  type Item,
  keyItem,
  timeToLive,
  tombstoneItem,
  versionItem,
} from './dynamodb-item.ts'
import { type OnlineKey, onlineKey, partitionKey } from './keys.ts'
import type { ScanOptions } from './online-store.ts'

/** The conditions under which a stored item gives way; an item that is not there meets none but the first. */
const IS_ABSENT = 'attribute_not_exists(pk)'
const IS_EXPIRED = 'x <= :now'
const IS_OLDER = 't < :t'
const IS_LIVE_OF_SAME_TIME = '(t = :t AND attribute_not_exists(d))'
const GIVES_WAY_TO_PUT = `${IS_ABSENT} OR ${IS_EXPIRED} OR ${IS_OLDER} OR ${IS_LIVE_OF_SAME_TIME}`
const GIVES_WAY_TO_DELETE = `${IS_ABSENT} OR ${IS_EXPIRED} OR ${IS_OLDER}`

const IS_NO_TOMBSTONE = 'attribute_not_exists(d)'
const IS_NOT_EXPIRED = '(attribute_not_exists(x) OR x > :now)'
export const IS_LIVE = `attribute_exists(pk) AND ${IS_NO_TOMBSTONE} AND ${IS_NOT_EXPIRED}`

/** Added to any event time, in seconds, it gives a time that does not come: the end of a record without a time to live. */
export const NEVER_SECONDS = 1_000_000_000_000

/** One strongly consistent read of a record. */
export function getParams(TableName: string, key: OnlineKey): GetItemCommandInput {
  return { TableName, Key: keyItem(key), ConsistentRead: true }
}

/** One strongly consistent read of up to 100 records. */
export function batchGetParams(TableName: string, keys: Item[]): BatchGetItemCommandInput {
  return { RequestItems: { [TableName]: { Keys: keys, ConsistentRead: true } } }
}

/**
 * Writes a version unless a newer one, or a tombstone of its time, is there; the answer has what it replaced. A
 * replayed one is not written over a version of its time either.
 */
export function putParams(TableName: string, put: Put, now: number): PutItemCommandInput {
  return {
    TableName,
    Item: versionItem(put, now),
    ConditionExpression: put.isReplayed ? GIVES_WAY_TO_DELETE : GIVES_WAY_TO_PUT,
    ExpressionAttributeValues: { ':t': micros(put.version.eventTime), ':now': seconds(now) },
    ReturnValues: 'ALL_OLD',
  }
}

/** Writes a tombstone unless something as new is there; the answer has what it replaced. */
export function softDeleteParams(TableName: string, softDelete: SoftDelete, now: number): PutItemCommandInput {
  return {
    TableName,
    Item: tombstoneItem(softDelete, now),
    ConditionExpression: GIVES_WAY_TO_DELETE,
    ExpressionAttributeValues: { ':t': micros(softDelete.eventTime), ':now': seconds(now) },
    ReturnValues: 'ALL_OLD',
  }
}

/** Removes what is there unless it is as new; the answer has what was removed. */
export function hardDeleteParams(TableName: string, hardDelete: HardDelete, now: number): DeleteItemCommandInput {
  return {
    TableName,
    Key: keyItem(onlineKey(hardDelete.target.groupId, hardDelete.identifier)),
    ConditionExpression: GIVES_WAY_TO_DELETE,
    ExpressionAttributeValues: { ':t': micros(hardDelete.eventTime), ':now': seconds(now) },
    ReturnValues: 'ALL_OLD',
  }
}

/** Removes the very version that was seen to have expired. */
export function expireParams(TableName: string, expire: Expire, seen: Envelope): DeleteItemCommandInput {
  return {
    TableName,
    Key: keyItem(onlineKey(expire.target.groupId, expire.identifier)),
    ConditionExpression: `t = :t AND l = :l AND ${IS_NO_TOMBSTONE}`,
    ExpressionAttributeValues: { ':t': micros(seen.eventTime), ':l': { N: String(seen.ttlSeconds) } },
  }
}

/** Removes an item that was written at or before a time; one of before writing times were kept counts as such. */
export function evictParams(TableName: string, evict: Evict): DeleteItemCommandInput {
  return {
    TableName,
    Key: keyItem(onlineKey(evict.target.groupId, evict.identifier)),
    ConditionExpression: 'attribute_exists(pk) AND (attribute_not_exists(w) OR w <= :before)',
    ExpressionAttributeValues: { ':before': { N: String(evict.writtenBefore) } },
  }
}

/** Updates a live version that is not newer; the answer has the whole record, or the item that did not allow it. */
export function updateParams(TableName: string, update: Update, now: number): UpdateItemCommandInput {
  const written: UpdatePart = { set: 'w = :w', remove: 's', values: { ':w': { N: String(now) } } }
  const parts = [...update.features.map(featureUpdate), ...timeUpdates(update, now), written]
  const sets = parts.flatMap(({ set }) => set ?? [])
  const removals = parts.flatMap(({ remove }) => remove ?? [])
  const isNotNewer = update.eventTime === undefined ? '' : ' AND t <= :t'
  return {
    TableName,
    Key: keyItem(onlineKey(update.target.groupId, update.identifier)),
    UpdateExpression: [clause('SET', sets), clause('REMOVE', removals)].join(' ').trim(),
    ConditionExpression: IS_LIVE + isNotNewer,
    ExpressionAttributeNames: Object.fromEntries(update.features.map(({ FeatureName }, i) => [`#f${i}`, FeatureName])),
    ExpressionAttributeValues: Object.assign({ ':now': seconds(now) }, ...parts.map(({ values }) => values)),
    ReturnValues: 'ALL_NEW',
    ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
  }
}

interface UpdatePart {
  set?: string
  remove?: string
  values?: Item
}

function featureUpdate({ json }: Update['features'][number], index: number): UpdatePart {
  const path = `f.#f${index}`
  if (json === undefined) return { remove: path }
  return { set: `${path} = :f${index}`, values: { [`:f${index}`]: featureAttribute(json) } }
}

function timeUpdates({ eventTime, eventTimeText, ttlSeconds }: Update, now: number): UpdatePart[] {
  if (eventTime === undefined || eventTimeText === undefined) {
    if (ttlSeconds !== undefined) throw new Error('an update has a time to live but no event time')
    return []
  }
  const time: UpdatePart = { set: 't = :t, e = :e', values: { ':t': micros(eventTime), ':e': { S: eventTimeText } } }
  if (ttlSeconds !== undefined) {
    const values = { ':l': { N: String(ttlSeconds) }, ':x': timeToLive(eventTime, ttlSeconds, now) }
    return [time, { set: 'l = :l, x = :x', values }]
  }
  const values = { ':s': { N: String(floorSeconds(eventTime)) }, ':never': { N: String(NEVER_SECONDS) } }
  return [time, { set: 'x = :s + if_not_exists(l, :never)', values }]
}

function clause(keyword: string, actions: string[]): string {
  return actions.length === 0 ? '' : `${keyword} ${actions.join(', ')}`
}

export interface ListParams {
  pk: string
  /** The sort key that the page before ended with. */
  after: string | undefined
  /** How many items are looked at, listed or not. */
  limit: number
  includeSoftDeleted: boolean
  now: number
}

/** A page of a partition's identifiers; an item whose end has come, or a tombstone unless asked for, is passed over. */
export function listParams(TableName: string, { pk, after, limit, includeSoftDeleted, now }: ListParams) {
  return {
    ...partitionParams(TableName, { pk, limit }),
    ...(after !== undefined && { ExclusiveStartKey: keyItem({ pk, sk: after }) }),
    ProjectionExpression: 'sk, id',
    FilterExpression: includeSoftDeleted ? IS_NOT_EXPIRED : `${IS_NOT_EXPIRED} AND ${IS_NO_TOMBSTONE}`,
    ExpressionAttributeValues: { ':pk': { S: pk }, ':now': seconds(now) },
  } satisfies QueryCommandInput
}

/** A page of all items of a shard, or of those of a session. */
export function scanParams(TableName: string, groupId: string, options: ScanOptions): QueryCommandInput {
  const { shard, after, limit, tombstonesOf } = options
  const pk = partitionKey(groupId, shard)
  return {
    TableName,
    KeyConditionExpression: 'pk = :pk',
    ...(tombstonesOf !== undefined && { FilterExpression: 's = :s' }),
    ExpressionAttributeValues: { ':pk': { S: pk }, ...(tombstonesOf !== undefined && { ':s': { S: tombstonesOf } }) },
    ...(after !== undefined && { ExclusiveStartKey: keyItem({ pk, sk: after }) }),
    ConsistentRead: true,
    Limit: limit,
  }
}

/** The keys of up to `limit` items of a partition. */
export function partitionParams(TableName: string, { pk, limit }: { pk: string; limit: number }) {
  return {
    TableName,
    KeyConditionExpression: 'pk = :pk',
    ExpressionAttributeValues: { ':pk': { S: pk } },
    ProjectionExpression: 'pk, sk',
    ConsistentRead: true,
    Limit: limit,
  } satisfies QueryCommandInput
}

/** Removes up to 25 items, whatever is in them. */
export function batchDeleteParams(TableName: string, keys: Item[]): BatchWriteItemCommandInput {
  return { RequestItems: { [TableName]: keys.map((Key) => ({ DeleteRequest: { Key } })) } }
}

/** An event time as it lies in an item. */
export function micros(eventTime: bigint): { N: string } {
  return { N: String(eventTime) }
}

/** A time in milliseconds, as what `x` is compared with. */
export function seconds(now: number): { N: string } {
  return { N: String(Math.floor(now / 1000)) }
}
