import { SendMessageBatchCommand, type SendMessageBatchCommandInput, type SQSClient } from '@aws-sdk/client-sqs'
import { boundedBatches } from '../calls/bounded-batches.ts'
import { resend } from '../calls/resend.ts'
import type { OfflineStore } from './offline-store.ts'
import { type OutboxMessage, toMessages } from './outbox-message.ts'

/**
 * What a request has at most. SQS would take 1 MiB, for a message as for a request (SendMessageBatch); a quarter is
 * what every queue takes, and only a message that is larger by itself asks for more.
 */
const MAX_REQUEST = { count: 10, bytes: 256 * 1_024 }

const ATTEMPTS = 3

export interface OutboxOptions {
  queueUrl: string
  /** Told why rows were not taken; the rows themselves come back to the caller. */
  onError: (error: unknown) => void
  /** The base of the waits before messages that SQS refused are sent again. @default - 50 milliseconds */
  backoffMs?: number
}

/**
 * Where rows of history wait that the stream refused: a queue, which `drainOutbox` empties. Rows that SQS does not take
 * either, tried three times, come back.
 */
export function sqsOutbox(client: SQSClient, { queueUrl, onError, backoffMs = 50 }: OutboxOptions): OfflineStore {
  async function send(messages: OutboxMessage[]): Promise<OutboxMessage[]> {
    const { Successful: taken = [] } = await client.send(
      new SendMessageBatchCommand(sendMessageBatchParams(queueUrl, messages)),
    )
    const ids = new Set(taken.map(({ Id }) => Id))
    return messages.filter((_, index) => !ids.has(String(index)))
  }

  return {
    async append(rows) {
      const left: OutboxMessage[] = []
      for (const request of boundedBatches(toMessages(rows), ({ bytes }) => bytes, MAX_REQUEST)) {
        left.push(...(await resend(request, send, { attempts: ATTEMPTS, backoffMs, onError })))
      }
      return left.flatMap((message) => message.rows)
    },
  }
}

export function sendMessageBatchParams(queueUrl: string, messages: { body: string }[]): SendMessageBatchCommandInput {
  return {
    QueueUrl: queueUrl,
    Entries: messages.map(({ body }, index) => ({ Id: String(index), MessageBody: body })),
  }
}
