import { SQSClient } from '@aws-sdk/client-sqs'
import { afterEach, describe, expect, it } from 'vitest'
import { type DeadLetter, deadLetter } from '../../../store/events/dead-letter.ts'
import { sqsDeadLetters } from '../../../store/events/dead-letters-sqs.ts'
import { CLIENT } from '../../aws/dynalite.ts'
import { type SqsOptions, startSqs } from '../../aws/sqs-endpoint.ts'

const opened: (() => Promise<void>)[] = []
afterEach(async () => {
  for (const close of opened.splice(0)) await close()
})

async function open(options: SqsOptions = {}) {
  const sqs = await startSqs(options)
  const client = new SQSClient({ ...CLIENT, endpoint: sqs.endpoint, maxAttempts: 1 })
  opened.push(sqs.close)
  const errors: unknown[] = []
  const onError = (error: unknown) => errors.push(error)
  return { sqs, errors, ...sqsDeadLetters(client, { queueUrl: sqs.queueUrl, onError, backoffMs: 1 }) }
}

const letterOf = (body: string | Uint8Array, reason = 'why') =>
  deadLetter({ body, source: 'arn:queue', id: '1', code: 'ValidationError', reason })
const bodies = (letters: { body: string }[]) => letters.map(({ body }) => body)

describe('the dead-letter queue', () => {
  it('takes any number of letters of any size, as many in a request as SQS takes', async () => {
    const { sqs, errors, setAside } = await open()
    const sizes = [...Array.from({ length: 23 }, (_, index) => index + 1), 600_000, 600_000, 1_000_000, 5]
    const letters = sizes.map((size) => letterOf(Buffer.from('é'.repeat(size / 2) || 'e')))
    expect(await setAside(letters)).toEqual([])
    expect(bodies(sqs.waiting())).toEqual(bodies(letters))
    expect(sqs.batches.map(({ length }) => length)).toEqual([10, 10, 4, 1, 2])
    expect(errors).toEqual([])
  })
  it('takes bytes that are no text, no text of SQS, or too many, in Base64', async () => {
    const { sqs, setAside } = await open()
    const all = [Buffer.of(0xff), Buffer.from('a\u0000'), Buffer.from('\ufffe'), Buffer.alloc(3_000_000, 97)]
    expect(await setAside(all.map((bytes) => letterOf(bytes)))).toEqual([])
    const kept = sqs.waiting().map(({ body }) => Buffer.from(body, 'base64'))
    expect(kept.slice(0, 3)).toEqual(all.slice(0, 3))
    expect(all[3]?.subarray(0, kept[3]?.length).equals(kept[3] ?? Buffer.of())).toBe(true)
    expect(sqs.waiting().map(({ attributes }) => attributes['BodyBytes'])).toEqual([
      undefined,
      undefined,
      undefined,
      '3000000',
    ])
  })
  it('has a reason in the characters that SQS takes', async () => {
    const { sqs, setAside } = await open()
    expect(await setAside([letterOf('x', `'\u0000\ud800\u{1f600}\ufffe'`)])).toEqual([])
    expect(sqs.waiting()[0]?.attributes['ErrorMessage']).toBe(`'\ufffd\ufffd\u{1f600}\ufffd'`)
  })
  it('gives back what it did not take in three tries, and takes the rest once', async () => {
    const tries = new Map<string, number>()
    const refuses = (body: string) => {
      tries.set(body, (tries.get(body) ?? 0) + 1)
      return body === 'never' || (body === 'late' && tries.get(body) !== 3)
    }
    const { sqs, errors, setAside } = await open({ refuses })
    const letters = ['a', 'never', 'late', 'b'].map((body) => letterOf(body))
    expect(bodies(await setAside(letters))).toEqual(['never'])
    expect(bodies(sqs.waiting()).sort()).toEqual(['a', 'b', 'late'])
    expect(tries.get('never')).toBe(3)
    expect(errors).toHaveLength(1)
  })
  it('gives back all that it was sending when a request fails, and goes on with the next', async () => {
    let requests = 0
    const { sqs, errors, setAside } = await open({ fault: () => (++requests === 1 ? 'failed' : undefined) })
    const letters: DeadLetter[] = Array.from({ length: 15 }, (_, index) => letterOf(`letter ${index}`))
    expect(await setAside(letters)).toEqual(letters.slice(0, 10))
    expect(sqs.waiting()).toHaveLength(5)
    expect(errors).toHaveLength(1)
  })
})
