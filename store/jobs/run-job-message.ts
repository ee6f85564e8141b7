import type { Job, JobStep } from './job-queue.ts'

/** Enough for the longest step and for what ends a function. */
const MIN_TIME_LEFT_MS = 20_000

export interface JobRun {
  step: JobStep
  /** Queues the rest of a job. */
  resume: (job: Job) => Promise<void>
  /** How long this process may still run, in milliseconds. */
  timeLeftMs: () => number
}

/**
 * Steps through the job of a queue's message, until it is done or the time is nearly up: then its rest is queued. The
 * message may be removed when this resolves. Throws for a message that is no job, and when a step fails.
 */
export async function runJobMessage(body: string, { step, resume, timeLeftMs }: JobRun): Promise<void> {
  const job = readJob(body)
  while (await step(job)) {
    if (timeLeftMs() < MIN_TIME_LEFT_MS) return await resume(job)
  }
}

function readJob(body: string): Job {
  const { kind, groupId } = JSON.parse(body) as Partial<Job>
  if (kind === 'group-cleanup' && typeof groupId === 'string') return { kind, groupId }
  throw new Error(`a message of kind '${kind}' is no job: it must be of kind 'group-cleanup' and have a groupId`)
}
