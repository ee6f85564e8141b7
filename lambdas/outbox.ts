import { readEnvironment } from '../store/environment.ts'
import type { OfflineStore } from '../store/offline/offline-store.ts'
import { loadOnce } from './load-once.ts'

/**
 * Where a function leaves rows that the history has refused: the queue of its environment. What it takes to send them is
 * loaded with the first, as few functions ever have any.
 */
export function outbox(): OfflineStore {
  const { OUTBOX_URL: queueUrl } = readEnvironment('OUTBOX_URL')
  const load = loadOnce(async () => (await import('./queue-outbox.ts')).queueOutbox(queueUrl))
  return { append: async (rows) => await (await load()).append(rows) }
}
