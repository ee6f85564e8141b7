import { findUndeletedGroup } from '../groups/feature-group-name.ts'
import type { OnlineStore } from '../online/online-store.ts'
import type { Stores } from '../stores.ts'
import type { Job } from './job-queue.ts'

const ROWS_PER_STEP = 1_000

export interface CleanupStores extends Pick<Stores, 'catalog'> {
  writer: Pick<OnlineStore, 'removeGroup'>
}

/**
 * Removes up to 1,000 online records of a deleted group; says whether another step is needed. Does nothing, and needs
 * none, for a group that still exists.
 */
export async function groupCleanupStep(stores: CleanupStores, job: Job): Promise<boolean> {
  if ((await findUndeletedGroup(stores, job.groupId, { isFresh: true })) !== undefined) return false
  return await stores.writer.removeGroup(job.groupId, ROWS_PER_STEP)
}
