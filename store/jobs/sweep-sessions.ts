import type { DeleteSession, DeleteStatus } from '../deletes/delete-session.ts'
import { inPhase, turnAt } from '../deletes/session-change.ts'
import type { DeleteStores } from '../stores.ts'

const SESSIONS_PER_SWEEP = 100
/** A worker writes down how far it came far more often than this, or has a message that waits. */
const STALLED_MS = 30 * 60_000

const ACTIVE: readonly DeleteStatus[] = ['processing', 'undoing']

export interface Swept {
  /** Sessions whose undo window is over, and such that ended before what they did was complete. */
  due: number
  /** Sessions that nobody worked on any more. */
  resumed: number
}

/**
 * Has the payloads removed of sessions that can no longer be undone, what failed sessions did completed, and takes up
 * sessions again that lost their worker. May be repeated at any time.
 */
export async function sweepSessions(
  stores: Pick<DeleteStores, 'sessions' | 'jobs' | 'now'>,
  { stalledMs = STALLED_MS }: { stalledMs?: number } = {},
): Promise<Swept> {
  const now = stores.now()
  const due = await stores.sessions.due(now, SESSIONS_PER_SWEEP)
  for (const session of due) await finish(stores, session, now)
  let resumed = 0
  for (const status of ACTIVE) {
    const { sessions } = await stores.sessions.list({ status, limit: SESSIONS_PER_SWEEP })
    for (const session of sessions.filter(({ updatedAt }) => now - updatedAt >= stalledMs)) {
      await enqueue(stores, session)
      resumed += 1
    }
  }
  return { due: due.length, resumed }
}

async function finish(stores: Pick<DeleteStores, 'sessions' | 'jobs'>, session: DeleteSession, now: number) {
  const isEnded = session.turn === undefined
  const toDo = session.completionDueAt === undefined ? inPhase(session, 'forget') : session
  const begun = { ...toDo, turn: turnAt(now, session.name), revision: session.revision + 1 }
  const isBegun = isEnded ? await stores.sessions.replace(begun) : session.phase === toDo.phase
  if (isBegun) await enqueue(stores, session)
}

async function enqueue({ jobs }: Pick<DeleteStores, 'jobs'>, { groupId, name }: DeleteSession): Promise<void> {
  await jobs.enqueue({ kind: 'delete-session', groupId, session: name })
}
