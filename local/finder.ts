import { Worker } from 'node:worker_threads'
import type { FindRecords, FoundPage } from '../store/deletes/find-records.ts'
import type { FindAnswer, FindMessage } from './finder-thread.ts'
import { threadLimits } from './thread-limits.ts'

const MEMORY_MB = 256
/** What a page leaves behind is collected before it is much: the thread has no one to answer quickly. */
const YOUNG_MEMORY_MB = 8

interface Asked {
  resolve: (page: FoundPage) => void
  reject: (error: Error) => void
}

/**
 * Finds the records of delete sessions in a thread of its own, which begins when it is first asked: to look through a
 * group takes seconds, and the event loop has requests to answer. When the thread fails, so does what it was asked,
 * and the next one begins another.
 */
export function recordFinder(recordsPath: string) {
  const asked = new Map<number, Asked>()
  let thread: Worker | undefined
  let lastId = 0

  function fail(failed: Worker, error: Error): void {
    if (thread !== failed) return
    thread = undefined
    for (const { reject } of asked.values()) reject(error)
    asked.clear()
  }

  function settle(answer: FindAnswer): void {
    const { resolve, reject } = asked.get(answer.id) ?? {}
    asked.delete(answer.id)
    if ('error' in answer) reject?.(answer.error)
    else resolve?.(answer.page)
  }

  function start(): Worker {
    const started = new Worker(new URL('./finder-thread.ts', import.meta.url), {
      workerData: { recordsPath },
      resourceLimits: threadLimits({ maxOldGenerationSizeMb: MEMORY_MB, maxYoungGenerationSizeMb: YOUNG_MEMORY_MB }),
    })
    started.on('message', settle)
    started.on('error', (error) => fail(started, error))
    started.on('exit', (code) => fail(started, new Error(`the finding thread ended with code ${code}`)))
    return started
  }

  return {
    find: ((group, criteria, options) =>
      new Promise((resolve, reject) => {
        lastId += 1
        asked.set(lastId, { resolve, reject })
        thread ??= start()
        const { name, from, to, filter, acceptedAt } = criteria
        const bounds = { ...(from !== undefined && { from }), ...(to !== undefined && { to }) }
        const sent = { filter, acceptedAt, ...bounds, ...(name !== undefined && { name }) }
        thread.postMessage({ id: lastId, group, criteria: sent, options } satisfies FindMessage)
      })) satisfies FindRecords,
    async close(): Promise<void> {
      await thread?.terminate()
    },
  }
}
