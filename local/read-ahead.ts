import { once } from 'node:events'
import { Worker } from 'node:worker_threads'
import type { DataPaths } from './data-directory.ts'
import type { GatheredPass } from './gather-pass.ts'
import type { GathererAnswer } from './gatherer-thread.ts'

const MEMORY_MB = 256
/** Room for what a portion of rows leaves behind, so that little of it is copied by the garbage collector. */
const YOUNG_MEMORY_MB = 24

/**
 * Gathers the rows that follow those which are being written, in a thread of its own, which begins when it is first
 * asked: half of a commit is reading.
 */
export function readAhead({ recordsPath, catalogPath }: Pick<DataPaths, 'recordsPath' | 'catalogPath'>) {
  let thread: Worker | undefined
  let ahead: { after: number; pass: Promise<GatheredPass> } | undefined
  let previous: Promise<unknown> = Promise.resolve()

  function start(): Worker {
    const started = new Worker(new URL('./gatherer-thread.ts', import.meta.url), {
      workerData: { recordsPath, catalogPath },
      resourceLimits: { maxOldGenerationSizeMb: MEMORY_MB, maxYoungGenerationSizeMb: YOUNG_MEMORY_MB },
    })
    started.once('exit', () => {
      if (thread === started) thread = undefined
    })
    return started
  }

  async function ask(after: number): Promise<GatheredPass> {
    thread ??= start()
    const ended = new AbortController()
    const { signal } = ended
    try {
      const answered = once(thread, 'message', { signal })
      const failed = once(thread, 'exit', { signal }).then(() => {
        throw new Error('the gathering thread has ended')
      })
      failed.catch(() => {})
      thread.postMessage(after)
      const [answer] = (await Promise.race([answered, failed])) as [GathererAnswer]
      if ('error' in answer) throw answer.error
      return answer.pass
    } finally {
      ended.abort()
    }
  }

  return {
    /** Begins with the rows that follow that sequence. */
    begin(after: number): void {
      const pass = previous.then(() => ask(after))
      previous = pass.catch(() => {})
      ahead = { after, pass }
    },
    /** What was begun with that sequence, once; undefined when it was another, or nothing, or could not be done. */
    async take(after: number): Promise<GatheredPass | undefined> {
      const begun = ahead
      if (begun?.after !== after) return undefined
      ahead = undefined
      return await begun.pass.catch(() => undefined)
    },
    /** Forgets what was begun: the log may have changed. */
    forget(): void {
      ahead = undefined
    },
  }
}
