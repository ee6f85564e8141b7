import type { HistoryRow } from '../records/change.ts'
import type { OfflineStore } from './offline-store.ts'
import { readMessage } from './outbox-message.ts'

/** A message of the outbox, named as Lambda names its members. */
export interface QueuedMessage {
  messageId: string
  body: string
}

/** What Lambda asks for, to keep these messages and to remove the others (SQS, ReportBatchItemFailures). */
export interface BatchResponse {
  batchItemFailures: { itemIdentifier: string }[]
}

/**
 * Appends the rows of the messages to the history. A message of which a row was not taken, or that cannot be read, is a
 * failure: it comes again with all of its rows, so that some may be in the history twice.
 */
export async function drainOutbox(
  messages: QueuedMessage[],
  { history, onError }: { history: OfflineStore; onError: (error: unknown) => void },
): Promise<BatchResponse> {
  const failed = new Set<string>()
  const from = new Map<HistoryRow, string>()
  for (const { messageId, body } of messages) {
    try {
      for (const row of readMessage(body)) from.set(row, messageId)
    } catch (error) {
      failed.add(messageId)
      onError(error)
    }
  }
  const refused = new Set(await history.append([...from.keys()]))
  for (const [row, messageId] of from) if (refused.has(row)) failed.add(messageId)
  return { batchItemFailures: [...failed].map((itemIdentifier) => ({ itemIdentifier })) }
}
