import type { DatabaseSync } from 'node:sqlite'
import type { Job, JobQueue, JobStep } from './job-queue.ts'
import { jobSchedule, type Scheduled } from './job-schedule.ts'

const SCHEMA = `
  CREATE TABLE IF NOT EXISTS jobs (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    job TEXT NOT NULL
  ) STRICT;
`

const MAX_RETRY_MS = 60_000
/** The longest that a timer can wait. */
const MAX_TIMER_MS = 2 ** 31 - 1

/** Creates the table of the queue where it is missing. */
export function createJobTables(db: DatabaseSync): void {
  db.exec(SCHEMA)
}

export interface SqliteJobQueueOptions {
  step: JobStep
  /** Told of a step that failed; it is tried again after `retryMs`, then after ever longer, up to a minute. */
  onError: (error: unknown, job: Job) => void
  retryMs: number
}

/**
 * The queue in a SQLite database, worked on in this process: a step at a time, other work in between. Groups take
 * turns. A wait is not kept: another process makes the next step at once.
 */
export function sqliteJobQueue(db: DatabaseSync, { step, onError, retryMs }: SqliteJobQueueOptions) {
  const insert = db.prepare('INSERT INTO jobs (job) VALUES (?)')
  const isQueued = db.prepare('SELECT 1 FROM jobs WHERE job = ?')
  const all = db.prepare('SELECT job FROM jobs ORDER BY id')
  const remove = db.prepare('DELETE FROM jobs WHERE job = ?')
  const now = () => performance.now()
  const schedule = jobSchedule(now)
  let running: Promise<void> | undefined
  let timer: NodeJS.Timeout | undefined
  let isClosed = false

  async function runDue(): Promise<void> {
    await new Promise(setImmediate)
    for (let next = schedule.next(); next !== undefined && !isClosed; next = schedule.next()) {
      await run(next)
      await new Promise(setImmediate)
    }
    running = undefined
    const idleMs = schedule.idleMs()
    if (idleMs !== undefined && !isClosed) timer = setTimeout(runNow, Math.min(idleMs, MAX_TIMER_MS)).unref()
  }

  async function run(scheduled: Scheduled): Promise<void> {
    const { job } = scheduled
    try {
      const progress = await step(job)
      scheduled.failures = 0
      if (scheduled.isCalled || progress === 'more') return
      if (progress === 'done') end(job)
      else scheduled.dueAt = now() + progress.afterMs
    } catch (error) {
      scheduled.dueAt = now() + Math.min(retryMs * 2 ** scheduled.failures, MAX_RETRY_MS)
      scheduled.failures += 1
      onError(error, job)
    }
  }

  function end(job: Job): void {
    remove.run(textOf(job))
    schedule.remove(job)
    schedule.wake(job.groupId)
  }

  function runNow(): void {
    clearTimeout(timer)
    if (!isClosed) running ??= runDue()
  }

  return {
    enqueue(job: Job): void {
      if (isQueued.get(textOf(job)) === undefined) insert.run(textOf(job))
      schedule.add(job)
      runNow()
    },
    /** Makes the next steps of a group's jobs at once, those that wait. A job that ends does so to the others. */
    wake(groupId: string): void {
      schedule.wake(groupId)
      runNow()
    },
    /** Goes on with the jobs that an earlier process left. */
    start(): void {
      for (const { job } of all.all()) schedule.add(JSON.parse(String(job)))
      runNow()
    },
    /** Stops after the step that is under way. */
    async close(): Promise<void> {
      isClosed = true
      clearTimeout(timer)
      await running
    },
  } satisfies JobQueue & Record<string, unknown>
}

/** The same text for the same job. */
function textOf({ kind, groupId, session }: Job): string {
  return JSON.stringify({ kind, groupId, session })
}
