import type { Context, SQSBatchResponse, SQSEvent, SQSRecord } from 'aws-lambda'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { retryAfterSeconds } from '../../store/events/retry-later-sqs.ts'
import { captureOutput, linesOf } from './captured-lines.ts'
import { createOrders, onlineFeatures } from './ingest-orders.ts'
import { type Aws, contextWith, startAws } from './lambda-environment.ts'

captureOutput()

const QUEUE = 'arn:aws:sqs:us-east-1:123456789012:ingest'

let aws: Aws
let isFirehoseAway = false
/** Messages with this in them are refused by SQS. */
let refused: string | undefined
let handler: (event: SQSEvent, context: Context) => Promise<SQSBatchResponse>
beforeAll(async () => {
  aws = await startAws({
    refuses: () => isFirehoseAway,
    refusesMessage: (body) => refused !== undefined && body.includes(refused),
  })
  await createOrders(aws)
  ;({ handler } = await import('../../lambdas/ingest-queue/handler.ts'))
})
afterAll(() => aws.close())
beforeEach(() => {
  isFirehoseAway = false
  refused = undefined
  aws.firehose.taken.length = 0
  for (const queue of [aws.sqs, aws.deadLetters]) {
    for (const { messageId } of queue.receive(100)) queue.remove(messageId)
  }
})

function message(messageId: string, body: unknown, receiveCount = 1): SQSRecord {
  const record = {
    messageId,
    receiptHandle: messageId,
    body: typeof body === 'string' ? body : JSON.stringify(body),
    attributes: { ApproximateReceiveCount: String(receiveCount) },
    eventSourceARN: QUEUE,
  }
  return record as SQSRecord
}

const order = (id: string, time: number, more: object = {}) => ({
  FeatureGroupName: 'orders',
  Record: { id, time: new Date(time * 1000).toISOString(), ...more },
})
const send = (...Records: SQSRecord[]) => handler({ Records }, contextWith())
const rows = () => aws.firehose.taken.map((text) => JSON.parse(text))
const failures = (...ids: string[]) => ({ batchItemFailures: ids.map((itemIdentifier) => ({ itemIdentifier })) })

describe('the events of a queue', () => {
  it('are written to both stores, in every envelope', async () => {
    const envelopes = [
      order('a', 1, { text: 'plain' }),
      { specversion: '1.0', id: '1', source: '/s', type: 't', data: order('b', 1, { text: 'cloud' }) },
      { 'detail-type': 't', source: 's', detail: order('c', 1, { text: 'bridge' }) },
    ]
    expect(await send(...envelopes.map((body, index) => message(`${index}`, body)))).toEqual(failures())
    expect(await onlineFeatures(aws)).toMatchObject([{ text: 'plain' }, { text: 'cloud' }, { text: 'bridge' }])
    expect(
      rows()
        .map(({ id }) => id)
        .sort(),
    ).toEqual(['a', 'b', 'c'])
  })
  it('update and delete records too, those of one record in their order', async () => {
    const update = { ...order('u', 2), Record: { id: 'u', text: 'updated' }, Operation: 'Update' }
    const deletion = { ...order('d', 2), Operation: 'SoftDelete' }
    const hard = { ...order('h', 2), Operation: 'HardDelete' }
    const bodies = [order('u', 1, { text: 'put' }), order('d', 1), order('h', 1), update, deletion, hard]
    expect(await send(...bodies.map((body, index) => message(`${index}`, body)))).toEqual(failures())
    const left = await onlineFeatures(aws)
    expect(left).toContainEqual(expect.objectContaining({ id: 'u', text: 'updated' }))
    expect(left.filter(({ id }) => id === 'd' || id === 'h')).toEqual([])
    expect(rows()).toHaveLength(6)
  })
  it('that are refused are in the dead-letter queue at once, each as it came and with the reason; the others are written', async () => {
    const bad = [
      'no JSON',
      { ...order('x', 1), FeatureGroupName: 'unknown' },
      order('x', 1, { nothing: 1 }),
      { ...order('nobody', 1), Operation: 'Update' },
      // SQS takes no such character in an attribute.
      { ...order('x', 1), FeatureGroupName: 'g\u0000' },
    ]
    const good = [order('good1', 1), order('good2', 1)]
    const all = [good[0], ...bad, good[1]].map((body, index) => message(`m${index}`, body))
    expect(await send(...all)).toEqual(failures())
    const letters = aws.deadLetters.waiting()
    expect(letters.map(({ body }) => body)).toEqual(bad.map((body) => message('', body).body))
    expect(letters.map(({ attributes }) => attributes['ErrorCode'])).toEqual([
      'ValidationError',
      'ResourceNotFound',
      'ValidationError',
      'ResourceNotFound',
      'ValidationError',
    ])
    const told = [/not JSON/, /unknown/, /'nothing' is not a feature/, /'nobody' does not exist/, /g\ufffd/]
    for (const [index, { attributes }] of letters.entries()) {
      expect(attributes['ErrorMessage']).toMatch(told[index] ?? /never/)
      expect(attributes).toMatchObject({ EventSource: QUEUE, EventId: `m${index + 1}` })
    }
    expect(
      rows()
        .map(({ id }) => id)
        .sort(),
    ).toEqual(['good1', 'good2'])
  })
  it('that a store does not take come back alone, and are written when it does', async () => {
    isFirehoseAway = true
    const offline = { ...order('waiting', 1), TargetStores: ['OfflineStore'] }
    const online = { ...order('here', 1), TargetStores: ['OnlineStore'] }
    // Rows go to the outbox when Firehose is away; without one nothing takes them.
    refused = 'waiting'
    expect(await send(message('1', online), message('2', offline), message('3', 'bad'))).toEqual(failures('2'))
    refused = undefined
    isFirehoseAway = false
    expect(await send(message('2', offline, 2))).toEqual(failures())
    expect(rows()).toMatchObject([{ id: 'waiting' }])
    expect(aws.deadLetters.waiting()).toHaveLength(1)
  })
  it('that are refused come back when the dead-letter queue does not take them', async () => {
    refused = 'bad'
    expect(await send(message('1', 'bad'), message('2', order('fine', 1)))).toEqual(failures('1'))
    refused = undefined
    expect(await send(message('1', 'bad', 2))).toEqual(failures())
    expect(aws.deadLetters.waiting()).toMatchObject([{ body: 'bad' }])
  })
  it('are counted under their source, and no log says what is in them', async () => {
    const lines = await linesOf(() =>
      send(message('1', order('secret', 1)), message('2', order('secret', 1, { no: 1 }))),
    )
    expect(lines).toContainEqual(expect.objectContaining({ operation: 'IngestQueue', Events: 2, RefusedEvents: 1 }))
    expect(JSON.stringify(lines)).not.toContain('secret')
  })
  it('come again after a time that doubles, up to a quarter of an hour', () => {
    const least = [1, 2, 3, 6, 11, 12, 50].map((count) => retryAfterSeconds(count, 0))
    const most = [1, 2, 3, 6, 11, 12, 50].map((count) => retryAfterSeconds(count, 0.999))
    expect(least).toEqual([1, 1, 2, 16, 450, 450, 450])
    expect(most).toEqual([1, 2, 4, 32, 900, 900, 900])
  })
})
