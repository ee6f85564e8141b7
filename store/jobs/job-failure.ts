import type { DeleteStores } from '../stores.ts'
import { failDeleteSession } from './fail-delete-session.ts'
import type { Job } from './job-queue.ts'
import { JOB_TRIES } from './job-tries.ts'

const FIRST_DELAY_SECONDS = 15
const MAX_DELAY_SECONDS = 900

export interface JobTry {
  /** How often the message was received, this time included. */
  receives: number
  /** Hides the message for so many seconds. */
  postpone: (seconds: number) => Promise<void>
  /** Told of the failure of a delete session that is not tried again. */
  onGivenUp: (error: unknown) => void
}

/**
 * What becomes of a job whose step has failed: it is tried again ten times within about an hour, ever later. After that
 * a delete session is `failed`. Throws the error as long as the message must stay, and for other jobs, whose messages
 * are then set aside.
 */
export function jobFailure(stores: Pick<DeleteStores, 'sessions' | 'jobs' | 'now'>, current: JobTry) {
  const { receives, postpone, onGivenUp } = current
  return async (job: Job, error: unknown): Promise<void> => {
    if (receives < JOB_TRIES) {
      await postpone(Math.min(FIRST_DELAY_SECONDS * 2 ** (receives - 1), MAX_DELAY_SECONDS))
      throw error
    }
    if (job.kind !== 'delete-session') throw error
    await failDeleteSession(stores, job, error)
    onGivenUp(error)
  }
}
