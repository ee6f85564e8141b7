import { afterAll, describe, expect, it } from 'vitest'
import { dynamodbFileImports } from '../../../store/catalog/file-imports-dynamodb.ts'
import { createTable } from '../../aws/dynalite.ts'
import { startDynamodb } from '../../aws/dynamodb.ts'
import { DYNAMODB_FAULTS } from '../../aws/dynamodb-faults.ts'
import { startFaults } from '../../faults.ts'
import { fileImport, fileImportsContract } from './file-imports-contract.ts'

const dynamodb = await startDynamodb()
const client = dynamodb.client()
afterAll(async () => {
  client.destroy()
  await dynamodb.close()
})

describe('dynamodbFileImports', () => {
  fileImportsContract(async () => dynamodbFileImports(client, await createTable(client)))

  it('is unavailable when DynamoDB does not answer', async () => {
    const unreachable = dynamodb.client({ endpoint: 'http://127.0.0.1:1', maxAttempts: 1 })
    await expect(dynamodbFileImports(unreachable, 'table').create(fileImport('a'))).rejects.toThrow(
      expect.objectContaining({ code: 'ServiceUnavailable' }),
    )
  })

  it('knows its own change again when the first answer to it was lost', async () => {
    const table = await createTable(client)
    const faults = await startFaults({
      target: dynamodb.endpoint,
      seed: 1,
      rates: { failedUnheard: 0.5 },
      ...DYNAMODB_FAULTS,
    })
    const faulty = dynamodb.client({ endpoint: faults.endpoint, maxAttempts: 20 })
    const imports = dynamodbFileImports(faulty, table)
    expect(await imports.create(fileImport('a'))).toBe(true)
    for (let revision = 2; revision < 12; revision++) {
      expect(await imports.replace(fileImport('a', { revision }))).toBe(true)
    }
    faulty.destroy()
    await faults.close()
  })
})
