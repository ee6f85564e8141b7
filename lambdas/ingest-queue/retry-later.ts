import { readEnvironment } from '../../store/environment.ts'
import { loadOnce } from '../load-once.ts'
import type { MessageStores } from './ingest-messages.ts'

/** Lets messages of the queue of the environment come again; what it takes to tell SQS is loaded with the first. */
export function retryLater(): MessageStores['retryLater'] {
  const { INGEST_URL: queueUrl } = readEnvironment('INGEST_URL')
  const load = loadOnce(async () => (await import('./queue-retries.ts')).queueRetries(queueUrl))
  return async (messages) => {
    if (messages.length > 0) await (await load())(messages)
  }
}
