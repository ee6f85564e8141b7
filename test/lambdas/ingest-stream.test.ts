import type { Context, KinesisStreamBatchResponse, KinesisStreamEvent, KinesisStreamRecord } from 'aws-lambda'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { captureOutput, linesOf } from './captured-lines.ts'
import { createOrders, onlineFeatures } from './ingest-orders.ts'
import { type Aws, contextWith, startAws } from './lambda-environment.ts'

captureOutput()

const STREAM = 'arn:aws:kinesis:us-east-1:123456789012:stream/events'

let aws: Aws
/** Firehose and the outbox refuse rows that have this in them, the dead-letter queue events. */
let refusedRow: string | undefined
let refusedEvent: string | undefined
let handler: (event: KinesisStreamEvent, context: Context) => Promise<KinesisStreamBatchResponse>
beforeAll(async () => {
  const has = (text: string, marker: string | undefined) => marker !== undefined && text.includes(marker)
  aws = await startAws({
    refuses: (row) => has(row, refusedRow),
    refusesMessage: (body) => has(body, body.startsWith('[') ? refusedRow : refusedEvent),
  })
  await createOrders(aws)
  ;({ handler } = await import('../../lambdas/ingest-stream/handler.ts'))
})
afterAll(() => aws.close())
beforeEach(() => {
  refusedRow = undefined
  refusedEvent = undefined
  aws.firehose.taken.length = 0
  for (const { messageId } of aws.deadLetters.receive(100)) aws.deadLetters.remove(messageId)
})

function record(sequenceNumber: number, data: unknown, arrivedSecondsAgo = 0): KinesisStreamRecord {
  const bytes = Buffer.isBuffer(data) ? data : Buffer.from(typeof data === 'string' ? data : JSON.stringify(data))
  return {
    eventID: `shardId-000000000000:${sequenceNumber}`,
    eventName: 'aws:kinesis:record',
    eventSource: 'aws:kinesis',
    eventSourceARN: STREAM,
    eventVersion: '1.0',
    awsRegion: 'us-east-1',
    invokeIdentityArn: 'arn:aws:iam::123456789012:role/ingest',
    kinesis: {
      kinesisSchemaVersion: '1.0',
      partitionKey: 'a',
      sequenceNumber: String(sequenceNumber),
      data: bytes.toString('base64'),
      approximateArrivalTimestamp: Date.now() / 1000 - arrivedSecondsAgo,
    },
  }
}

const order = (id: string, more: object = {}) => ({
  FeatureGroupName: 'orders',
  Record: { id, time: '2026-01-01T00:00:00Z', ...more },
})
const send = (...Records: KinesisStreamRecord[]) => handler({ Records }, contextWith())
const backTo = (sequenceNumber: number) => ({ batchItemFailures: [{ itemIdentifier: String(sequenceNumber) }] })
const DONE = { batchItemFailures: [] }
const letters = () => aws.deadLetters.waiting()

describe('the events of a stream', () => {
  it('are written to both stores, those that can never be are set aside with the reason, and the shard goes on', async () => {
    const poison = [Buffer.from([0x7b, 0xff, 0xfe]), 'no JSON', order('x', { nothing: 1 }), Buffer.of()]
    const records = [order('a'), ...poison, order('b')].map((data, index) => record(index, data))
    expect(await send(...records)).toEqual(DONE)
    expect((await onlineFeatures(aws)).map(({ id }) => id)).toEqual(['a', 'b'])
    expect(letters().map(({ body }) => body)).toEqual(['e//+', 'no JSON', JSON.stringify(poison[2]), '='])
    expect(letters().map(({ attributes }) => attributes['BodyEncoding'])).toEqual([
      'base64',
      undefined,
      undefined,
      'base64',
    ])
    expect(letters()[0]?.attributes).toMatchObject({
      ErrorCode: 'ValidationError',
      ErrorMessage: 'Validation Error: the event is not UTF-8',
      EventSource: STREAM,
      EventId: 'shardId-000000000000:1',
    })
  })
  it('are followed from the first that a store did not take; what is refused after it is set aside once', async () => {
    refusedRow = 'waiting'
    const offline = { ...order('waiting'), TargetStores: ['OfflineStore'] }
    const records = ['bad before', order('one'), offline, 'bad after', order('two')].map((data, i) => record(i, data))
    expect(await send(...records)).toEqual(backTo(2))
    expect(letters().map(({ body }) => body)).toEqual(['bad before'])
    refusedRow = undefined
    expect(await send(...records.slice(2))).toEqual(DONE)
    expect(letters().map(({ body }) => body)).toEqual(['bad before', 'bad after'])
    expect(aws.firehose.taken.filter((text) => text.includes('waiting'))).toHaveLength(1)
  })
  it('are followed from one that is refused when it finds no place in the dead-letter queue', async () => {
    refusedEvent = 'bad'
    expect(await send(record(7, order('c')), record(8, 'bad'), record(9, order('d')))).toEqual(backTo(8))
    expect(letters()).toEqual([])
  })
  it('hold up their shard for an hour at most', async () => {
    refusedRow = 'stubborn'
    const stubborn = { ...order('e', { text: 'stubborn' }), TargetStores: ['OfflineStore'] }
    expect(await send(record(1, stubborn, 3_500), record(2, order('f')))).toEqual(backTo(1))
    expect(await send(record(1, stubborn, 3_700), record(2, order('f')))).toEqual(DONE)
    expect(letters()).toMatchObject([
      { body: JSON.stringify(stubborn), attributes: { ErrorCode: 'ServiceUnavailable' } },
    ])
  })
  it('that no message can hold are set aside with their beginning', async () => {
    const long = JSON.stringify(order('long', { text: 'x'.repeat(2_000_000) }))
    expect(await send(record(1, long), record(2, order('g')))).toEqual(DONE)
    const [{ body, attributes } = { body: '', attributes: {} }] = letters()
    expect(attributes).toMatchObject({ BodyEncoding: 'base64', BodyBytes: String(long.length) })
    expect(long.startsWith(Buffer.from(body, 'base64').toString())).toBe(true)
  })
  it('are counted under their source', async () => {
    const lines = await linesOf(() => send(record(1, order('h')), record(2, 'bad')))
    expect(lines).toContainEqual(expect.objectContaining({ operation: 'IngestStream', Events: 2, RefusedEvents: 1 }))
  })
})
