import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import {
  CreateTableCommand,
  DynamoDBClient,
  PutItemCommand,
  ResourceInUseException,
  waitUntilTableExists,
} from '@aws-sdk/client-dynamodb'
import { installDynamodbLocal } from '../../scripts/dynamodb-local/install.ts'
import { startDynamodbLocal } from '../../scripts/dynamodb-local/start.ts'
import { groupItem, pointerItem } from '../../store/catalog/items.ts'
import { group } from './group.ts'
import { VARIABLES } from './variables.ts'

const CREDENTIALS = { accessKeyId: 'bench', secretAccessKey: 'bench' }

/**
 * Starts DynamoDB Local with the tables of a deployment and one group, and a Firehose that takes everything, each in a
 * process of its own; sets the variables that lead the handlers there.
 */
export async function startLocalAws() {
  const dynamodb = await startDynamodbLocal(installDynamodbLocal())
  const firehose = await startFirehoseProcess()
  Object.assign(process.env, VARIABLES, {
    AWS_REGION: 'us-east-1',
    AWS_ACCESS_KEY_ID: CREDENTIALS.accessKeyId,
    AWS_SECRET_ACCESS_KEY: CREDENTIALS.secretAccessKey,
    AWS_ENDPOINT_URL_DYNAMODB: dynamodb.endpoint,
    AWS_ENDPOINT_URL_FIREHOSE: firehose.endpoint,
    POWERTOOLS_SERVICE_NAME: 'cairn',
    POWERTOOLS_METRICS_NAMESPACE: 'Cairn',
  })
  const client = new DynamoDBClient({ endpoint: dynamodb.endpoint, region: 'us-east-1', credentials: CREDENTIALS })
  for (const TableName of [VARIABLES.CATALOG_TABLE, VARIABLES.ONLINE_TABLE]) await createTable(client, TableName)
  for (const Item of [groupItem(group), pointerItem(group)]) {
    await client.send(new PutItemCommand({ TableName: VARIABLES.CATALOG_TABLE, Item }))
  }
  return {
    client,
    async close(): Promise<void> {
      client.destroy()
      await Promise.all([dynamodb.stop(), firehose.stop()])
    },
  }
}

async function createTable(client: DynamoDBClient, TableName: string): Promise<void> {
  const KeySchema = [
    { AttributeName: 'pk', KeyType: 'HASH' as const },
    { AttributeName: 'sk', KeyType: 'RANGE' as const },
  ]
  const AttributeDefinitions = ['pk', 'sk'].map((AttributeName) => ({ AttributeName, AttributeType: 'S' as const }))
  const table = { TableName, KeySchema, AttributeDefinitions, BillingMode: 'PAY_PER_REQUEST' as const }
  await client.send(new CreateTableCommand(table)).catch((error: unknown) => {
    if (!(error instanceof ResourceInUseException)) throw error
  })
  await waitUntilTableExists({ client, maxWaitTime: 30, minDelay: 0.1, maxDelay: 0.5 }, { TableName })
}

async function startFirehoseProcess() {
  const script = join(import.meta.dirname, 'firehose-process.ts')
  const child = spawn(process.execPath, [script], { stdio: ['ignore', 'pipe', 'inherit'] })
  const [endpoint] = await once(createInterface({ input: child.stdout }), 'line')
  return {
    endpoint: String(endpoint),
    async stop(): Promise<void> {
      const ended = once(child, 'exit')
      child.kill()
      await ended
    },
  }
}
