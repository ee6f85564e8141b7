import { PutItemCommand, ScanCommand } from '@aws-sdk/client-dynamodb'
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest'
import { dynamodbEraser } from '../../../store/online/dynamodb-erase.ts'
import { keyItem } from '../../../store/online/dynamodb-item.ts'
import { onlineKey } from '../../../store/online/keys.ts'
import { createTable } from '../../aws/dynalite.ts'
import { startDynamodb } from '../../aws/dynamodb.ts'

const GROUP = 'aaaa-4'
const ERASED_AT = 1_000

let dynamodb: Awaited<ReturnType<typeof startDynamodb>>
let tableName: string
beforeAll(async () => {
  dynamodb = await startDynamodb()
})
afterAll(() => dynamodb.close())
beforeEach(async () => {
  tableName = await createTable(dynamodb.client())
})

async function store(identifier: string, writtenAt?: number, groupId = GROUP): Promise<void> {
  const Item = {
    ...keyItem(onlineKey(groupId, identifier)),
    ...(writtenAt !== undefined && { w: { N: `${writtenAt}` } }),
  }
  await dynamodb.client().send(new PutItemCommand({ TableName: tableName, Item }))
}

async function left(): Promise<string[]> {
  const { Items = [] } = await dynamodb.client().send(new ScanCommand({ TableName: tableName }))
  return Items.map(({ pk, sk }) => `${pk?.S?.split('#')[0]} ${sk?.S}`).sort()
}

it('removes what was written by the time of an erasure, and counts it', async () => {
  await store('before', ERASED_AT - 1)
  await store('at', ERASED_AT)
  await store('of-old')
  await store('after', ERASED_AT + 1)
  await store('other', ERASED_AT - 1)
  await store('before', ERASED_AT - 1, 'bbbb-4')
  const erase = dynamodbEraser(dynamodb.client(), tableName)
  expect(await erase(GROUP, ['before', 'at', 'of-old', 'after', 'nobody'], ERASED_AT)).toBe(3)
  expect(await left()).toEqual(['aaaa-4 after', 'aaaa-4 other', 'bbbb-4 before'])
})

it('finds an identifier that is too long for a key', async () => {
  const identifier = 'x'.repeat(2_000)
  await store(identifier, 0)
  expect(await dynamodbEraser(dynamodb.client(), tableName)(GROUP, [identifier], ERASED_AT)).toBe(1)
  expect(await left()).toEqual([])
})

it('throws when DynamoDB refuses the call', async () => {
  const erase = dynamodbEraser(dynamodb.client(), 'no-such-table')
  await expect(erase(GROUP, ['a'], ERASED_AT)).rejects.toThrow('could not erase a record')
})
