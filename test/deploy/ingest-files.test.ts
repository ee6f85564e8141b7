import { gzipSync, zstdCompressSync } from 'node:zlib'
import { GetObjectCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3'
import {
  CreateQueueCommand,
  DeleteMessageCommand,
  GetQueueAttributesCommand,
  ReceiveMessageCommand,
  SQSClient,
} from '@aws-sdk/client-sqs'
import { parquetWriteBuffer } from 'hyparquet-writer'
import { beforeAll, describe, expect, it, vi } from 'vitest'
import { s3Objects } from '../../store/imports/objects-s3.ts'
import { createGroup, type Group } from '../conformance/deployment.ts'
import { at, recordOf } from '../conformance/records.ts'
import { objectsContract } from '../store/imports/objects-contract.ts'
import { callJson, connection, deployment, rowsOf } from './emulated-aws.ts'

const WAIT = { timeout: 90_000, interval: 500 }

const sqs = new SQSClient(connection)
const s3 = new S3Client(connection)
const Bucket = deployment.outputs['IngestBucket'] ?? ''

let group: Group
let events: string
beforeAll(async () => {
  group = await createGroup()
  events = await queueOfEvents()
})

/** A queue that hears of the files that have ended, as a team would make it. */
async function queueOfEvents(): Promise<string> {
  const { QueueUrl = '' } = await sqs.send(new CreateQueueCommand({ QueueName: `files-${group.name}` }))
  const { Attributes } = await sqs.send(new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ['QueueArn'] }))
  const Name = `files-${group.name}`
  await callJson('AWSEvents.PutRule', { Name, EventPattern: JSON.stringify({ source: ['cairn'] }) })
  await callJson('AWSEvents.PutTargets', { Rule: Name, Targets: [{ Id: 'Queue', Arn: Attributes?.['QueueArn'] }] })
  return QueueUrl
}

const put = async (name: string, Body: Buffer | string, folder = group.name) => {
  const Key = `ingest/${folder}/${name}`
  return { key: Key, ...(await s3.send(new PutObjectCommand({ Bucket, Key, Body }))) }
}

async function textOf(Key: string): Promise<string | undefined> {
  try {
    return await (await s3.send(new GetObjectCommand({ Bucket, Key }))).Body?.transformToString()
  } catch (error) {
    if ((error as Error).name === 'NoSuchKey') return undefined
    throw error
  }
}

/** The result of a file, once it is there, without its times. */
async function resultOf(key: string) {
  const text = await vi.waitUntil(() => textOf(`${key}.result.json`), WAIT)
  return JSON.parse(text)
}

interface EndEvent {
  source: string
  'detail-type': string
  detail: { [member: string]: unknown }
}

/** The event that tells of a file. */
async function eventOf(key: string): Promise<EndEvent> {
  return await vi.waitUntil(async () => {
    const { Messages = [] } = await sqs.send(
      new ReceiveMessageCommand({ QueueUrl: events, MaxNumberOfMessages: 10, VisibilityTimeout: 1 }),
    )
    for (const { Body = '', ReceiptHandle } of Messages) {
      const event: EndEvent = JSON.parse(Body)
      if (event.detail['Key'] !== key) continue
      await sqs.send(new DeleteMessageCommand({ QueueUrl: events, ReceiptHandle }))
      return event
    }
    return undefined
  }, WAIT)
}

/** What both stores have of a record, once its row is delivered. */
async function inBothStores(id: string) {
  await vi.waitUntil(async () => (await rowsOf(group, id)).length > 0, WAIT)
  return { online: await recordOf(group, id), offline: await rowsOf(group, id) }
}

const written = (id: string) => ({
  online: expect.objectContaining({ id, text: `text of ${id}` }),
  offline: [expect.objectContaining({ id, text: `text of ${id}`, is_deleted: false })],
})
const row = (id: string, more: object = {}) => ({ id, time: at(1), text: `text of ${id}`, ...more })
const csvOf = (...ids: string[]) =>
  ['id,time,text,count', ...ids.map((id) => `${id},${at(1)},text of ${id},${id.includes('bad') ? 'many' : 1}`)].join(
    '\n',
  )

function parquetOf(...ids: string[]): Buffer {
  const column = (name: string, data: string[]) => ({ name, data, type: 'STRING' as const })
  const columnData = [
    column('id', ids),
    column(
      'time',
      ids.map((id) => (id.includes('bad') ? 'never' : at(1))),
    ),
    column(
      'text',
      ids.map((id) => `text of ${id}`),
    ),
  ]
  return Buffer.from(parquetWriteBuffer({ columnData }))
}

describe('a file in the bucket', () => {
  it.each([
    ['rows.csv', (a: string, bad: string, b: string) => csvOf(a, bad, b), 3, /'count' is of type Integral/],
    ['rows.csv.zst', (a: string, bad: string, b: string) => zstdCompressSync(csvOf(a, bad, b)), 3, /Integral/],
    [
      'rows.jsonl.gz',
      (a: string, bad: string, b: string) =>
        gzipSync([row(a), row(bad, { nothing: 1 }), row(b)].map((one) => JSON.stringify(one)).join('\n')),
      2,
      /'nothing' is not a feature/,
    ],
    ['rows.parquet', (a: string, bad: string, b: string) => parquetOf(a, bad, b), 2, /never/],
  ])('is in both stores, but for the rows that are refused, and its end is told: %s', async (name, make, line, reason) => {
    const ids = [`${name} 1`, `${name} bad`, `${name} 2`] as const
    const { key } = await put(name, make(...ids))
    for (const id of [ids[0], ids[2]]) expect(await inBothStores(id)).toEqual(written(id))
    const { RefusedRows, ...summary } = await resultOf(key)
    expect(summary).toMatchObject({ Status: 'Ingested', Bucket, Key: key, FeatureGroupName: group.name })
    expect(summary).toMatchObject({ RowsRead: 3, RowsWritten: 2, RowsHistoric: 0, RowsRefused: 1 })
    expect(RefusedRows).toEqual([{ Line: line, Reason: expect.stringMatching(reason), Row: expect.anything() }])
    expect(await recordOf(group, ids[1])).toBeUndefined()
    expect(await eventOf(key)).toMatchObject({ source: 'cairn', 'detail-type': 'File ingested', detail: summary })
  })
  it('of no group, or of no format, is told to have failed, and why', async () => {
    const unknown = await put('rows.csv', csvOf('x'), 'nobody')
    const other = await put('rows.xml', '<rows/>')
    expect(await resultOf(unknown.key)).toMatchObject({ Status: 'Failed', Error: expect.stringMatching(/nobody/) })
    expect(await resultOf(other.key)).toMatchObject({ Status: 'Failed', Error: expect.stringMatching(/\.parquet/) })
    expect(await eventOf(other.key)).toMatchObject({ 'detail-type': 'File failed', detail: { RowsRead: 0 } })
  })
})

describe('s3Objects', () => {
  objectsContract(`work/${process.pid}/`, () => ({
    objects: s3Objects(s3, Bucket),
    async put(key, Body) {
      const { ETag = '', VersionId } = await s3.send(new PutObjectCommand({ Bucket, Key: key, Body }))
      return { key, etag: ETag, bytes: Body.length, ...(VersionId !== undefined && { version: VersionId }) }
    },
  }))
})
