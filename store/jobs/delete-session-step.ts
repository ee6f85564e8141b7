import type { DeletePhase, DeleteSession } from '../deletes/delete-session.ts'
import { inPhase, withoutTurn, withStatus } from '../deletes/session-change.ts'
import type { FeatureGroup } from '../groups/feature-group.ts'
import { findUndeletedGroup } from '../groups/feature-group-name.ts'
import type { SessionStores } from '../stores.ts'
import { PHASES, type PhaseStep } from './delete-session-phases.ts'
import type { Job, Progress } from './job-queue.ts'

const NOT_YOUR_TURN: Progress = { afterMs: 1_000 }

/** Whoever changes a session when no caller does. */
const WORKER = 'cairn'

/** What follows a phase of a session that was not stopped; `settle` is of one that was, and is undone or taken up again. */
const NEXT: Record<DeleteSession['mode'], { [phase in DeletePhase]?: DeletePhase }> = {
  soft: { count: 'mark', settle: 'restore' },
  hard: { count: 'mark', mark: 'purge', settle: 'purge' },
  erase: { count: 'mark', mark: 'purge', settle: 'purge', purge: 'history', evict: 'history' },
}

/**
 * Does the next bit of a delete session, or of its undo, and writes down how far it came. Every bit is safe to repeat:
 * what a worker did and did not write down is recognised when it is done again, and is counted once.
 */
export async function deleteSessionStep(stores: SessionStores, { groupId, session: name }: Job): Promise<Progress> {
  const session = name === undefined ? undefined : await stores.sessions.get(name)
  if (session === undefined || session.turn === undefined || session.groupId !== groupId) return 'done'
  if ((await stores.sessions.current(groupId)) !== name) return NOT_YOUR_TURN
  const group = await findUndeletedGroup(stores, groupId, { isFresh: true })
  const { session: next, afterMs } =
    group === undefined ? { session: orphaned(session, stores.now()) } : await advance(stores, group, session)
  const revised = { ...next, revision: session.revision + 1, updatedAt: stores.now() }
  if (!(await stores.sessions.replace(revised))) return await afterOvertaking(stores, session)
  if (next.turn === undefined) return 'done'
  return afterMs === undefined ? 'more' : { afterMs }
}

/** Who was overtaken by a cancellation goes on; by another worker, leaves the session to it, which saves doing all twice. */
async function afterOvertaking({ sessions }: SessionStores, { name, status }: DeleteSession): Promise<Progress> {
  const current = await sessions.get(name)
  return current?.status === status ? 'done' : 'more'
}

async function advance(stores: SessionStores, group: FeatureGroup, session: DeleteSession): Promise<PhaseStep> {
  const afterMs = await waitOf(session, stores)
  if (afterMs > 0) return { session, isDone: false, afterMs }
  const step = await PHASES[session.phase](stores, group, session)
  return step.isDone ? afterPhase(step.session, stores.now()) : step
}

/**
 * In how many milliseconds a session can begin to erase. A write that is on its way would come to the online store after
 * the session had looked there, and its row be removed from the history.
 */
async function waitOf({ mode, phase, acceptedAt }: DeleteSession, { quietIn }: SessionStores): Promise<number> {
  if (mode !== 'erase' || (phase !== 'mark' && phase !== 'evict')) return 0
  return (await quietIn?.(acceptedAt)) ?? 0
}

function afterPhase(session: DeleteSession, now: number): PhaseStep {
  if (session.phase === 'forget') return { session: withoutTurn({ ...session, payloadsRemovedAt: now }), isDone: true }
  const isStopped = session.status === 'cancelled' || session.status === 'failed'
  if (!isStopped && session.phase === 'purge' && session.failedIn === 'mark') return marked(session)
  const phase = isStopped ? afterStop(session) : NEXT[session.mode][session.phase]
  if (phase !== undefined && session.phase !== 'restore') return { session: inPhase(session, phase), isDone: false }
  if (isStopped) return { session: withoutTurn(session), isDone: true }
  const status = session.status === 'undoing' ? 'undone' : 'completed'
  return { session: withoutTurn(withStatus(session, { status, actor: WORKER, now })), isDone: true }
}

/** A session that is taken up again looks for the victims that are left when those it had are gone. */
function marked({ failedIn: _, ...session }: DeleteSession): PhaseStep {
  return { session: { ...inPhase(session, 'mark'), counts: { ...session.counts, later: 0 } }, isDone: false }
}

/** What was deleted for good before a session was stopped is not kept for an undo that there cannot be. */
function afterStop({ mode, phase }: DeleteSession): DeletePhase | undefined {
  return mode !== 'soft' && phase === 'settle' ? 'purge' : undefined
}

/** The records of a deleted group go away by themselves, and with them what the session was for. */
function orphaned(session: DeleteSession, now: number): DeleteSession {
  const isUnderWay = session.status === 'processing' || session.status === 'undoing'
  if (!isUnderWay) return withoutTurn({ ...session, payloadsRemovedAt: now })
  const failed = withStatus(session, { status: 'failed', actor: WORKER, reason: 'feature group deleted', now })
  return withoutTurn({ ...failed, error: [`feature group ${session.table} was deleted`] })
}
