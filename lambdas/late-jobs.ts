import { readEnvironment } from '../store/environment.ts'
import { loadOnce } from './load-once.ts'
import type { queuedJobs } from './queued-jobs.ts'

/** A queue of jobs; what it takes to send one is loaded with the first. @default - that of the environment */
export function lateJobs(queueUrl = readEnvironment('JOBS_URL').JOBS_URL): ReturnType<typeof queuedJobs> {
  const load = loadOnce(async () => (await import('./queued-jobs.ts')).queuedJobs(queueUrl))
  return {
    enqueue: async (job) => await (await load()).enqueue(job),
    resume: async (job, afterMs) => await (await load()).resume(job, afterMs),
    postpone: async (receiptHandle, seconds) => await (await load()).postpone(receiptHandle, seconds),
  }
}
