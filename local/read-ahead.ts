import { Worker } from 'node:worker_threads'
import type { DataPaths } from './data-directory.ts'
import type { GatheredPass } from './gather-pass.ts'
import { taskThread } from './task-thread.ts'

const MEMORY_MB = 256
/** Room for what a portion of rows leaves behind, so that little of it is copied by the garbage collector. */
const YOUNG_MEMORY_MB = 24

/**
 * Gathers the rows that follow those which are being written, in a thread of its own, which begins when it is first
 * asked: half of a commit is reading.
 */
export function readAhead({ recordsPath, catalogPath }: Pick<DataPaths, 'recordsPath' | 'catalogPath'>) {
  const thread = taskThread<number, GatheredPass>(
    () =>
      new Worker(new URL('./gatherer-thread.ts', import.meta.url), {
        workerData: { recordsPath, catalogPath },
        resourceLimits: { maxOldGenerationSizeMb: MEMORY_MB, maxYoungGenerationSizeMb: YOUNG_MEMORY_MB },
      }),
  )
  let ahead: { after: number; pass: Promise<GatheredPass | undefined> } | undefined
  return {
    /** Begins with the rows that follow that sequence. */
    begin(after: number): void {
      ahead = { after, pass: thread.ask(after).catch(() => undefined) }
    },
    /** What was begun with that sequence, once; undefined when it was another, or nothing, or could not be done. */
    async take(after: number): Promise<GatheredPass | undefined> {
      const begun = ahead
      if (begun?.after !== after) return undefined
      ahead = undefined
      return await begun.pass
    },
    /** Forgets what was begun: the log may have changed. */
    forget(): void {
      ahead = undefined
    },
  }
}
