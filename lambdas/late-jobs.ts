import { readEnvironment } from '../store/environment.ts'
import { loadOnce } from './load-once.ts'
import type { queuedJobs } from './queued-jobs.ts'

/** The queue of jobs of the environment; what it takes to send one is loaded with the first. */
export function lateJobs(): ReturnType<typeof queuedJobs> {
  const { JOBS_URL } = readEnvironment('JOBS_URL')
  const load = loadOnce(async () => (await import('./queued-jobs.ts')).queuedJobs(JOBS_URL))
  return {
    enqueue: async (job) => await (await load()).enqueue(job),
    resume: async (job, afterMs) => await (await load()).resume(job, afterMs),
    postpone: async (receiptHandle, seconds) => await (await load()).postpone(receiptHandle, seconds),
  }
}
