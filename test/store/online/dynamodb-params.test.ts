import { describe, expect, it } from 'vitest'
import { readEnvelope } from '../../../store/online/dynamodb-item.ts'
import {
  batchDeleteParams,
  batchGetParams,
  expireParams,
  getParams,
  hardDeleteParams,
  listParams,
  partitionParams,
  putParams,
  scanParams,
  softDeleteParams,
  updateParams,
} from '../../../store/online/dynamodb-params.ts'
import {
  forgetParams,
  purgeParams,
  restoreParams,
  retractParams,
} from '../../../store/online/dynamodb-session-params.ts'
import { expire, forget, GROUP, hardDelete, purge, put, restore, retract, softDelete, update } from './changes.ts'

const NOW = 1_000_999
const KEY = { pk: { S: 'group-3#2' }, sk: { S: 'a' } }
const GIVES_WAY = 'attribute_not_exists(pk) OR x <= :now OR t < :t'
const IS_TOMBSTONE = 'attribute_exists(d) AND s = :s'
const IS_LIVE = 'attribute_exists(pk) AND attribute_not_exists(d) AND (attribute_not_exists(x) OR x > :now)'

describe('the parameters of a request to DynamoDB', () => {
  it('put a version where no newer one is, and ask for what was there', () => {
    expect(putParams('table', put('a', 5, 'x', 10), NOW)).toEqual({
      TableName: 'table',
      Item: {
        ...KEY,
        t: { N: '5000000' },
        e: { S: '5' },
        w: { N: '1000999' },
        f: { M: { id: { S: 'a' }, feature: { S: 'x' } } },
        l: { N: '10' },
        x: { N: '15' },
      },
      ConditionExpression: `${GIVES_WAY} OR (t = :t AND attribute_not_exists(d))`,
      ExpressionAttributeValues: { ':t': { N: '5000000' }, ':now': { N: '1000' } },
      ReturnValues: 'ALL_OLD',
    })
  })
  it('put a tombstone where nothing as new is', () => {
    expect(softDeleteParams('table', softDelete('a', 5), NOW)).toEqual({
      TableName: 'table',
      Item: { ...KEY, t: { N: '5000000' }, e: { S: '5' }, w: { N: '1000999' }, d: { BOOL: true } },
      ConditionExpression: GIVES_WAY,
      ExpressionAttributeValues: { ':t': { N: '5000000' }, ':now': { N: '1000' } },
      ReturnValues: 'ALL_OLD',
    })
  })
  it('delete what is not as new', () => {
    expect(hardDeleteParams('table', hardDelete('a', 5), NOW)).toEqual({
      TableName: 'table',
      Key: KEY,
      ConditionExpression: GIVES_WAY,
      ExpressionAttributeValues: { ':t': { N: '5000000' }, ':now': { N: '1000' } },
      ReturnValues: 'ALL_OLD',
    })
  })
  it('delete the very version that has expired', () => {
    const seen = readEnvelope(putParams('table', put('a', 5, 'x', 10), NOW).Item ?? {})
    expect(expireParams('table', expire('a', 15), seen)).toEqual({
      TableName: 'table',
      Key: KEY,
      ConditionExpression: 't = :t AND l = :l AND attribute_not_exists(d)',
      ExpressionAttributeValues: { ':t': { N: '5000000' }, ':l': { N: '10' } },
    })
  })
  it('set and remove features of a live version, whatever their names', () => {
    const { features, ...rest } = update('a', 'y')
    const both = { ...rest, features: [...features, { FeatureName: 'set', json: undefined }] }
    expect(updateParams('table', both, NOW)).toEqual({
      TableName: 'table',
      Key: KEY,
      UpdateExpression: 'SET f.#f0 = :f0, w = :w REMOVE f.#f1, s',
      ConditionExpression: IS_LIVE,
      ExpressionAttributeNames: { '#f0': 'feature', '#f1': 'set' },
      ExpressionAttributeValues: { ':now': { N: '1000' }, ':w': { N: '1000999' }, ':f0': { S: 'y' } },
      ReturnValues: 'ALL_NEW',
      ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
    })
  })
  it('move the expiry with the event time, by the time to live that is there or that is given', () => {
    const retained = updateParams('table', update('a', undefined, 5), NOW)
    expect(retained.UpdateExpression).toBe(
      'SET t = :t, e = :e, x = :s + if_not_exists(l, :never), w = :w REMOVE f.#f0, s',
    )
    expect(retained.ConditionExpression).toBe(`${IS_LIVE} AND t <= :t`)
    expect(retained.ExpressionAttributeValues).toEqual({
      ':now': { N: '1000' },
      ':w': { N: '1000999' },
      ':t': { N: '5000000' },
      ':e': { S: '5' },
      ':s': { N: '5' },
      ':never': { N: '1000000000000' },
    })
    const given = updateParams('table', { ...update('a', 'y', 5), ttlSeconds: 10 }, NOW)
    expect(given.UpdateExpression).toBe('SET f.#f0 = :f0, t = :t, e = :e, l = :l, x = :x, w = :w REMOVE s')
    expect(given.ExpressionAttributeValues).toMatchObject({ ':l': { N: '10' }, ':x': { N: '15' } })
  })
  it('stay within the 4 KB of an expression for the most features that an update may name', () => {
    const features = Array.from({ length: 100 }, (_, i) => ({ ...update('a', 'y').features[0], FeatureName: `f${i}` }))
    const many = features.map(({ FeatureName }) => ({
      FeatureName,
      json: JSON.stringify({ FeatureName, ValueAsString: 'y' }),
    }))
    const { UpdateExpression = '' } = updateParams('table', { ...update('a', 'y', 5), features: many }, NOW)
    expect(UpdateExpression).toContain('f.#f99 = :f99')
    expect(UpdateExpression.length).toBeLessThan(4_096)
  })
  it('read consistently', () => {
    expect(getParams('table', { pk: 'p', sk: 's' })).toEqual({
      TableName: 'table',
      Key: { pk: { S: 'p' }, sk: { S: 's' } },
      ConsistentRead: true,
    })
    expect(batchGetParams('table', [KEY])).toEqual({ RequestItems: { table: { Keys: [KEY], ConsistentRead: true } } })
  })
  it('list what has not expired, and tombstones when asked', () => {
    const options = { pk: `${GROUP}#0`, limit: 7, now: NOW }
    expect(listParams('table', { ...options, after: undefined, includeSoftDeleted: true })).toEqual({
      TableName: 'table',
      KeyConditionExpression: 'pk = :pk',
      FilterExpression: '(attribute_not_exists(x) OR x > :now)',
      ProjectionExpression: 'sk, id',
      ExpressionAttributeValues: { ':pk': { S: 'group-3#0' }, ':now': { N: '1000' } },
      ConsistentRead: true,
      Limit: 7,
    })
    expect(listParams('table', { ...options, after: 'b', includeSoftDeleted: false })).toMatchObject({
      FilterExpression: '(attribute_not_exists(x) OR x > :now) AND attribute_not_exists(d)',
      ExclusiveStartKey: { pk: { S: 'group-3#0' }, sk: { S: 'b' } },
    })
  })
  it('hide the very version that a session saw', () => {
    expect(retractParams('table', retract('a', 5), NOW)).toEqual({
      TableName: 'table',
      Key: KEY,
      UpdateExpression: 'SET h = f, hx = if_not_exists(x, :never), d = :true, s = :s, w = :w REMOVE f, x',
      ConditionExpression: `${IS_LIVE} AND t = :t AND (attribute_not_exists(w) OR w <= :accepted)`,
      ExpressionAttributeValues: {
        ':t': { N: '5000000' },
        ':accepted': { N: '950000' },
        ':now': { N: '1000' },
        ':never': { N: '1000000000000' },
        ':true': { BOOL: true },
        ':s': { S: 'the session' },
        ':w': { N: '1000999' },
      },
      ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
    })
  })
  it('bring back what a tombstone of a session hides', () => {
    expect(restoreParams('table', restore('a'), NOW)).toEqual({
      TableName: 'table',
      Key: KEY,
      UpdateExpression: 'SET f = h, x = hx, w = :w REMOVE h, hx, d',
      ConditionExpression: `${IS_TOMBSTONE} AND attribute_exists(h)`,
      ExpressionAttributeValues: { ':s': { S: 'the session' }, ':w': { N: '1000999' } },
      ReturnValues: 'ALL_NEW',
      ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
    })
  })
  it('remove a tombstone of a session, or what it hides', () => {
    const ofSession = { TableName: 'table', Key: KEY, ExpressionAttributeValues: { ':s': { S: 'the session' } } }
    expect(purgeParams('table', purge('a'))).toEqual({ ...ofSession, ConditionExpression: IS_TOMBSTONE })
    expect(forgetParams('table', forget('a'))).toEqual({
      ...ofSession,
      UpdateExpression: 'REMOVE h, hx, l',
      ConditionExpression: `${IS_TOMBSTONE} AND attribute_exists(h)`,
    })
  })
  it('scan all items of a shard, or those of a session', () => {
    expect(scanParams('table', GROUP, { shard: 2, limit: 7 })).toEqual({
      TableName: 'table',
      KeyConditionExpression: 'pk = :pk',
      ExpressionAttributeValues: { ':pk': { S: 'group-3#2' } },
      ConsistentRead: true,
      Limit: 7,
    })
    expect(scanParams('table', GROUP, { shard: 0, limit: 7, after: 'b', tombstonesOf: 'the session' })).toMatchObject({
      FilterExpression: 's = :s',
      ExpressionAttributeValues: { ':pk': { S: 'group-3#0' }, ':s': { S: 'the session' } },
      ExclusiveStartKey: { pk: { S: 'group-3#0' }, sk: { S: 'b' } },
    })
  })
  it('find and remove the items of a partition', () => {
    expect(partitionParams('table', { pk: 'p', limit: 7 })).toEqual({
      TableName: 'table',
      KeyConditionExpression: 'pk = :pk',
      ProjectionExpression: 'pk, sk',
      ExpressionAttributeValues: { ':pk': { S: 'p' } },
      ConsistentRead: true,
      Limit: 7,
    })
    expect(batchDeleteParams('table', [KEY])).toEqual({ RequestItems: { table: [{ DeleteRequest: { Key: KEY } }] } })
  })
})
