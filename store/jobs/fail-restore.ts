import { ApiError } from '../api-error.ts'
import type { Restoration } from '../restores/restoration.ts'
import { endedRestoration, failedRestoration } from '../restores/restoration-change.ts'
import type { RestoreStores } from '../restores/restore-stores.ts'
import { failureReason } from './failure-reason.ts'
import type { Job } from './job-queue.ts'

const MAX_ATTEMPTS = 10

/**
 * Ends the restore of a job that has failed for good: it is `Failed`, with the reason in its `error`, once what was
 * extracted is removed. If that is what has failed, it ends as it would have, and the extract is left behind. Throws
 * ServiceUnavailable when another worker is always faster.
 */
export async function failRestore(
  stores: Pick<RestoreStores, 'restorations' | 'jobs' | 'now'>,
  job: Job,
  error: unknown,
): Promise<void> {
  const { session: id } = job
  for (let attempt = 0; attempt < MAX_ATTEMPTS; attempt++) {
    const restoration = id === undefined ? undefined : await stores.restorations.get(id)
    if (restoration === undefined || restoration.endedAt !== undefined) return
    const next = givenUp(restoration, { reason: failureReason(error), now: stores.now() })
    if (!(await stores.restorations.replace(next))) continue
    if (next.endedAt === undefined) await stores.jobs.enqueue(job)
    return
  }
  throw new ApiError('ServiceUnavailable', `restore ${id} moved on ${MAX_ATTEMPTS} times meanwhile; try again`)
}

function givenUp(restoration: Restoration, { reason, now }: { reason: string; now: number }): Restoration {
  const { phase, revision } = restoration
  const next = phase === 'tidy' ? endedRestoration(restoration, now) : failedRestoration(restoration, reason)
  return { ...next, revision: revision + 1, updatedAt: now }
}
