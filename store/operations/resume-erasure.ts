import type { DeleteSession } from '../deletes/delete-session.ts'
import { turnAt, withStatus } from '../deletes/session-change.ts'
import type { DeleteStores } from '../stores.ts'
import { changeDeleteSession } from './change-delete-session.ts'

/**
 * Takes up an erasing session again that has failed at the history, which no other session could do for it: the markers
 * by which it knows its victims' rows bear its name. Any other session stays as it is.
 */
export async function resumeErasure(
  stores: Pick<DeleteStores, 'sessions' | 'now'>,
  session: DeleteSession,
  actor: string,
): Promise<DeleteSession> {
  if (!hasFailedAtHistory(session)) return session
  const now = stores.now()
  return await changeDeleteSession(stores, session.name, (current) => {
    if (!hasFailedAtHistory(current)) return current
    const { historyState: _, historyDueAt: __, ...failed } = current
    return { ...withStatus(failed, { status: 'processing', actor, now }), error: [], turn: turnAt(now, session.name) }
  })
}

function hasFailedAtHistory({ status, phase }: DeleteSession): boolean {
  return status === 'failed' && phase === 'history'
}
