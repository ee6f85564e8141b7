import { DeleteMessageCommand, ReceiveMessageCommand, SendMessageBatchCommand, SQSClient } from '@aws-sdk/client-sqs'
import { beforeAll, describe, expect, it, vi } from 'vitest'
import { createGroup, type Group } from '../conformance/deployment.ts'
import { at, recordOf } from '../conformance/records.ts'
import { DETAIL_TYPE } from './assembly.ts'
import { callJson, connection, deployment, rowsOf } from './emulated-aws.ts'

const WAIT = { timeout: 60_000, interval: 500 }

const sqs = new SQSClient(connection)

let group: Group
beforeAll(async () => {
  group = await createGroup()
})

function eventOf(id: string, second: number, more: object = {}) {
  return { FeatureGroupName: group.name, Record: { id, time: at(second), text: `text of ${id}`, ...more } }
}

interface Letter {
  body: string
  reason: string | undefined
}

/** Takes messages from the dead-letter queue until there are so many with this text in them. */
async function deadLetters(text: string, count: number): Promise<Letter[]> {
  const letters: Letter[] = []
  const QueueUrl = deployment.outputs['IngestDeadLettersUrl'] ?? ''
  await vi.waitUntil(async () => {
    const { Messages = [] } = await sqs.send(
      new ReceiveMessageCommand({ QueueUrl, MaxNumberOfMessages: 10, MessageAttributeNames: ['All'] }),
    )
    for (const { Body: body = '', MessageAttributes, ReceiptHandle } of Messages) {
      if (!body.includes(text)) continue
      letters.push({ body, reason: MessageAttributes?.['ErrorMessage']?.StringValue })
      await sqs.send(new DeleteMessageCommand({ QueueUrl, ReceiptHandle }))
    }
    return letters.length >= count
  }, WAIT)
  return letters.sort((a, b) => a.body.localeCompare(b.body))
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

describe('events', () => {
  it('of the queue are in both stores, once; bad ones of the same batch are dead letters with the reason', async () => {
    const bad = [
      JSON.stringify({ ...eventOf('queue bad', 1), Operation: 'Upsert' }),
      JSON.stringify(eventOf('queue bad', 1, { count: 'many' })),
      'queue bad: no JSON',
    ]
    const good = ['queue 1', 'queue 2', 'queue 3']
    const bodies = [...good.map((id) => JSON.stringify(eventOf(id, 1))), ...bad]
    const Entries = bodies.map((MessageBody, index) => ({ Id: String(index), MessageBody }))
    const QueueUrl = deployment.outputs['IngestQueueUrl'] ?? ''
    await sqs.send(new SendMessageBatchCommand({ QueueUrl, Entries }))
    for (const id of good) expect(await inBothStores(id)).toEqual(written(id))
    const letters = await deadLetters('queue bad', bad.length)
    expect(letters.map(({ body }) => body)).toEqual(bad.toSorted((a, b) => a.localeCompare(b)))
    const reasons = letters.map(({ reason }) => reason).join('\n')
    expect(reasons).toMatch(/at 'Operation'/)
    expect(reasons).toMatch(/Feature 'count' is of type Integral/)
    expect(reasons).toMatch(/not JSON/)
  })
  it('of the bus that match the pattern are in both stores, or dead letters with the reason', async () => {
    const EventBusName = deployment.outputs['IngestBus']
    const entry = (Detail: object, DetailType = DETAIL_TYPE) => ({
      EventBusName,
      Source: 'shop',
      DetailType,
      Detail: JSON.stringify(Detail),
    })
    const Entries = [
      entry(eventOf('another', 1), 'Another event'),
      entry({ ...eventOf('bus bad', 1), FeatureGroupName: 'nobody' }),
      entry(eventOf('bus', 1)),
    ]
    expect(await callJson('AWSEvents.PutEvents', { Entries })).toMatchObject({ FailedEntryCount: 0 })
    expect(await inBothStores('bus')).toEqual(written('bus'))
    expect(await deadLetters('bus bad', 1)).toMatchObject([{ reason: expect.stringMatching(/nobody/) }])
    expect(await recordOf(group, 'another')).toBeUndefined()
  })
  it('of the stream are in both stores, those of one record in their order, or dead letters with the reason', async () => {
    const update = { FeatureGroupName: group.name, Record: { id: 'stream', text: 'updated' }, Operation: 'Update' }
    const events = [eventOf('stream', 1), eventOf('stream bad', 1, { nothing: 1 }), update, eventOf('stream 2', 1)]
    const Records = events.map((event) => ({
      Data: Buffer.from(JSON.stringify(event)).toString('base64'),
      PartitionKey: 'stream',
    }))
    const StreamName = deployment.outputs['IngestStream']
    const answer = await callJson('Kinesis_20131202.PutRecords', { StreamName, Records })
    expect(answer).toMatchObject({ FailedRecordCount: 0 })
    expect(await inBothStores('stream 2')).toEqual(written('stream 2'))
    const { online, offline } = await inBothStores('stream')
    expect(online).toMatchObject({ text: 'updated' })
    expect(offline.map(({ text }) => text).sort()).toEqual(['text of stream', 'updated'])
    expect(await deadLetters('stream bad', 1)).toMatchObject([{ reason: expect.stringMatching(/'nothing'/) }])
  })
})
