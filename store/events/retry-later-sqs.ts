import { ChangeMessageVisibilityBatchCommand, type SQSClient } from '@aws-sdk/client-sqs'
import { batches } from '../calls/batches.ts'

/** A message that was received and is to come again. */
export interface ReceivedMessage {
  receiptHandle: string
  /** How often it was received, this time included. */
  receiveCount: number
}

export interface RetryLaterOptions {
  queueUrl: string
  /** Told when SQS could not be told: then the messages come again after the queue's own time. */
  onError: (error: unknown) => void
}

/** SQS changes so many in a request. */
const MAX_BATCH = 10
const MAX_SECONDS = 900

/** Lets messages come again after a time that doubles with each receipt, in place of the queue's own. */
export function sqsRetryLater(client: SQSClient, { queueUrl, onError }: RetryLaterOptions) {
  return async (messages: ReceivedMessage[]): Promise<void> => {
    for (const batch of batches(messages, MAX_BATCH)) {
      const Entries = batch.map(({ receiptHandle, receiveCount }, index) => ({
        Id: String(index),
        ReceiptHandle: receiptHandle,
        VisibilityTimeout: retryAfterSeconds(receiveCount, Math.random()),
      }))
      await client
        .send(new ChangeMessageVisibilityBatchCommand({ QueueUrl: queueUrl, Entries }))
        .then(({ Failed: failed = [] }) => {
          if (failed.length > 0) onError(new Error(`${failed.length} of ${batch.length} messages keep their time`))
        }, onError)
    }
  }
}

/** From half a second, doubled with each receipt, to twice as much; a quarter of an hour at most. */
export function retryAfterSeconds(receiveCount: number, random: number): number {
  const least = Math.min(2 ** (receiveCount - 1), MAX_SECONDS) / 2
  return Math.ceil(least + random * least)
}
