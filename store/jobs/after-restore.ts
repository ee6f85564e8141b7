import type { Restorations } from '../catalog/restorations.ts'
import type { JobStep } from './job-queue.ts'

const WAIT_MS = 1_000

/**
 * A step that waits as long as the group of its job is being restored: what it saw online would not be all there is. It
 * does not wait for a restore that itself waits for the jobs before it.
 */
export function afterRestore(restorations: Pick<Restorations, 'current' | 'get'>, step: JobStep): JobStep {
  return async (job) => {
    const id = await restorations.current(job.groupId)
    const restoration = id === undefined ? undefined : await restorations.get(id)
    const isUnderWay = restoration !== undefined && restoration.endedAt === undefined && restoration.phase !== 'wait'
    return isUnderWay ? { afterMs: WAIT_MS } : await step(job)
  }
}
