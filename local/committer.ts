import { once } from 'node:events'
import { Worker } from 'node:worker_threads'
import type { SqliteLog } from '../store/offline/sqlite-log.ts'
import type { CommitAnswer, CommitterData } from './committer-thread.ts'

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

const CHECK_INTERVAL_MS = 1_000
const MEMORY_MB = 256

/**
 * Moves rows from the log into the tables of the history, by age and size, in a thread of its own. A row leaves the
 * log when it is in its table; should a crash come between, the table knows that it has the row.
 */
export function startCommitter(options: CommitterOptions) {
  const { log, trim, now, onError } = options
  const { recordsPath, catalogPath, offlinePath } = options
  const thread = new Worker(new URL('./committer-thread.ts', import.meta.url), {
    workerData: { recordsPath, catalogPath, offlinePath } satisfies CommitterData,
    resourceLimits: { maxOldGenerationSizeMb: MEMORY_MB },
  })
  thread.on('error', onError)
  let running: Promise<number> | undefined
  let isStopped = false

  async function pass(after: number): Promise<{ sequence: number; rows: number }> {
    const answered = once(thread, 'message')
    thread.postMessage(after)
    const [answer] = (await answered) as [CommitAnswer]
    if ('error' in answer) throw answer.error
    return answer
  }

  /** Commits what the log has now; answers how many rows that was. */
  async function commitAll(): Promise<number> {
    const last = log.last()
    let committed = 0
    for (let after = log.first() - 1; after < last && !isStopped; ) {
      const { sequence, rows } = await pass(after)
      await trim(sequence)
      committed += rows
      after = sequence
    }
    return committed
  }

  function flush(): Promise<number> {
    running ??= commitAll().finally(() => {
      running = undefined
    })
    return running
  }

  const timer = setInterval(() => {
    if (isDue(log, options, now())) flush().catch(onError)
  }, CHECK_INTERVAL_MS).unref()

  return {
    /** Commits what the log has when it is called, and answers how many rows that was. */
    async flush(): Promise<number> {
      const before = await running
      return (before ?? 0) + (await flush())
    },
    /** Stops after the pass that is under way. */
    async stop(): Promise<void> {
      isStopped = true
      clearInterval(timer)
      await running?.catch(() => {})
      await thread.terminate()
    },
  }
}

export type Committer = ReturnType<typeof startCommitter>

function isDue(log: SqliteLog, { maxAgeMs, maxBytes }: CommitterOptions, now: number): boolean {
  const oldest = log.oldestWriteTime()
  return oldest !== undefined && (now - oldest >= maxAgeMs || log.estimatedBytes() >= maxBytes)
}
