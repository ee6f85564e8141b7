import type { DeleteItemCommandInput, UpdateItemCommandInput } from '@aws-sdk/client-dynamodb'
import type { Forget, Purge, Restore, Retract, SessionChange } from '../records/change.ts'
import { keyItem } from './dynamodb-item.ts'
import { IS_LIVE, micros, NEVER_SECONDS, seconds } from './dynamodb-params.ts'
import { onlineKey } from './keys.ts'

/** An item of before writing times were kept counts as written at 0. */
const IS_SEEN = 't = :t AND (attribute_not_exists(w) OR w <= :accepted)'
const IS_TOMBSTONE = 'attribute_exists(d) AND s = :s'
const HAS_PAYLOAD = 'attribute_exists(h)'

/** Makes the live version that a session saw its tombstone; a refusal has the item that did not allow it. */
export function retractParams(TableName: string, change: Retract, now: number): UpdateItemCommandInput {
  return {
    TableName,
    Key: keyOf(change),
    UpdateExpression: 'SET h = f, hx = if_not_exists(x, :never), d = :true, s = :s, w = :w REMOVE f, x',
    ConditionExpression: `${IS_LIVE} AND ${IS_SEEN}`,
    ExpressionAttributeValues: {
      ':t': micros(change.seen),
      ':accepted': { N: String(change.acceptedAt) },
      ':now': seconds(now),
      ':never': { N: String(NEVER_SECONDS) },
      ':true': { BOOL: true },
      ':s': { S: change.session },
      ':w': { N: String(now) },
    },
    ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
  }
}

/** Brings a session's tombstone back; the answer has the whole record, or the item that did not allow it. */
export function restoreParams(TableName: string, change: Restore, now: number): UpdateItemCommandInput {
  return {
    TableName,
    Key: keyOf(change),
    UpdateExpression: 'SET f = h, x = hx, w = :w REMOVE h, hx, d',
    ConditionExpression: `${IS_TOMBSTONE} AND ${HAS_PAYLOAD}`,
    ExpressionAttributeValues: { ':s': { S: change.session }, ':w': { N: String(now) } },
    ReturnValues: 'ALL_NEW',
    ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
  }
}

/** Removes a session's tombstone. */
export function purgeParams(TableName: string, change: Purge): DeleteItemCommandInput {
  return {
    TableName,
    Key: keyOf(change),
    ConditionExpression: IS_TOMBSTONE,
    ExpressionAttributeValues: { ':s': { S: change.session } },
  }
}

/** Removes what a session's tombstone hides. */
export function forgetParams(TableName: string, change: Forget): UpdateItemCommandInput {
  return {
    TableName,
    Key: keyOf(change),
    UpdateExpression: 'REMOVE h, hx, l',
    ConditionExpression: `${IS_TOMBSTONE} AND ${HAS_PAYLOAD}`,
    ExpressionAttributeValues: { ':s': { S: change.session } },
  }
}

function keyOf({ target, identifier }: SessionChange) {
  return keyItem(onlineKey(target.groupId, identifier))
}
