import type { DeletePhase, DeleteSession } from '../deletes/delete-session.ts'
import { withoutTurn, withStatus } from '../deletes/session-change.ts'
import { changeDeleteSession } from '../operations/change-delete-session.ts'
import type { DeleteStores } from '../stores.ts'
import { failureReason } from './failure-reason.ts'
import type { Job } from './job-queue.ts'

const WORKER = 'cairn'

interface Failure {
  reason: string
  now: number
}

/** The phases that complete what was done to records, so that none stays deleted by half. */
const COMPLETING: readonly DeletePhase[] = ['settle', 'purge']

/**
 * Ends the delete session of a job that has failed for good: it is `failed`, with the reason in its `error`, and an undo
 * may begin. What it has deleted is completed first: counted, with its marker in the history, and gone if the session
 * is not soft. When not even that can be done now, the sweeps try again, as with payloads that could not be removed,
 * for which no session fails.
 */
export async function failDeleteSession(
  stores: Pick<DeleteStores, 'sessions' | 'jobs' | 'now'>,
  job: Job,
  error: unknown,
): Promise<void> {
  if (job.session === undefined) return
  const failure = { reason: failureReason(error), now: stores.now() }
  const { turn } = await changeDeleteSession(stores, job.session, (session) =>
    session.turn === undefined ? session : failed(session, failure),
  )
  if (turn !== undefined) await stores.jobs.enqueue(job)
}

/** One that was taken up again and has not come back to marking is not through with it. */
function firstIn({ phase, failedIn }: DeleteSession): DeletePhase {
  return failedIn === 'mark' ? failedIn : phase
}

function failed(session: DeleteSession, { reason, now }: Failure): DeleteSession {
  const { phase, status } = session
  if (phase === 'forget') return withoutTurn(session)
  const told = session.error.includes(reason) ? session : { ...session, error: [...session.error, reason] }
  const isEnded = status === 'failed' || status === 'cancelled'
  const ended = isEnded
    ? told
    : withStatus({ ...told, failedIn: firstIn(session) }, { status: 'failed', actor: WORKER, reason, now })
  if (phase === 'mark') return { ...ended, phase: 'settle', completionDueAt: now }
  return COMPLETING.includes(phase) ? { ...withoutTurn(ended), completionDueAt: now } : withoutTurn(ended)
}
