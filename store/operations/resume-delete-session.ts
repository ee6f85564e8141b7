import type { DeleteSession } from '../deletes/delete-session.ts'
import { turnAt, withoutTurn, withStatus } from '../deletes/session-change.ts'
import type { DeleteStores } from '../stores.ts'
import { changeDeleteSession } from './change-delete-session.ts'

/**
 * Takes up a session again that has failed, if it is one that removes for good: no undo makes up for what it has not
 * done, and no other session could erase the rest, since the markers by which it knows its victims' rows bear its name.
 * Any other session stays as it is.
 */
export async function resumeDeleteSession(
  stores: Pick<DeleteStores, 'sessions' | 'now'>,
  session: DeleteSession,
  actor: string,
): Promise<DeleteSession> {
  if (!canGoOn(session)) return session
  const now = stores.now()
  return await changeDeleteSession(stores, session.name, (current) => {
    if (!canGoOn(current)) return current
    const { historyState: _, historyDueAt: __, ...failed } = withoutTurn(current)
    return { ...withStatus(failed, { status: 'processing', actor, now }), error: [], turn: turnAt(now, session.name) }
  })
}

function canGoOn({ status, mode, failedIn }: DeleteSession): boolean {
  return status === 'failed' && mode !== 'soft' && failedIn !== undefined
}
