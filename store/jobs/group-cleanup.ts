import type { Stores } from '../stores.ts'
import type { Job } from './job-queue.ts'

const ROWS_PER_STEP = 1_000

/**
 * Removes up to 1,000 online records of a deleted group; says whether another step is needed. Does nothing, and needs
 * none, for a group that still exists.
 */
export async function groupCleanupStep(stores: Pick<Stores, 'catalog' | 'writer'>, job: Job): Promise<boolean> {
  const group = await stores.catalog.getById(job.groupId)
  const current = group && (await stores.catalog.get(group.FeatureGroupName, { isFresh: true }))
  if (current?.groupId === job.groupId) return false
  return await stores.writer.removeGroup(job.groupId, ROWS_PER_STEP)
}
