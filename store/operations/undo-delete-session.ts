import type { DeleteSession } from '../deletes/delete-session.ts'
import { KdbError } from '../deletes/kdb-error.ts'
import { sessionStatus } from '../deletes/session-answer.ts'
import { inPhase, turnAt, withStatus } from '../deletes/session-change.ts'
import type { DeleteStores } from '../stores.ts'
import { changeDeleteSession } from './change-delete-session.ts'

/**
 * Brings back, by a job, what a session of mode soft has deleted and nobody has written since. An undo that was asked
 * for before is the same one. Throws KdbError 404 for an unknown session, 409 for one that is under way or of another
 * mode, 410 after its undo window.
 */
export async function undoDeleteSession(
  stores: Pick<DeleteStores, 'sessions' | 'jobs' | 'now'>,
  name: string,
  { actor }: { actor: string },
) {
  const now = stores.now()
  const session = await changeDeleteSession(stores, name, (ended) => {
    if (ended.status === 'undoing' || ended.status === 'undone') return ended
    assertUndoable(ended, now)
    const { completionDueAt, ...complete } = withStatus(ended, { status: 'undoing', actor, now })
    // One that failed is walked through from its beginning again.
    const undoing = completionDueAt === undefined ? inPhase(complete, 'restore') : complete
    return { ...undoing, counts: { ...ended.counts, restored: 0 }, turn: turnAt(now, name) }
  })
  if (session.turn !== undefined) {
    await stores.jobs.enqueue({ kind: 'delete-session', groupId: session.groupId, session: name })
  }
  return sessionStatus(session)
}

function assertUndoable({ name, mode, turn, undoUntil, payloadsRemovedAt }: DeleteSession, now: number): void {
  if (mode !== 'soft')
    throw new KdbError(409, 'conflict', `session '${name}' is of mode ${mode}: nothing can come back`)
  if (turn !== undefined) throw new KdbError(409, 'conflict', `session '${name}' is still processing`)
  if (payloadsRemovedAt !== undefined || undoUntil === undefined || now >= undoUntil) {
    throw new KdbError(410, 'gone', `session '${name}' could be undone until ${new Date(undoUntil ?? 0).toISOString()}`)
  }
}
