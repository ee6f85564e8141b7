import type { Context, SQSEvent } from 'aws-lambda'
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest'
import { startEndpoint } from '../aws/json-endpoint.ts'
import { startS3 } from '../aws/s3-endpoint.ts'
import { captureOutput, linesOf } from './captured-lines.ts'
import { createOrders, onlineFeatures } from './ingest-orders.ts'
import { type Aws, contextWith, startAws } from './lambda-environment.ts'

captureOutput()

const BUCKET = 'files'

interface Entry {
  Source: string
  DetailType: string
  Detail: string
}

let aws: Aws
let s3: Awaited<ReturnType<typeof startS3>>
let eventBridge: Awaited<ReturnType<typeof startEndpoint>>
const told: Entry[] = []
/** How many events EventBridge refuses for now. */
let refusals = 0
let handler: (event: SQSEvent, context: Context) => Promise<void>
beforeAll(async () => {
  aws = await startAws()
  s3 = await startS3(BUCKET)
  eventBridge = await startEndpoint({
    handle(_, { Entries }) {
      if (refusals-- > 0) return { FailedEntryCount: 1, Entries: [{ ErrorCode: 'ThrottlingException' }] }
      told.push(...(Entries as Entry[]))
      return { FailedEntryCount: 0, Entries: [{ EventId: '1' }] }
    },
  })
  vi.stubEnv('AWS_ENDPOINT_URL_S3', s3.endpoint)
  vi.stubEnv('AWS_ENDPOINT_URL_EVENTBRIDGE', eventBridge.endpoint)
  vi.stubEnv('FILES_BUCKET', BUCKET)
  vi.stubEnv('FILES_URL', aws.sqs.queueUrl)
  await createOrders(aws)
  ;({ handler } = await import('../../lambdas/ingest-files/handler.ts'))
})
afterAll(async () => {
  await Promise.all([aws.close(), s3.close(), eventBridge.close()])
})
beforeEach(() => {
  refusals = 0
  told.length = 0
  aws.firehose.taken.length = 0
  for (const { messageId } of aws.sqs.receive(100)) aws.sqs.remove(messageId)
})

/** The event of S3 in EventBridge, as the queue brings it, of an object that is put there. */
function put(key: string, body: string, bucket = BUCKET): string {
  s3.objects.set(key, Buffer.from(body))
  const object = { key, size: Buffer.byteLength(body), etag: 'b1946ac92492d2347c6235b4d2611184', 'version-id': key }
  return JSON.stringify({
    version: '0',
    'detail-type': 'Object Created',
    source: 'aws.s3',
    detail: { bucket: { name: bucket }, object, reason: 'PutObject' },
  })
}

async function receive(messageId: string, body: string, receives = 1): Promise<void> {
  const attributes = { ApproximateReceiveCount: String(receives) }
  const Records = [{ messageId, receiptHandle: messageId, body, attributes }]
  await handler({ Records } as unknown as SQSEvent, contextWith(900_000))
}

/** Brings what the queue has to the function, until there is no more. */
async function drain(): Promise<void> {
  for (let [message] = aws.sqs.receive(1); message !== undefined; [message] = aws.sqs.receive(1)) {
    await receive(message.messageId, message.body)
    aws.sqs.remove(message.messageId)
  }
}

const resultOf = (key: string) => JSON.parse(String(s3.objects.get(`${key}.result.json`)))
const CSV = 'id,time,text\na,2026-11-01T00:00:00Z,one\nb,never,two\nc,2026-11-01T00:00:00Z,three\n'

describe('a file that the queue tells of', () => {
  it('is written to both stores, its end told, and nothing else is left of it', async () => {
    await receive('1', put('ingest/orders/a b+ü.csv', CSV))
    await drain()
    expect((await onlineFeatures(aws)).map(({ id, text }) => [id, text])).toEqual([
      ['a', 'one'],
      ['c', 'three'],
    ])
    expect(aws.firehose.taken.map((text) => JSON.parse(text).id).sort()).toEqual(['a', 'c'])
    const { RefusedRows, ...summary } = resultOf('ingest/orders/a b+ü.csv')
    expect(summary).toMatchObject({ Status: 'Ingested', RowsRead: 3, RowsWritten: 2, RowsHistoric: 0, RowsRefused: 1 })
    expect(RefusedRows).toMatchObject([{ Line: 3, Row: { id: 'b', text: 'two' } }])
    expect(told).toMatchObject([{ Source: 'cairn', DetailType: 'File ingested' }])
    expect(told.map(({ Detail }) => JSON.parse(Detail))).toEqual([summary])
    expect([...s3.objects.keys()].filter((key) => key.startsWith('work/'))).toEqual([])
  })
  it('is counted, and no log says what is in it', async () => {
    const lines = await linesOf(async () => {
      await receive('1', put('ingest/orders/counted.csv', CSV.replaceAll('two', 'secret')))
      await drain()
      await receive('1', put('ingest/nobody/failed.csv', CSV))
      await drain()
    })
    const counted = lines.filter(({ operation }) => operation === 'IngestFiles')
    expect(counted).toContainEqual(expect.objectContaining({ Files: 1, FileRows: 3, RefusedRows: 1 }))
    expect(counted).toContainEqual(expect.objectContaining({ Files: 1, FailedFiles: 1 }))
    expect(JSON.stringify(lines)).not.toContain('secret')
    expect(told.map(({ DetailType }) => DetailType)).toEqual(['File ingested', 'File failed'])
  })
  it('comes again after a growing time when its end could not be told, and is not loaded again then', async () => {
    const body = put('ingest/orders/again.csv', CSV)
    refusals = 1
    await receive('1', body)
    const [part] = aws.sqs.receive(1)
    await receive('2', part?.body ?? '')
    aws.sqs.remove(part?.messageId ?? '')
    const [wakened] = aws.sqs.receive(1)
    await expect(receive(wakened?.messageId ?? '', wakened?.body ?? '', 5)).rejects.toThrow(/ThrottlingException/)
    expect(told).toEqual([])
    const [again] = aws.sqs.receive(1)
    expect(again?.messageId).toBe(wakened?.messageId)
    await receive('3', again?.body ?? '', 6)
    aws.sqs.remove(again?.messageId ?? '')
    expect(told).toHaveLength(1)
    expect(aws.firehose.taken).toHaveLength(2)
    await receive('4', body)
    await drain()
    expect(told).toHaveLength(1)
  })
  it('is none of ours when it is in another bucket: the message stays, to be looked at', async () => {
    await expect(receive('1', put('ingest/orders/x.csv', CSV, 'another'))).rejects.toThrow(/'?another'?/)
  })
  it('and is a result, or no message of ours at all, is left alone or told of', async () => {
    await receive('1', put('ingest/orders/x.csv.result.json', '{}'))
    expect(aws.sqs.waiting()).toEqual([])
    await expect(receive('1', '{"kind": "unknown"}')).rejects.toThrow(/is no job/)
  })
})
