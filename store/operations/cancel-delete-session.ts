import type { DeletePhase, DeleteSession } from '../deletes/delete-session.ts'
import { KdbError } from '../deletes/kdb-error.ts'
import { sessionStatus } from '../deletes/session-answer.ts'
import { withoutTurn, withStatus } from '../deletes/session-change.ts'
import type { DeleteStores } from '../stores.ts'
import { changeDeleteSession } from './change-delete-session.ts'

export interface Cancellation {
  reason: string
  actor: string
}

/** The phases in which nothing is gone for good. */
const STOPPABLE: readonly DeletePhase[] = ['count', 'mark']

/**
 * Stops a session at its next page; what it has deleted stays deleted. Throws KdbError 404 for an unknown session, 409
 * for one that has ended, is undoing, or is removing for good what it has deleted.
 */
export async function cancelDeleteSession(
  stores: Pick<DeleteStores, 'sessions' | 'now'>,
  name: string,
  { reason, actor }: Cancellation,
) {
  const cancelled = await changeDeleteSession(stores, name, (session) => {
    assertStoppable(session)
    const now = stores.now()
    const stopped = withStatus(session, { status: 'cancelled', actor, reason, now })
    // The worker may have deleted more than it has written down by now: it counts that before it ends.
    return session.phase === 'mark' ? { ...stopped, phase: 'settle', completionDueAt: now } : withoutTurn(stopped)
  })
  return sessionStatus(cancelled)
}

function assertStoppable({ name, status, phase }: DeleteSession): void {
  if (status !== 'processing') throw new KdbError(409, 'conflict', `session '${name}' is ${status}`)
  if (!STOPPABLE.includes(phase)) {
    throw new KdbError(409, 'conflict', `session '${name}' is removing what it has deleted`)
  }
}
