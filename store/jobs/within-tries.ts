import { ApiError } from '../api-error.ts'
import type { JobStep } from './job-queue.ts'
import { JOB_TRIES } from './job-tries.ts'

/**
 * A step that throws InternalFailure in place of being made when the message of its job has been received, this time
 * included, more often than it is tried: a worker that had no memory or no time left could not say so.
 */
export function withinTries(step: JobStep, receives: number): JobStep {
  return async (job) => {
    if (receives <= JOB_TRIES) return await step(job)
    throw new ApiError('InternalFailure', `it was tried ${JOB_TRIES} times: the log of the worker tells how that ended`)
  }
}
