import type { BatchWriteRecordEntry, BatchWriteRecordResponse } from '@aws-sdk/client-sagemaker-featurestore-runtime'
import { describe, expect, it } from 'vitest'
import { type OutgoingRow, sendBatch } from '../../../bin/ingest/send-batch.ts'
import { settle } from '../../../bin/ingest/settle.ts'

type Answer = (
  entries: BatchWriteRecordEntry[],
) => Partial<Pick<BatchWriteRecordResponse, 'Errors' | 'UnprocessedEntries'>>

function row(identifier: string, line: number): OutgoingRow {
  const Record = [
    { FeatureName: 'id', ValueAsString: identifier },
    { FeatureName: 'line', ValueAsString: String(line) },
  ]
  const event = { operation: 'Put' as const, input: { FeatureGroupName: 'group', Record } }
  return { identifier, eventTime: undefined, size: 1, line, json: () => String(line), event }
}

function failure(name: string, members: object): Error {
  return Object.assign(new Error('the reason'), { name, ...members })
}

/** Sends rows to a network that answers as told; the last answer is repeated. */
async function send(rows: OutgoingRow[], answers: Answer[]) {
  const requests: string[][] = []
  const written: number[] = []
  const refused: [number, string][] = []
  const delays: number[] = []
  const sending = sendBatch(rows, {
    maxAttempts: 8,
    apply: async (sent) => {
      const entries = sent.map(({ event }) => event.input as BatchWriteRecordEntry)
      requests.push(entries.map(({ Record }) => Record?.[1]?.ValueAsString ?? ''))
      const answer = answers[Math.min(requests.length, answers.length) - 1]
      return settle(sent, structuredClone(answer?.(entries)) ?? {})
    },
    wait: async (milliseconds) => void delays.push(milliseconds),
    onWritten: (done) => written.push(...done.map(({ line }) => line)),
    onRefused: ({ line }, reason) => refused.push([line, reason]),
  })
  const error = await sending.then(() => undefined).catch((cause: unknown) => cause)
  return { requests, written, refused, delays, error }
}

const all: Answer = () => ({})
const fail =
  (error: Error): Answer =>
  () => {
    throw error
  }
const invalid = (entry: BatchWriteRecordEntry | undefined) => {
  return { Entry: entry, ErrorCode: 'ValidationError', ErrorMessage: 'no' }
}

describe('a batch', () => {
  it('that the server takes is sent once', async () => {
    expect(await send([row('a', 1), row('b', 2)], [all])).toMatchObject({
      requests: [['1', '2']],
      written: [1, 2],
      delays: [],
    })
  })

  it('loses only the rows that the server refuses, equal ones one by one', async () => {
    const rows = [row('a', 1), row('b', 2), row('b', 2), row('c', 3)]
    const { written, refused, requests } = await send(rows, [(entries) => ({ Errors: [invalid(entries[2])] })])
    expect(requests.length).toBe(1)
    expect(written).toEqual([1, 2, 3])
    expect(refused).toEqual([[2, 'ValidationError: no']])
  })

  it('sends unprocessed rows again, and with them the later rows of their records', async () => {
    const rows = [row('a', 1), row('b', 2), row('a', 3), row('c', 4), row('b', 5)]
    const answers: Answer[] = [
      (entries) => ({ UnprocessedEntries: entries.slice(1, 2), Errors: [invalid(entries[3])] }),
      all,
    ]
    const { requests, written, refused, delays } = await send(rows, answers)
    expect(requests).toEqual([
      ['1', '2', '3', '4', '5'],
      ['2', '5'],
    ])
    expect(written).toEqual([1, 3, 2, 5])
    expect(refused.map(([line]) => line)).toEqual([4])
    expect(delays.length).toBe(1)
  })

  it.each([
    ['HTTP status 503', failure('ServiceUnavailable', { $metadata: { httpStatusCode: 503 } })],
    ["a proxy's page", failure('SyntaxError', { $response: { statusCode: 502 } })],
    ['throttling', failure('ThrottlingException', { $metadata: { httpStatusCode: 400 } })],
    ['HTTP status 429', failure('Unknown', { $metadata: { httpStatusCode: 429 } })],
    ['a broken connection', failure('Error', { code: 'ECONNRESET' })],
    ['a time-out', failure('TimeoutError', {})],
  ])('is sent again after %s', async (_, error) => {
    const { requests, written, refused } = await send([row('a', 1)], [fail(error), fail(error), all])
    expect({ requests: requests.length, written, refused }).toEqual({ requests: 3, written: [1], refused: [] })
  })

  it('waits longer and longer, never the same time, and then refuses the rows', async () => {
    const error = failure('ServiceUnavailable', { $metadata: { httpStatusCode: 503 } })
    const result = await send([row('a', 1), row('b', 2)], [fail(error)])
    expect(result.requests.length).toBe(8)
    expect(result.error).toBeUndefined()
    const reason = 'ServiceUnavailable: the reason (after 8 attempts)'
    expect(result.refused).toEqual([
      [1, reason],
      [2, reason],
    ])
    expect(result.delays.length).toBe(7)
    for (const [index, delay] of result.delays.entries()) {
      const longest = Math.min(100 * 2 ** index, 5_000)
      expect(delay).toBeGreaterThanOrEqual(longest / 2)
      expect(delay).toBeLessThanOrEqual(longest)
    }
  })

  it('that nobody takes for lack of a server ends everything', async () => {
    const error = failure('Error', { code: 'ECONNREFUSED' })
    const result = await send([row('a', 1)], [fail(error)])
    expect(result.refused.length).toBe(1)
    expect(result.error).toBe(error)
  })

  it('that is not allowed ends everything at once and refuses nothing', async () => {
    const error = failure('AccessForbidden', { $metadata: { httpStatusCode: 403 } })
    expect(await send([row('a', 1)], [fail(error)])).toMatchObject({ error, refused: [], delays: [] })
  })

  it('that is refused as a whole is refused row by row', async () => {
    const error = failure('ValidationError', { $metadata: { httpStatusCode: 400 } })
    const { refused, requests } = await send([row('a', 1), row('b', 2)], [fail(error)])
    expect(requests.length).toBe(1)
    expect(refused).toEqual([
      [1, 'ValidationError: the reason'],
      [2, 'ValidationError: the reason'],
    ])
  })

  it('does not trust an answer about an entry that was not sent', async () => {
    const { error } = await send(
      [row('a', 1)],
      [() => ({ Errors: [invalid(row('x', 9).event.input as BatchWriteRecordEntry)] })],
    )
    expect(String(error)).toContain('was not sent')
  })
})
