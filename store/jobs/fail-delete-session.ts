import { ApiError } from '../api-error.ts'
import type { DeleteSession } from '../deletes/delete-session.ts'
import { KdbError } from '../deletes/kdb-error.ts'
import { withoutTurn, withStatus } from '../deletes/session-change.ts'
import { changeDeleteSession } from '../operations/change-delete-session.ts'
import type { DeleteStores } from '../stores.ts'
import type { Job } from './job-queue.ts'

const WORKER = 'cairn'

interface Failure {
  reason: string
  now: number
}

/**
 * Ends the delete session of a job that has failed for good: it is `failed`, with the reason in its `error`, and an undo
 * may begin. What it has deleted without writing that down is counted first, if that can be done. A session whose
 * payloads could not be removed stays what it was, and the next sweep tries again.
 */
export async function failDeleteSession(
  stores: Pick<DeleteStores, 'sessions' | 'jobs' | 'now'>,
  job: Job,
  error: unknown,
): Promise<void> {
  if (job.session === undefined) return
  const failure = { reason: reasonOf(error), now: stores.now() }
  const { turn } = await changeDeleteSession(stores, job.session, (session) =>
    session.turn === undefined ? session : failed(session, failure),
  )
  if (turn !== undefined) await stores.jobs.enqueue(job)
}

function failed(session: DeleteSession, { reason, now }: Failure): DeleteSession {
  const { phase, status } = session
  if (phase === 'forget') return withoutTurn(session)
  const told = { ...session, error: [...session.error, reason] }
  if (status === 'failed' || status === 'cancelled') return withoutTurn(told)
  const ended = withStatus(told, { status: 'failed', actor: WORKER, reason, now })
  return phase === 'mark' ? { ...ended, phase: 'settle' } : withoutTurn(ended)
}

/** Only errors of our own say nothing of the values of records. */
function reasonOf(error: unknown): string {
  if (error instanceof KdbError || error instanceof ApiError) return error.message
  return 'internal error: the log of the worker tells of it'
}
