import type { DatabaseSync } from 'node:sqlite'
import type { Job, JobQueue, JobStep } from './job-queue.ts'

const SCHEMA = `
  CREATE TABLE IF NOT EXISTS jobs (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    job TEXT NOT NULL
  ) STRICT;
`

/** Creates the table of the queue where it is missing. */
export function createJobTables(db: DatabaseSync): void {
  db.exec(SCHEMA)
}

export interface SqliteJobQueueOptions {
  step: JobStep
  /** Told of a step that failed; the job is tried again after `retryMs`. */
  onError: (error: unknown, job: Job) => void
  retryMs: number
}

/** The queue in a SQLite database, worked on in this process: a step at a time, other work in between. */
export function sqliteJobQueue(db: DatabaseSync, { step, onError, retryMs }: SqliteJobQueueOptions) {
  const insert = db.prepare('INSERT INTO jobs (job) VALUES (?)')
  const first = db.prepare('SELECT id, job FROM jobs WHERE id > ? ORDER BY id LIMIT 1')
  const remove = db.prepare('DELETE FROM jobs WHERE id = ?')
  let running: Promise<void> | undefined
  let retry: NodeJS.Timeout | undefined
  let isClosed = false

  async function runAll(): Promise<void> {
    let failed = false
    for (let last = 0, row = next(last); row !== undefined && !isClosed; row = next(last)) {
      if (await runToEnd(row.job)) remove.run(row.id)
      else failed = true
      last = row.id
    }
    running = undefined
    if (failed && !isClosed) retry = setTimeout(start, retryMs).unref()
  }

  function next(after: number) {
    if (isClosed) return undefined
    const row = first.get(after)
    return row && { id: Number(row['id']), job: JSON.parse(String(row['job'])) as Job }
  }

  /** False when a step failed, or the queue was closed in between. */
  async function runToEnd(job: Job): Promise<boolean> {
    try {
      while (!isClosed) {
        await new Promise(setImmediate)
        if (!(await step(job))) return true
      }
    } catch (error) {
      onError(error, job)
    }
    return false
  }

  function start(): void {
    clearTimeout(retry)
    running ??= runAll()
  }

  return {
    enqueue(job: Job): void {
      insert.run(JSON.stringify(job))
      start()
    },
    /** Goes on with the jobs that an earlier process left. */
    start,
    /** Stops after the step that is under way. */
    async close(): Promise<void> {
      isClosed = true
      clearTimeout(retry)
      await running
    },
  } satisfies JobQueue & Record<string, unknown>
}
