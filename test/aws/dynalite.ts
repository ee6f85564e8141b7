import { once } from 'node:events'
import type { Server } from 'node:http'
import { createRequire } from 'node:module'
import type { AddressInfo } from 'node:net'
import { CreateTableCommand, type DynamoDBClient, waitUntilTableExists } from '@aws-sdk/client-dynamodb'
import { addTransactions } from './dynalite-transactions.ts'

const dynalite: (options: { createTableMs: number }) => Server = createRequire(import.meta.url)('dynalite')

/** What every client of a local endpoint is made with. */
export const CLIENT = { region: 'us-east-1', credentials: { accessKeyId: 'test', secretAccessKey: 'test' } }

/** Starts a DynamoDB in memory on a free port. */
export async function startDynalite() {
  const server = dynalite({ createTableMs: 0 })
  addTransactions(server)
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: () => new Promise((resolve) => server.close(resolve)),
  }
}

let created = 0

/** Creates a table with the string keys `pk` and `sk`; gives its name. */
export async function createTable(client: DynamoDBClient): Promise<string> {
  created += 1
  const TableName = `table-${created}`
  await client.send(
    new CreateTableCommand({
      TableName,
      BillingMode: 'PAY_PER_REQUEST',
      KeySchema: [
        { AttributeName: 'pk', KeyType: 'HASH' },
        { AttributeName: 'sk', KeyType: 'RANGE' },
      ],
      AttributeDefinitions: [
        { AttributeName: 'pk', AttributeType: 'S' },
        { AttributeName: 'sk', AttributeType: 'S' },
      ],
    }),
  )
  await waitUntilTableExists({ client, maxWaitTime: 10, minDelay: 0.001, maxDelay: 0.01 }, { TableName })
  return TableName
}
