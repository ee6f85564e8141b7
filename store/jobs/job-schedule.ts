import type { Job } from './job-queue.ts'

/** A job that is queued. */
export interface Scheduled {
  job: Job
  /** When its next step is due, in milliseconds of the schedule's clock. */
  dueAt: number
  /** How many of its last steps failed. */
  failures: number
  /** It was enqueued or woken after its last step had begun. */
  isCalled: boolean
}

/**
 * Whose step is next. Groups take turns; in a group the job that came first goes on until it is done, or waits. `now`
 * is a clock in milliseconds.
 */
export function jobSchedule(now: () => number) {
  const queued = new Map<string, Scheduled>()
  /** Groups by their last step, that of the longest ago first. */
  const stepped = new Set<string>()

  function call(scheduled: Scheduled): void {
    scheduled.isCalled = true
    scheduled.dueAt = now()
  }

  function nextOf(ready: Map<string, Scheduled>): Scheduled | undefined {
    for (const [groupId, scheduled] of ready) if (!stepped.has(groupId)) return scheduled
    for (const groupId of stepped) if (ready.has(groupId)) return ready.get(groupId)
    return undefined
  }

  return {
    /** Adds a job that is due at once; one that is queued already becomes due. */
    add(job: Job): void {
      const scheduled = queued.get(keyOf(job))
      if (scheduled === undefined) queued.set(keyOf(job), { job, dueAt: now(), failures: 0, isCalled: false })
      else call(scheduled)
    },
    remove(job: Job): void {
      queued.delete(keyOf(job))
      if (![...queued.values()].some(({ job: { groupId } }) => groupId === job.groupId)) stepped.delete(job.groupId)
    },
    /** Ends the waits of a group's jobs, but not of those that failed. */
    wake(groupId: string): void {
      for (const scheduled of queued.values()) {
        if (scheduled.job.groupId === groupId && scheduled.failures === 0) call(scheduled)
      }
    },
    /** The job to step, which is taken to be stepped now; undefined when none is due. */
    next(): Scheduled | undefined {
      const ready = new Map<string, Scheduled>()
      for (const scheduled of queued.values()) {
        const { groupId } = scheduled.job
        if (scheduled.dueAt <= now() && !ready.has(groupId)) ready.set(groupId, scheduled)
      }
      const next = nextOf(ready)
      if (next === undefined) return undefined
      stepped.delete(next.job.groupId)
      stepped.add(next.job.groupId)
      next.isCalled = false
      return next
    },
    /** In how many milliseconds the next job is due; undefined when there is no job. */
    idleMs(): number | undefined {
      if (queued.size === 0) return undefined
      let first = Number.POSITIVE_INFINITY
      for (const { dueAt } of queued.values()) first = Math.min(first, dueAt)
      return Math.max(0, first - now())
    },
  }
}

function keyOf({ kind, groupId, session }: Job): string {
  return JSON.stringify([kind, groupId, session])
}
