import { readEnvironment } from '../store/environment.ts'
import type { DeadLetters } from '../store/events/dead-letters-sqs.ts'
import { loadOnce } from './load-once.ts'

/**
 * Where a function sets events aside that are refused: the queue of its environment. What it takes to send them is
 * loaded with the first.
 */
export function deadLetters(): DeadLetters {
  const { DEAD_LETTERS_URL: queueUrl } = readEnvironment('DEAD_LETTERS_URL')
  const load = loadOnce(async () => (await import('./queue-dead-letters.ts')).queueDeadLetters(queueUrl))
  return { setAside: async (letters) => (letters.length === 0 ? [] : await (await load()).setAside(letters)) }
}
