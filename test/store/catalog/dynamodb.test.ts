import { randomBytes } from 'node:crypto'
import { gzipSync } from 'node:zlib'
import { type DynamoDBClient, GetItemCommand, PutItemCommand } from '@aws-sdk/client-dynamodb'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { dynamodbCatalog } from '../../../store/catalog/dynamodb.ts'
import { groupItem } from '../../../store/catalog/items.ts'
import { groupKey } from '../../../store/catalog/keys.ts'
import type { FeatureDefinition } from '../../../store/groups/feature-group.ts'
import { createTable } from '../../aws/dynalite.ts'
import { type Dynamodb, startDynamodb } from '../../aws/dynamodb.ts'
import { catalogContract, featureGroup } from './catalog-contract.ts'

let dynamodb: Dynamodb
let client: DynamoDBClient
beforeAll(async () => {
  dynamodb = await startDynamodb()
  client = dynamodb.client()
})
afterAll(async () => {
  client.destroy()
  await dynamodb.close()
})

/** Definitions that compress as badly as definitions can. */
function definitions(count: number): FeatureDefinition[] {
  const name = () => randomBytes(32).toString('hex')
  return Array.from({ length: count }, () => ({ FeatureName: name(), FeatureType: 'Integral', CollectionType: 'List' }))
}

/** A client whose connection breaks with each first attempt of a write, before or after DynamoDB has made it. */
function breaking(when: 'before' | 'after'): DynamoDBClient {
  const broken = dynamodb.client()
  broken.middlewareStack.add(
    (next, context) => async (args) => {
      const { headers } = args.request as { headers: Record<string, string> }
      const breaks =
        /^(Put|Delete)Item/.test(String(context['commandName'])) && headers['amz-sdk-request']?.startsWith('attempt=1')
      if (breaks && when === 'before') throw reset()
      const result = await next(args)
      if (breaks) throw reset()
      return result
    },
    { step: 'deserialize', priority: 'low' },
  )
  return broken
}

function reset(): Error {
  return Object.assign(new Error('the connection was reset'), { code: 'ECONNRESET' })
}

describe('dynamodbCatalog', () => {
  catalogContract(async () => dynamodbCatalog(client, await createTable(client)))

  it('holds a group of 2,500 features, and lists more groups than fit in a page', async () => {
    const catalog = dynamodbCatalog(client, await createTable(client))
    const names = Array.from({ length: 12 }, (_, i) => `group-${String(i).padStart(2, '0')}`)
    const FeatureDefinitions = definitions(2_500)
    for (const name of names) await catalog.create(featureGroup(name, { FeatureDefinitions }))
    expect((await catalog.get('group-00'))?.FeatureDefinitions).toEqual(FeatureDefinitions)
    expect((await catalog.list()).map((group) => group.FeatureGroupName)).toEqual(names)
  })

  it('finds a deleted group by its id, however many features it has', async () => {
    const catalog = dynamodbCatalog(client, await createTable(client))
    for (const [name, count] of [
      ['narrow', 3],
      ['wide', 2_500],
    ] as const) {
      const group = featureGroup(name, { FeatureDefinitions: definitions(count) })
      await catalog.create(group)
      expect(await catalog.remove(group)).toBe(true)
      expect(await catalog.get(name)).toBeUndefined()
      expect(await catalog.getById(group.groupId)).toEqual(group)
    }
  })

  it('reads a definition that is compressed though it is short', async () => {
    const TableName = await createTable(client)
    const group = featureGroup('orders')
    const Item = { ...groupItem(group), definition: { B: gzipSync(JSON.stringify(group)) } }
    await client.send(new PutItemCommand({ TableName, Item }))
    expect(await dynamodbCatalog(client, TableName).get('orders')).toEqual(group)
  })

  it('reads a group of some tens of features for one unit', async () => {
    const TableName = await createTable(client)
    const group = featureGroup('orders', { FeatureDefinitions: definitions(20) })
    await dynamodbCatalog(client, TableName).create(group)
    const Key = groupKey('orders')
    const read = new GetItemCommand({ TableName, Key, ConsistentRead: true, ReturnConsumedCapacity: 'TOTAL' })
    const { Item, ConsumedCapacity } = await client.send(read)
    expect(Item?.['definition']?.S).toBe(JSON.stringify(group))
    expect(ConsumedCapacity?.CapacityUnits).toBe(1)
  })

  it('is the same to another process', async () => {
    const table = await createTable(client)
    const [one, other] = [dynamodbCatalog(client, table), dynamodbCatalog(client, table)]
    await one.create(featureGroup('orders'))
    expect(await other.get('orders')).toEqual(featureGroup('orders'))
    await one.replace(featureGroup('orders', { revision: 2 }))
    expect((await other.get('orders'))?.revision).toBe(2)
    await other.remove(featureGroup('orders'))
    expect(await one.get('orders')).toBeUndefined()
    expect((await one.getById('id-of-orders'))?.revision).toBe(2)
  })

  it('answers that it wrote when the first answer of DynamoDB was lost', async () => {
    const table = await createTable(client)
    const metadata = { revision: 2, FeatureName: 'id', Parameters: [], lastModifiedTime: 1 }
    const broken = () => dynamodbCatalog(breaking('after'), table)
    expect(await broken().create(featureGroup('orders'))).toBe(true)
    expect(await broken().replace(featureGroup('orders', { revision: 2 }))).toBe(true)
    expect(await broken().replaceFeatureMetadata('id-of-orders', { ...metadata, revision: 1 })).toBe(true)
    expect(await broken().replaceFeatureMetadata('id-of-orders', metadata)).toBe(true)
    expect(await broken().remove(featureGroup('orders'))).toBe(true)
    expect(await dynamodbCatalog(client, table).getById('id-of-orders')).toMatchObject({ revision: 2 })
  })

  it('answers that it did not write what others were faster with, even when it asked twice', async () => {
    const table = await createTable(client)
    const catalog = dynamodbCatalog(client, table)
    await catalog.create(featureGroup('orders', { groupId: 'first' }))
    const broken = dynamodbCatalog(breaking('before'), table)
    expect(await broken.create(featureGroup('orders', { groupId: 'second' }))).toBe(false)
    await catalog.replace(featureGroup('orders', { groupId: 'first', revision: 2, Description: 'faster' }))
    expect(await broken.replace(featureGroup('orders', { groupId: 'first', revision: 2 }))).toBe(false)
    expect((await catalog.getById('first'))?.Description).toBe('faster')
    expect(await catalog.getById('second')).toBeUndefined()
  })

  it('is unavailable when DynamoDB does not answer, and at fault when its table is missing', async () => {
    const unreachable = dynamodb.client({ endpoint: 'http://127.0.0.1:1', maxAttempts: 1 })
    await expect(dynamodbCatalog(unreachable, 'table').get('orders')).rejects.toThrow(
      expect.objectContaining({ code: 'ServiceUnavailable', message: expect.stringMatching(/read the catalog/) }),
    )
    await expect(dynamodbCatalog(client, 'missing').create(featureGroup('orders'))).rejects.toThrow(
      expect.objectContaining({ code: 'InternalFailure', cause: expect.any(Error) }),
    )
  })
})
