import type { Awaitable } from '../online/online-store.ts'

/** A step of long work over a feature group, small and safe to repeat. */
export interface Job {
  kind: 'group-cleanup'
  groupId: string
}

/** Does one step; says whether another one is needed. */
export type JobStep = (job: Job) => Promise<boolean>

/** The queue of long jobs: each one is stepped through, at least once a step, until it is done. */
export interface JobQueue {
  /** Accepts the job; durable when it returns. */
  enqueue(job: Job): Awaitable<void>
}
