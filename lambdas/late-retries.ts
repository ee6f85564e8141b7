import type { ReceivedMessage } from '../store/events/retry-later-sqs.ts'
import { loadOnce } from './load-once.ts'

/** Lets messages of the queue at that address come again later; what it takes to tell SQS is loaded with the first. */
export function lateRetries(queueUrl: string): (messages: ReceivedMessage[]) => Promise<void> {
  const load = loadOnce(async () => (await import('./queue-retries.ts')).queueRetries(queueUrl))
  return async (messages) => {
    if (messages.length > 0) await (await load())(messages)
  }
}
