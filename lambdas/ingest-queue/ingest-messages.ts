import type { SQSBatchResponse, SQSRecord } from 'aws-lambda'
import { type DeadLetter, deadLetter } from '../../store/events/dead-letter.ts'
import type { DeadLetters } from '../../store/events/dead-letters-sqs.ts'
import { ingest } from '../../store/events/ingest.ts'
import type { ReceivedMessage } from '../../store/events/retry-later-sqs.ts'
import type { WriteStores } from '../../store/stores.ts'
import { countEvents } from '../count-events.ts'

export interface MessageStores {
  stores: WriteStores
  deadLetters: DeadLetters
  retryLater: (messages: ReceivedMessage[]) => Promise<void>
  /** Told of an event that made the others fail. */
  onError: (error: unknown) => void
}

/**
 * Applies the events of a queue's messages. Those that are refused go to the dead-letter queue at once. Answers those
 * that a store did not take, and those refused that found no place there: they come again, after a growing time.
 */
export async function ingestMessages(
  records: SQSRecord[],
  { stores, deadLetters, retryLater, onError }: MessageStores,
): Promise<SQSBatchResponse> {
  const bodies = records.map(({ body }) => body)
  const results = await ingest(stores, bodies, onError)
  countEvents('IngestQueue', results)
  const failed = new Set<SQSRecord>()
  const refused = new Map<DeadLetter, SQSRecord>()
  for (const [index, record] of records.entries()) {
    const result = results[index]
    if (result === undefined || result.status === 'unprocessed') failed.add(record)
    else if (result.status === 'refused') refused.set(letterOf(record, result), record)
  }
  for (const letter of await deadLetters.setAside([...refused.keys()])) {
    const record = refused.get(letter)
    if (record !== undefined) failed.add(record)
  }
  await retryLater([...failed].map(received))
  return { batchItemFailures: [...failed].map(({ messageId }) => ({ itemIdentifier: messageId })) }
}

function letterOf({ body, messageId: id, eventSourceARN: source }: SQSRecord, why: { code: string; reason: string }) {
  return deadLetter({ body, source, id, ...why })
}

function received({ receiptHandle, attributes }: SQSRecord): ReceivedMessage {
  return { receiptHandle, receiveCount: Number(attributes.ApproximateReceiveCount) }
}
