import { interruptible } from '../history/interruptible.ts'
import { print } from '../output.ts'
import type { SessionStatus } from './delete-sessions.ts'
import { type Watch, watchSession } from './watch-session.ts'

const GOOD_ENDS = new Set(['completed', 'undone'])

/**
 * Watches a session to its end and prints its status. Answers the exit status: 0, or that of a signal, which ends the
 * watching and not the session. Throws for a session that failed or was cancelled.
 */
export async function followSession(watch: Omit<Watch, 'signal'>): Promise<number> {
  let ended: SessionStatus | undefined
  const exitStatus = await interruptible(async (signal) => {
    ended = await watchSession({ ...watch, signal })
  })
  if (ended === undefined) {
    process.stderr.write(`cairn: session ${watch.name} goes on; "cairn deletes show ${watch.name} --watch" shows how\n`)
    return exitStatus
  }
  await printJson(ended)
  if (GOOD_ENDS.has(ended.status)) return exitStatus
  const reasons = ended.error.length === 0 ? '' : `: ${ended.error.join('; ')}`
  throw new Error(`session ${ended.name} is ${ended.status}${reasons}`)
}

/** Prints an answer of the API as JSON. */
export function printJson(answer: unknown): Promise<void> {
  return print(`${JSON.stringify(answer, null, 2)}\n`)
}
