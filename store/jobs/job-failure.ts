import type { Job, JobKind } from './job-queue.ts'
import { JOB_TRIES } from './job-tries.ts'

const FIRST_DELAY_SECONDS = 15
const MAX_DELAY_SECONDS = 900

/** By kind: ends the work of a job that has failed for good, so that nobody waits for it. May be called again. */
export type JobEnds = { [kind in JobKind]?: (job: Job, error: unknown) => Promise<void> }

export interface JobTry {
  /** How often the message was received, this time included. */
  receives: number
  /** Hides the message for so many seconds. */
  postpone: (seconds: number) => Promise<void>
  /** Told of the failure of a job that is not tried again, and was ended. */
  onGivenUp: (job: Job, error: unknown) => void
}

/**
 * What becomes of a job whose step has failed: it is tried again ten times within about an hour, ever later, and then
 * ended as its kind is. Throws the error as long as the message must stay, and for jobs of a kind that nothing ends,
 * whose messages are then set aside.
 */
export function jobFailure(ends: JobEnds, { receives, postpone, onGivenUp }: JobTry) {
  return async (job: Job, error: unknown): Promise<void> => {
    if (receives < JOB_TRIES) {
      await postpone(Math.min(FIRST_DELAY_SECONDS * 2 ** (receives - 1), MAX_DELAY_SECONDS))
      throw error
    }
    const end = ends[job.kind]
    if (end === undefined) throw error
    await end(job, error)
    onGivenUp(job, error)
  }
}
