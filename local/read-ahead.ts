import { Worker } from 'node:worker_threads'
import type { RecordPaths } from './data-directory.ts'
import type { GatheredPass } from './gather-pass.ts'
import type { GatherMessage } from './gatherer-thread.ts'
import { taskThread } from './task-thread.ts'
import { threadLimits } from './thread-limits.ts'

const MEMORY_MB = 256
/** Room for what a portion of rows leaves behind, so that little of it is copied by the garbage collector. */
const YOUNG_MEMORY_MB = 24

export interface ReadAheadOptions extends RecordPaths {
  /** True for a store that takes little memory: it gathers nothing ahead, in no thread, and little at a time. */
  isSmall: boolean
}

/**
 * Gathers the rows that follow those which are being written, in a thread of its own, which begins when it is first
 * asked: half of a commit is reading.
 */
export function readAhead({ recordsPath, catalogPath, isSmall }: ReadAheadOptions) {
  const thread = taskThread<GatherMessage, GatheredPass>(
    () =>
      new Worker(new URL('./gatherer-thread.ts', import.meta.url), {
        workerData: { recordsPath, catalogPath },
        resourceLimits: threadLimits({ maxOldGenerationSizeMb: MEMORY_MB, maxYoungGenerationSizeMb: YOUNG_MEMORY_MB }),
      }),
  )
  let ahead: { after: number; pass: Promise<GatheredPass | undefined> } | undefined
  let isUnchanged = false
  return {
    /** Begins with the rows that follow that sequence, unless it has or never does. */
    begin(after: number): void {
      if (isSmall || ahead?.after === after) return
      ahead = { after, pass: thread.ask({ after, isUnchanged }).catch(() => undefined) }
      isUnchanged = true
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
      isUnchanged = false
    },
  }
}
