import { JOB_KINDS, type Job, type JobStep } from './job-queue.ts'

/** Enough for the longest step and for what ends a function. */
const MIN_TIME_LEFT_MS = 20_000

export interface JobRun {
  step: JobStep
  /** Queues the rest of a job, to go on after so many milliseconds. */
  resume: (job: Job, afterMs: number) => Promise<void>
  /** How long this process may still run, in milliseconds. */
  timeLeftMs: () => number
  /** What is to be done when a step has failed. @default - its error is thrown */
  onFailure?: (job: Job, error: unknown) => Promise<void>
}

/**
 * Steps through the job of a queue's message, until it is done, has to wait, or the time is nearly up: then its rest is
 * queued. The message may be removed when this resolves. Throws for a message that is no job, and when a step fails.
 */
export async function runJobMessage(body: string, run: JobRun): Promise<void> {
  const job = readJob(body)
  try {
    await runJob(job, run)
  } catch (error) {
    if (run.onFailure === undefined) throw error
    await run.onFailure(job, error)
  }
}

async function runJob(job: Job, { step, resume, timeLeftMs }: JobRun): Promise<void> {
  for (;;) {
    const progress = await step(job)
    if (progress === 'done') return
    if (progress !== 'more') return await resume(job, progress.afterMs)
    if (timeLeftMs() < MIN_TIME_LEFT_MS) return await resume(job, 0)
  }
}

function readJob(body: string): Job {
  const { kind: name, groupId, session } = JSON.parse(body) as { [member in keyof Job]?: unknown }
  const kind = JOB_KINDS.find((known) => known === name)
  const isSession = session === undefined || typeof session === 'string'
  if (kind === undefined || typeof groupId !== 'string' || !isSession) {
    const allowed = `it must have a groupId, and be of kind ${JOB_KINDS.join(', ')}`
    throw new Error(`a message of kind '${name}' for group '${groupId}' and session '${session}' is no job: ${allowed}`)
  }
  return { kind, groupId, ...(session !== undefined && { session }) }
}
