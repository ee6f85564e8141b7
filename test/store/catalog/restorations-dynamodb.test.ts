import { afterAll, describe, expect, it } from 'vitest'
import { dynamodbRestorations, replacementWrites } from '../../../store/catalog/restorations-dynamodb.ts'
import { createTable } from '../../aws/dynalite.ts'
import { startDynamodb } from '../../aws/dynamodb.ts'
import { restoration, restorationsContract } from './restorations-contract.ts'

const dynamodb = await startDynamodb()
const client = dynamodb.client()
afterAll(async () => {
  client.destroy()
  await dynamodb.close()
})

describe('dynamodbRestorations', () => {
  restorationsContract(async () => dynamodbRestorations(client, await createTable(client)))

  it('writes one item when a restore goes on, and two when it ends', () => {
    expect(replacementWrites('catalog', restoration('a', { revision: 2 }))).toHaveLength(1)
    expect(replacementWrites('catalog', restoration('a', { revision: 2, endedAt: 1 }))).toHaveLength(2)
  })

  it('is unavailable when DynamoDB does not answer', async () => {
    const unreachable = dynamodb.client({ endpoint: 'http://127.0.0.1:1', maxAttempts: 1 })
    await expect(dynamodbRestorations(unreachable, 'table').create(restoration('a'))).rejects.toThrow(
      expect.objectContaining({ code: 'ServiceUnavailable' }),
    )
  })
})
