import { SQSClient } from '@aws-sdk/client-sqs'
import fc from 'fast-check'
import { afterEach, describe, expect, it } from 'vitest'
import { drainOutbox } from '../../../store/offline/drain-outbox.ts'
import type { OfflineStore } from '../../../store/offline/offline-store.ts'
import { sqsOutbox } from '../../../store/offline/outbox-sqs.ts'
import type { HistoryRow } from '../../../store/records/change.ts'
import { CLIENT } from '../../aws/dynalite.ts'
import { type SqsOptions, startSqs } from '../../aws/sqs-endpoint.ts'
import { offlineStoreContract, row } from './offline-store-contract.ts'

const closings: (() => Promise<void> | void)[] = []
afterEach(async () => {
  for (const close of closings.splice(0)) await close()
})

async function open(options: SqsOptions = {}) {
  const sqs = await startSqs(options)
  const client = new SQSClient({ ...CLIENT, endpoint: sqs.endpoint, maxAttempts: 2 })
  closings.push(sqs.close, () => client.destroy())
  const errors: unknown[] = []
  const outbox = sqsOutbox(client, { queueUrl: sqs.queueUrl, onError: (error) => errors.push(error), backoffMs: 1 })
  /** Gives all that waits to `drainOutbox`, ten messages at a time, once. */
  async function drainInto(history: OfflineStore): Promise<void> {
    const rounds = Math.ceil(sqs.waiting().length / 10)
    for (let round = 0; round < rounds; round++) {
      const messages = sqs.receive(10)
      const { batchItemFailures } = await drainOutbox(messages, { history, onError: (error) => errors.push(error) })
      const failed = new Set(batchItemFailures.map(({ itemIdentifier }) => itemIdentifier))
      for (const { messageId } of messages) if (!failed.has(messageId)) sqs.remove(messageId)
    }
  }
  return { sqs, outbox, errors, drainInto }
}

/** A history in memory that refuses some rows. */
function collect(refuses: (row: HistoryRow) => boolean = () => false) {
  const rows: HistoryRow[] = []
  const history: OfflineStore = {
    append(some) {
      const refused = some.filter(refuses)
      rows.push(...some.filter((item) => !refused.includes(item)))
      return refused
    },
  }
  return { history, rows }
}

describe('the outbox in SQS', () => {
  offlineStoreContract(async () => {
    const { outbox, drainInto } = await open()
    const { history, rows } = collect()
    return {
      store: outbox,
      async rows() {
        await drainInto(history)
        return rows
      },
    }
  })

  it('brings any text through', async () => {
    const { outbox, drainInto } = await open()
    const { history, rows } = collect()
    const text = fc.oneof(fc.string({ unit: 'binary' }), fc.constantFrom('\ufffe', '\uffff', '\u0000', '\u0085', '😀'))
    await fc.assert(
      fc.asyncProperty(text, text, async (identifier, value) => {
        const sent = row(identifier, { features: JSON.stringify([{ FeatureName: 'id', ValueAsString: value }]) })
        expect(await outbox.append([sent])).toEqual([])
        await drainInto(history)
        expect(rows.splice(0)).toEqual([sent])
      }),
    )
  })

  it('puts many rows in a message, and up to ten messages in a request', async () => {
    const { outbox, sqs } = await open()
    await outbox.append(Array.from({ length: 2_345 }, (_, i) => row(`id ${i}`, { isDeleted: true, features: null })))
    expect(sqs.waiting()).toHaveLength(24)
    expect(sqs.batches.map(({ length }) => length)).toEqual([10, 10, 4])
  })

  it('keeps messages to 64 KiB and requests to 256 KiB, unless a row alone is larger', async () => {
    const { outbox, sqs } = await open()
    const features = (chars: number) => JSON.stringify([{ FeatureName: 'id', ValueAsString: 'x'.repeat(chars) }])
    const small = Array.from({ length: 48 }, (_, i) => row(`small ${i}`, { features: features(20_000) }))
    const large = Array.from({ length: 3 }, (_, i) => row(`large ${i}`, { features: features(350_000) }))
    expect(await outbox.append([...small, ...large])).toEqual([])
    for (const batch of sqs.batches) {
      const bytes = batch.map(({ MessageBody }) => MessageBody.length)
      if (batch.length > 1) {
        expect(Math.max(...bytes)).toBeLessThanOrEqual(64 * 1_024)
        expect(bytes.reduce((sum, one) => sum + one)).toBeLessThanOrEqual(256 * 1_024)
      }
    }
    expect(sqs.batches.filter(({ length }) => length === 1)).toHaveLength(3)
  })

  it('sends refused messages again, alone', async () => {
    let left = 2
    const { outbox, sqs, errors } = await open({ refuses: () => left-- > 0 })
    expect(await outbox.append(Array.from({ length: 500 }, (_, i) => row(`id ${i}`)))).toEqual([])
    expect(sqs.batches.map(({ length }) => length)).toEqual([5, 2])
    expect(errors).toEqual([])
  })

  it('gives back the very rows of messages that are refused for good', async () => {
    const rows = Array.from({ length: 300 }, (_, i) => row(`id ${i}`))
    const { outbox, sqs, errors } = await open({ refuses: (body) => body.includes('"id 150"') })
    const left = await outbox.append(rows)
    expect(left.map((item) => rows.indexOf(item))).toEqual(Array.from({ length: 100 }, (_, i) => 100 + i))
    expect(sqs.waiting()).toHaveLength(2)
    expect(errors).toHaveLength(1)
  })

  it('gives back a row that no message can hold, and takes the others', async () => {
    const features = JSON.stringify([{ FeatureName: 'id', ValueAsString: '\u0001'.repeat(200_000) }])
    const large = row('large', { features })
    const { outbox, sqs, errors } = await open()
    expect(await outbox.append([row('a'), large, row('b')])).toEqual([large])
    expect(sqs.waiting()).toHaveLength(2)
    expect(errors).toHaveLength(1)
  })

  it('gives back all rows when SQS fails', async () => {
    const rows = [row('a'), row('b')]
    const { outbox, errors } = await open({ fault: () => 'failed' })
    expect(await outbox.append(rows)).toEqual(rows)
    expect(errors).toHaveLength(1)
  })
})

describe('drainOutbox', () => {
  it('fails the messages of which a row was not taken, and no others', async () => {
    const { outbox, sqs, drainInto } = await open()
    await outbox.append(Array.from({ length: 250 }, (_, i) => row(`id ${i}`)))
    const { history, rows } = collect(({ identifier }) => identifier === 'id 120')
    await drainInto(history)
    expect(sqs.waiting()).toHaveLength(1)
    const again = collect()
    await drainInto(again.history)
    expect(sqs.waiting()).toEqual([])
    const arrived = new Set([...rows, ...again.rows].map(({ identifier }) => identifier))
    expect(arrived.size).toBe(250)
  })

  it('fails a message that cannot be read, and takes the rows of the others', async () => {
    const { sqs, outbox, errors } = await open()
    await outbox.append([row('a')])
    const bad = ['', '{}', 'null', '[{}]', '[null]', '[{"eventTime":"x"}]'].map((body) => ({ messageId: body, body }))
    const { history, rows } = collect()
    const response = await drainOutbox([...bad, ...sqs.receive(1)], { history, onError: (error) => errors.push(error) })
    expect(response).toEqual({ batchItemFailures: bad.map(({ messageId }) => ({ itemIdentifier: messageId })) })
    expect(rows).toEqual([row('a')])
    expect(errors).toHaveLength(bad.length)
  })
})
