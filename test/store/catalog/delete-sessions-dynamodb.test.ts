import { type DynamoDBClient, ScanCommand } from '@aws-sdk/client-dynamodb'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { dynamodbDeleteSessions, sessionWrites } from '../../../store/catalog/delete-sessions-dynamodb.ts'
import { createTable } from '../../aws/dynalite.ts'
import { type Dynamodb, startDynamodb } from '../../aws/dynamodb.ts'
import { deleteSession, deleteSessionsContract } from './delete-sessions-contract.ts'

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

/** A client that loses the first answer to each transaction. */
function breaking(): DynamoDBClient {
  const broken = dynamodb.client()
  broken.middlewareStack.add(
    (next, context) => async (args) => {
      const { headers } = args.request as { headers: Record<string, string> }
      const result = await next(args)
      const isFirst = headers['amz-sdk-request']?.startsWith('attempt=1')
      if (!isFirst || context['commandName'] !== 'TransactWriteItemsCommand') return result
      throw Object.assign(new Error('the connection was reset'), { code: 'ECONNRESET' })
    },
    { step: 'deserialize', priority: 'low' },
  )
  return broken
}

describe('dynamodbDeleteSessions', () => {
  deleteSessionsContract(async () => dynamodbDeleteSessions(client, await createTable(client)))

  it('answers that it wrote when the first answer of DynamoDB was lost', async () => {
    const table = await createTable(client)
    const session = deleteSession('a', { turn: '1' })
    const broken = dynamodbDeleteSessions(breaking(), table)
    expect(await broken.create(session)).toBe(true)
    expect(await broken.create(session)).toBe(false)
    expect(await broken.replace({ ...session, revision: 2 })).toBe(true)
    expect(await broken.replace({ ...session, revision: 2 })).toBe(false)
    expect(await dynamodbDeleteSessions(client, table).get('a')).toEqual({ ...session, revision: 2 })
  })

  it('leaves two items to list an ended session by, and none for its turn or its payloads', async () => {
    const table = await createTable(client)
    const sessions = dynamodbDeleteSessions(client, table)
    const session = deleteSession('a', { turn: '1', undoUntil: 5 })
    await sessions.create(session)
    const partitions = async () => {
      const { Items = [] } = await client.send(new ScanCommand({ TableName: table }))
      return Items.map((item) => item['pk']?.S).sort()
    }
    const listed = ['delete-session#a', 'delete-sessions', 'delete-sessions#orders']
    expect(await partitions()).toEqual(['delete-payloads', ...listed, 'delete-turns#id-of-orders'])
    const { turn: _, ...ended } = session
    await sessions.replace({ ...ended, status: 'completed', payloadsRemovedAt: 9, revision: 2 })
    expect(await partitions()).toEqual(listed)
  })

  it('writes the session alone when nothing that it is found by changes', () => {
    const session = deleteSession('a', { turn: '1', undoUntil: 5 })
    expect(sessionWrites('catalog', undefined, session)).toHaveLength(5)
    const changed = { ...session, revision: 2, cursors: [{ after: 'x', isDone: false }] }
    expect(sessionWrites('catalog', session, changed)).toHaveLength(1)
  })

  it('is unavailable when DynamoDB does not answer, and at fault when its table is missing', async () => {
    const unreachable = dynamodb.client({ endpoint: 'http://127.0.0.1:1', maxAttempts: 1 })
    const unavailable = expect.objectContaining({ code: 'ServiceUnavailable' })
    const sessions = dynamodbDeleteSessions(unreachable, 'table')
    await expect(sessions.create(deleteSession('a'))).rejects.toThrow(unavailable)
    await expect(sessions.list({ limit: 1 })).rejects.toThrow(unavailable)
    await expect(dynamodbDeleteSessions(client, 'missing').create(deleteSession('a'))).rejects.toThrow(
      expect.objectContaining({ code: 'InternalFailure', cause: expect.any(Error) }),
    )
  })
})
