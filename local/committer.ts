import { Worker } from 'node:worker_threads'
import { ApiError } from '../store/api-error.ts'
import type { ErasureScope } from '../store/offline/history-erasure.ts'
import { MAINTENANCE_DEFAULTS } from '../store/offline/iceberg/maintain.ts'
import type { SqliteLog } from '../store/offline/sqlite-log.ts'
import type { CommitterData, CommitterTasks, TaskMessage } from './committer-thread.ts'
import { taskThread } from './task-thread.ts'
import { threadLimits } from './thread-limits.ts'

export interface CommitterOptions extends CommitterData {
  log: SqliteLog
  /** Takes the rows up to that one out of the log. */
  trim: (sequence: number) => Promise<void>
  /** Rows are committed when the oldest is so old, or when they have so many bytes. */
  maxAgeMs: number
  maxBytes: number
  now: () => number
  onError: (error: unknown) => void
}

const MIN_CHECK_MS = 10
const MAX_CHECK_MS = 1_000
/** What has failed is not tried again at once: a full disk, a damaged table. */
const RETRY_MS = 10_000
const MAINTENANCE_INTERVAL_MS = 600_000
/** V8 collects old rows the more seldom the higher the limit is: with half of it, twice as often. */
const MEMORY_MB = 1_024
/** What a pass leaves behind is collected before it is much: the thread has no one to answer quickly. */
const YOUNG_MEMORY_MB = 40

/**
 * Moves rows from the log into the tables of the history, by age and size, in a thread of its own. A row leaves the
 * log when it is in its table; should a crash come between, the table knows that it has the row.
 */
export function startCommitter(options: CommitterOptions) {
  const { log, trim, now, onError } = options
  const run = startThread(options)
  let flushing: Promise<number> | undefined
  let isStopped = false
  let retryAt = 0

  /**
   * Commits what the log has now; answers how many rows that was. Throws when some could not be committed: these and
   * all that follow stay in the log, and those of them that are in their tables are known to be there.
   */
  async function commitAll(): Promise<number> {
    const last = log.last()
    let count = 0
    let failure: Error | undefined
    // Rows leave the log while the next ones are being read.
    let trimmed: Promise<void> = Promise.resolve()
    for (let after = log.first() - 1; after < last && !isStopped; ) {
      const committed = await run('commit', after)
      failure ??= committed.failure
      await trimmed
      if (failure === undefined) trimmed = trim(committed.sequence)
      trimmed.catch(() => {})
      if (committed.failure !== undefined && committed.rows === 0) break
      // Rows up to the last may have been erased meanwhile.
      if (committed.sequence === after) break
      count += committed.rows
      after = committed.sequence
    }
    await trimmed
    if (failure !== undefined) throw unavailable(failure)
    return count
  }

  function flush(): Promise<number> {
    flushing ??= commitAll().finally(() => {
      flushing = undefined
    })
    return flushing
  }

  function flushWhenDue(): void {
    if (performance.now() < retryAt || !isDue(log, options, now())) return
    flush().catch((error: unknown) => {
      retryAt = performance.now() + RETRY_MS
      onError(error)
    })
  }

  const timers = [
    setInterval(flushWhenDue, Math.min(Math.max(options.maxAgeMs, MIN_CHECK_MS), MAX_CHECK_MS)).unref(),
    setInterval(() => run('maintain', MAINTENANCE_DEFAULTS).catch(onError), MAINTENANCE_INTERVAL_MS).unref(),
  ]

  return {
    /** Commits what the log has when it is called, and answers how many rows that was. */
    async flush(): Promise<number> {
      const before = await flushing
      return (before ?? 0) + (await flush())
    },
    /** Erases records from a group's table, after the snapshots that are under way. */
    erase: (groupId: string, identifiers: string[]) => run('erase', { groupId, identifiers }),
    /** Erases the rows that a session is about from a group's table, after the snapshots that are under way. */
    eraseScope: (groupId: string, scope: ErasureScope) => run('eraseScope', { groupId, scope }),
    /** Stops after the snapshots that are under way. */
    async stop(): Promise<void> {
      isStopped = true
      for (const timer of timers) clearInterval(timer)
      await flushing?.catch(() => {})
      await run.end()
    },
  }
}

/** The thread, as a function that gives it tasks one after the other. */
function startThread({ recordsPath, catalogPath, offlinePath, isSmall, onError }: CommitterOptions) {
  const thread = taskThread<TaskMessage, unknown>(
    () =>
      new Worker(new URL('./committer-thread.ts', import.meta.url), {
        workerData: { recordsPath, catalogPath, offlinePath, isSmall } satisfies CommitterData,
        resourceLimits: threadLimits({ maxOldGenerationSizeMb: MEMORY_MB, maxYoungGenerationSizeMb: YOUNG_MEMORY_MB }),
      }),
    onError,
  )

  function run<Task extends keyof CommitterTasks>(task: Task, argument: Parameters<CommitterTasks[Task]>[0]) {
    const asked = thread.ask({ task, argument }).catch((cause: Error) => {
      throw unavailable(cause)
    })
    return asked as ReturnType<CommitterTasks[Task]>
  }
  return Object.assign(run, { end: thread.end })
}

/** What a table could not do now may go well when it is asked for again: nothing is lost. */
function unavailable(cause: Error): ApiError {
  return new ApiError('ServiceUnavailable', cause.message, { cause })
}

function isDue(log: SqliteLog, { maxAgeMs, maxBytes }: CommitterOptions, now: number): boolean {
  const oldest = log.oldestWriteTime()
  return oldest !== undefined && (now - oldest >= maxAgeMs || log.estimatedBytes() >= maxBytes)
}
