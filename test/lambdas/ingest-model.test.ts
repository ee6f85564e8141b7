import { SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs'
import type { KinesisStreamRecord, SQSRecord } from 'aws-lambda'
import { expect, it } from 'vitest'
import { ingestMessages } from '../../lambdas/ingest-queue/ingest-messages.ts'
import { ingestRecords } from '../../lambdas/ingest-stream/ingest-records.ts'
import { sqsRetryLater } from '../../store/events/retry-later-sqs.ts'
import { CLIENT } from '../aws/dynalite.ts'
import { startSqs } from '../aws/sqs-endpoint.ts'
import { SEED } from '../seed.ts'
import { makeModel, type Write } from '../store/events/record-model.ts'
import { captureOutput } from './captured-lines.ts'
import { eventText, openIngestWorld } from './ingest-world.ts'

captureOutput()

/** The waits of the client between attempts are real ones. */
const TIMEOUT_MS = 300_000
/** How often a function ends, or an answer is lost, before its messages are removed, out of 1. */
const ENDS = 0.1
const IDS = ['a', 'b', 'c', 'd', 'e', 'f']

type World = Awaited<ReturnType<typeof openIngestWorld>>

/** Events that no store can ever take. */
const POISON = [
  'no JSON',
  '[]',
  '{"FeatureGroupName":"g"}',
  '{"FeatureGroupName":"nobody","Record":{"id":"a","time":1}}',
  '{"FeatureGroupName":"g","Record":{"id":"a","time":"never"}}',
  '{"FeatureGroupName":"g","Record":{"id":"a","time":1,"y":1}}',
  '{"FeatureGroupName":"g","Record":{"id":"nobody","x":1},"Operation":"Update"}',
]

function pick<Item>(list: Item[], random: () => number): Item {
  const picked = list[Math.floor(random() * list.length)]
  if (picked === undefined) throw new Error('there is nothing to pick from')
  return picked
}

/** Events to be sent to a queue in any order: puts and deletions, no two of a record with one time, repeats, poison. */
function unordered({ random }: World): { texts: string[]; writes: Write[] } {
  const times = Array.from({ length: 25 }, (_, time) => time + 1)
  const all = IDS.flatMap((id) => times.map((time) => ({ id, time })))
  const writes = all.map(({ id, time }): Write => {
    return random() < 0.2 ? { operation: 'SoftDelete', id, time } : { operation: 'Put', id, time, x: time * 2 }
  })
  const repeats = writes.filter(() => random() < 0.1)
  const texts = [...[...writes, ...repeats].map(eventText), ...POISON, ...POISON]
  return {
    texts: texts
      .map((text) => ({ text, at: random() }))
      .sort((a, b) => a.at - b.at)
      .map(({ text }) => text),
    writes,
  }
}

async function openQueue() {
  const sqs = await startSqs()
  const client = new SQSClient({ ...CLIENT, endpoint: sqs.endpoint })
  const receipts = new Map<string, number>()
  return {
    ...sqs,
    send: (MessageBody: string) => client.send(new SendMessageCommand({ QueueUrl: sqs.queueUrl, MessageBody })),
    retryLater: sqsRetryLater(client, {
      queueUrl: sqs.queueUrl,
      onError(error) {
        throw error
      },
    }),
    /** Up to 10 messages as Lambda gives them to a function. */
    batch: () =>
      sqs.receive(10).map(({ messageId, body }) => {
        receipts.set(messageId, (receipts.get(messageId) ?? 0) + 1)
        const attributes = { ApproximateReceiveCount: String(receipts.get(messageId)) }
        return { messageId, receiptHandle: messageId, body, attributes, eventSourceARN: 'arn:queue' } as SQSRecord
      }),
  }
}

it(
  `a queue's events are in both stores after all retries, and what is refused is set aside (seed ${SEED})`,
  async () => {
    const world = await openIngestWorld({ seed: SEED, lost: 0.3 })
    const queue = await openQueue()
    try {
      const { texts, writes } = unordered(world)
      for (const text of texts) await queue.send(text)
      let failures = 0
      while (queue.waiting().length > 0) {
        // A message that comes again at once, as few are left, is in one batch only: the other might find it removed.
        const taken = new Set<string>()
        const isFirst = ({ messageId }: SQSRecord) => !taken.has(messageId) && taken.add(messageId).size > 0
        const batches = [queue.batch(), queue.batch(), queue.batch()]
          .map((batch) => batch.filter(isFirst))
          .filter((batch) => batch.length > 0)
        await Promise.all(
          batches.map(async (batch) => {
            const answer = await ingestMessages(batch, { ...world.options, retryLater: queue.retryLater })
            failures += answer.batchItemFailures.length
            if (world.random() < ENDS) return
            const failed = new Set(answer.batchItemFailures.map(({ itemIdentifier }) => itemIdentifier))
            for (const { messageId } of batch) if (!failed.has(messageId)) queue.remove(messageId)
          }),
        )
      }
      expect(failures).toBeGreaterThan(0)
      const model = makeModel()
      for (const write of writes) model.apply(write)
      for (const id of IDS) expect([id, await world.recordOf(id)]).toEqual([id, model.recordOf(id)])
      expect(await world.history()).toEqual(model.history().toSorted())
      const letters = world.letters()
      expect([...new Set(letters.map(({ body }) => body))].sort()).toEqual(POISON.toSorted())
      expect(letters.length).toBeGreaterThanOrEqual(2 * POISON.length)
      for (const { reason } of letters) expect(reason).toMatch(/./)
    } finally {
      await queue.close()
      await world.close()
    }
  },
  TIMEOUT_MS,
)

/**
 * Events of a shard in their order, of every kind. An update has no time: one that is refused for its record's sake and
 * comes again after it would count by that time.
 */
function ordered({ random }: World, count: number): (Write | string)[] {
  return Array.from({ length: count }, (_, place) => {
    if (random() < 0.1) return pick(POISON, random)
    const operation = pick(['Put', 'Put', 'Put', 'Update', 'SoftDelete', 'HardDelete'] as const, random)
    const id = pick(IDS, random)
    const time = Math.floor(random() * 30)
    const x = place + 100
    if (operation === 'Put') return { operation, id, time, x }
    return operation === 'Update' ? { operation, id, x } : { operation, id, time }
  })
}

function recordsOf(texts: string[]): KinesisStreamRecord[] {
  return texts.map((text, index) => {
    const data = Buffer.from(text).toString('base64')
    const kinesis = { sequenceNumber: String(index), data, approximateArrivalTimestamp: Date.now() / 1000 }
    return { eventID: `shard:${index}`, eventSourceARN: 'arn:stream', kinesis } as KinesisStreamRecord
  })
}

/** Brings the records of a shard to the function as Lambda does: from where it says, in halves after a failure. */
async function follow(records: KinesisStreamRecord[], { options, random }: World): Promise<number> {
  let failures = 0
  let size = 20
  for (let place = 0; place < records.length; ) {
    const batch = records.slice(place, place + size)
    const { batchItemFailures } = await ingestRecords(batch, options)
    if (random() < ENDS) continue
    const [failure] = batchItemFailures
    failures += batchItemFailures.length
    size = failure === undefined ? 20 : Math.max(1, Math.floor(size / 2))
    place = failure === undefined ? place + batch.length : Number(failure.itemIdentifier)
  }
  return failures
}

it(
  `a stream's events leave what they would have left one by one, and no poison holds it up (seed ${SEED})`,
  async () => {
    const world = await openIngestWorld({ seed: SEED, lost: 0 })
    try {
      const events = ordered(world, 160)
      const texts = events.map((event) => (typeof event === 'string' ? event : eventText(event)))
      const failures = await follow(recordsOf(texts), world)
      expect(failures).toBeGreaterThan(0)
      const model = makeModel()
      const refused = events.flatMap((event, index) => {
        const isRefused = typeof event === 'string' || model.apply(event) === 'refused'
        return isRefused ? [texts[index] ?? ''] : []
      })
      for (const id of IDS) expect([id, await world.recordOf(id)]).toEqual([id, model.recordOf(id)])
      const history = new Set(await world.history())
      expect(model.history().filter((row) => !history.has(row))).toEqual([])
      const setAside = new Set(world.letters().map(({ body }) => body))
      // Behind one that came again, an update may have found its record when it came again too, and a hard delete none.
      const isWritten = (text: string) => {
        const { Operation, Record } = JSON.parse(text)
        const rows = [...history].filter((row) => row.startsWith(`${Record.id} `))
        if (Operation === 'HardDelete') return rows.includes(`${Record.id} ${Record.time} true null`)
        return Operation === 'Update' && rows.some((row) => row.includes(`"${Record.x}"`))
      }
      expect(refused.filter((text) => !setAside.has(text) && !isWritten(text))).toEqual([])
      // What comes again may be refused then, as an update of what was deleted meanwhile; never a put.
      const puts = events.flatMap((event) =>
        typeof event !== 'string' && event.operation === 'Put' ? [eventText(event)] : [],
      )
      expect(puts.filter((text) => setAside.has(text))).toEqual([])
    } finally {
      await world.close()
    }
  },
  TIMEOUT_MS,
)
