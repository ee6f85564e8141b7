import type { DeleteSessions } from '../catalog/delete-sessions.ts'
import type { DeleteSession } from '../deletes/delete-session.ts'
import type { FeatureGroup } from '../groups/feature-group.ts'
import type { ReplayScope } from '../offline/history-replay.ts'

const SESSIONS_PER_PAGE = 100

/** Which of a group's delete sessions are more than fences in its history, as it was at `writtenBy` if that is said. */
export async function sessionMeanings(
  sessions: Pick<DeleteSessions, 'list'>,
  { groupId, FeatureGroupName: table }: FeatureGroup,
  { writtenBy = Number.POSITIVE_INFINITY, ignored }: Pick<ReplayScope, 'writtenBy' | 'ignored'>,
): Promise<Pick<ReplayScope, 'removing' | 'undone'>> {
  const removing: string[] = []
  const undone: string[] = []
  for await (const session of sessionsOf(sessions, table)) {
    if (session.groupId !== groupId || ignored.includes(session.name)) continue
    if (session.mode !== 'soft') removing.push(session.name)
    else if (wasUndoing(session, writtenBy)) undone.push(session.name)
  }
  return { removing, undone }
}

function wasUndoing({ ledger }: DeleteSession, time: number): boolean {
  return ledger.some(({ status, at }) => status === 'undoing' && at <= time)
}

async function* sessionsOf({ list }: Pick<DeleteSessions, 'list'>, table: string): AsyncGenerator<DeleteSession> {
  let after: string | undefined
  do {
    const page = await list({ table, limit: SESSIONS_PER_PAGE, ...(after !== undefined && { after }) })
    yield* page.sessions
    after = page.next
  } while (after !== undefined)
}
