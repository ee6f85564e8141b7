import { findUndeletedGroup } from '../groups/feature-group-name.ts'
import type { OnlineStore } from '../online/online-store.ts'
import type { Stores } from '../stores.ts'
import type { Job, Progress } from './job-queue.ts'

const ROWS_PER_STEP = 1_000

export interface CleanupStores extends Pick<Stores, 'catalog'> {
  writer: Pick<OnlineStore, 'removeGroup'>
}

/** Removes up to 1,000 online records of a deleted group. Is done, and does nothing, for a group that still exists. */
export async function groupCleanupStep(stores: CleanupStores, job: Job): Promise<Progress> {
  if ((await findUndeletedGroup(stores, job.groupId, { isFresh: true })) !== undefined) return 'done'
  return (await stores.writer.removeGroup(job.groupId, ROWS_PER_STEP)) ? 'more' : 'done'
}
