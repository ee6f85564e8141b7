import type { Awaitable } from '../online/online-store.ts'

export const JOB_KINDS = ['group-cleanup', 'delete-session', 'restore', 'file-import', 'file-part'] as const

export type JobKind = (typeof JOB_KINDS)[number]

/** Long work over a feature group, done in steps that are small and safe to repeat. */
export interface Job {
  kind: JobKind
  groupId: string
  /** The id of the work, where a group can have more than one of the kind. */
  session?: string
}

/** Whether a job has ended; if not, when its next step is due: at once, or after so many milliseconds. */
export type Progress = 'done' | 'more' | { afterMs: number }

/** Does one step. */
export type JobStep = (job: Job) => Promise<Progress>

/** The queue of long jobs: each one is stepped through, at least once a step, until it is done. */
export interface JobQueue {
  /** Accepts the job; durable when it returns. A job that is in the queue already may be enqueued again. */
  enqueue(job: Job): Awaitable<void>
}
