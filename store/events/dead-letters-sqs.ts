import { SendMessageBatchCommand, type SendMessageBatchCommandInput, type SQSClient } from '@aws-sdk/client-sqs'
import { boundedBatches } from '../calls/bounded-batches.ts'
import { resend } from '../calls/resend.ts'
import type { DeadLetter } from './dead-letter.ts'

/** Where events go that can never be written as they are. */
export interface DeadLetters {
  /** Keeps the letters; those that found no place come back. */
  setAside(letters: DeadLetter[]): Promise<DeadLetter[]>
}

export interface DeadLettersOptions {
  queueUrl: string
  /** Told why letters were not taken; the letters themselves come back to the caller. */
  onError: (error: unknown) => void
  /** The base of the waits before letters that SQS refused are sent again. @default - 50 milliseconds */
  backoffMs?: number
}

/** Limits of SendMessageBatch; the attributes count too. */
const MAX_REQUEST = { count: 10, bytes: 1_048_576 }
const ATTEMPTS = 3

/** The dead-letter queue. What SQS does not take, tried three times, comes back. */
export function sqsDeadLetters(
  client: SQSClient,
  { queueUrl, onError, backoffMs = 50 }: DeadLettersOptions,
): DeadLetters {
  async function send(letters: DeadLetter[]): Promise<DeadLetter[]> {
    const { Successful: taken = [] } = await client.send(
      new SendMessageBatchCommand(deadLetterParams(queueUrl, letters)),
    )
    const ids = new Set(taken.map(({ Id }) => Id))
    return letters.filter((_, index) => !ids.has(String(index)))
  }

  return {
    async setAside(letters) {
      const left: DeadLetter[] = []
      for (const request of boundedBatches(letters, bytesOf, MAX_REQUEST)) {
        left.push(...(await resend(request, send, { attempts: ATTEMPTS, backoffMs, onError })))
      }
      return left
    },
  }
}

export function deadLetterParams(queueUrl: string, letters: DeadLetter[]): SendMessageBatchCommandInput {
  return {
    QueueUrl: queueUrl,
    Entries: letters.map(({ body, attributes }, index) => ({
      Id: String(index),
      MessageBody: body,
      MessageAttributes: Object.fromEntries(
        Object.entries(attributes).map(([name, StringValue]) => [name, { DataType: 'String', StringValue }]),
      ),
    })),
  }
}

function bytesOf({ body, attributes }: DeadLetter): number {
  const texts = Object.entries(attributes).flatMap(([name, value]) => [name, 'String', value])
  return Buffer.byteLength(body) + texts.reduce((sum, text) => sum + Buffer.byteLength(text), 0)
}
