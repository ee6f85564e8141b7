import { execFile } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { CreateTableCommand, DynamoDBClient, PutItemCommand } from '@aws-sdk/client-dynamodb'
import { ListObjectsV2Command, PutObjectCommand, S3Client } from '@aws-sdk/client-s3'
import { describe, expect, it, vi } from 'vitest'
import { createGroup } from '../conformance/deployment.ts'
import { at, putRecord, recordOf } from '../conformance/records.ts'
import { REGION } from './cdk.ts'
import { connection, deployment, onlineItem, rowsOf } from './emulated-aws.ts'
import { pythonProgram } from './python-environment.ts'

const WAIT = { timeout: 60_000, interval: 500 }
const DOCUMENT = join(import.meta.dirname, '..', '..', 'docs', 'operating-a-deployment.md')

const { WarehouseBucket: Bucket = '' } = deployment.outputs
const dynamodb = new DynamoDBClient(connection)
const s3 = new S3Client({ ...connection, forcePathStyle: true })

/** Runs lines of the document, with the outputs of the stack for those that stand there. */
async function run(name: string): Promise<void> {
  const text = readFileSync(DOCUMENT, 'utf8')
  const [, lines] = new RegExp(`<!-- lines: ${name} -->\\n *\`\`\`python\\n(.*?)\`\`\``, 's').exec(text) ?? []
  if (lines === undefined) throw new Error(`the document has no lines ${name}`)
  const program = lines.replaceAll(/^ {2}/gm, '').replaceAll(/<(\w+)>/g, (_, output) => {
    const value = deployment.outputs[output]
    if (value === undefined) throw new Error(`the stack has no output ${output}`)
    return value
  })
  const env = {
    ...process.env,
    AWS_ENDPOINT_URL: connection.endpoint,
    AWS_ACCESS_KEY_ID: connection.credentials.accessKeyId,
    AWS_SECRET_ACCESS_KEY: connection.credentials.secretAccessKey,
    AWS_DEFAULT_REGION: REGION,
  }
  await promisify(execFile)(pythonProgram('python'), ['-c', program], { env })
}

describe('the lines of the document', () => {
  it('bring the items of a restored table back, and leave others', async () => {
    const group = await createGroup()
    await putRecord(group, { id: 'a', time: at(1), text: 'before', count: '9007199254740993' })
    await dynamodb.send(
      new CreateTableCommand({
        TableName: 'restored',
        BillingMode: 'PAY_PER_REQUEST',
        AttributeDefinitions: ['pk', 'sk'].map((AttributeName) => ({ AttributeName, AttributeType: 'S' })),
        KeySchema: [
          { AttributeName: 'pk', KeyType: 'HASH' },
          { AttributeName: 'sk', KeyType: 'RANGE' },
        ],
      }),
    )
    const item = await onlineItem(group, 'a')
    await dynamodb.send(new PutItemCommand({ TableName: 'restored', Item: item }))
    await putRecord(group, { id: 'a', time: at(2), text: 'wrong' })
    await putRecord(group, { id: 'b', time: at(2), text: 'since' })
    await run('restored-table')
    expect(await onlineItem(group, 'a')).toEqual(item)
    expect(await recordOf(group, 'a')).toMatchObject({ text: 'before', count: '9007199254740993' })
    expect(await recordOf(group, 'b')).toMatchObject({ text: 'since' })
  })
  it('send rows again that Firehose could not deliver, and remove them', async () => {
    const group = await createGroup()
    const rows = ['1', '2'].map((id) => ({
      id,
      _table: `${group.name.replaceAll('-', '_')}_0`,
      _event_time: Number(id),
    }))
    const lines = rows.map((row) => {
      const rawData = Buffer.from(JSON.stringify(row)).toString('base64')
      return JSON.stringify({ attemptsMade: 4, errorCode: 'Iceberg.NoSuchTable', errorMessage: 'none', rawData })
    })
    const Key = 'errors/iceberg-failed/2026/11/21/00/rows'
    await s3.send(new PutObjectCommand({ Bucket, Key, Body: `${lines.join('\n')}\n` }))
    await run('undelivered-rows')
    for (const row of rows) {
      await vi.waitUntil(async () => (await rowsOf(group, row.id)).length > 0, WAIT)
      expect(await rowsOf(group, row.id)).toEqual([row])
    }
    const { Contents = [] } = await s3.send(new ListObjectsV2Command({ Bucket, Prefix: 'errors/' }))
    expect(Contents).toEqual([])
  })
})
