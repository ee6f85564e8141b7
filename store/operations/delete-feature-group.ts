import { featureGroupNotFound, requireFreshFeatureGroup } from '../groups/feature-group-name.ts'
import type { Job } from '../jobs/job-queue.ts'
import { FeatureGroupName, objectOf } from '../requests/model.ts'
import { parse } from '../requests/validation.ts'
import type { ControlStores } from '../stores.ts'

const DeleteFeatureGroupRequest = objectOf({ FeatureGroupName })

/**
 * Makes a group and its online records unreachable at once, and has the records removed in the background. Its
 * history stays. Throws ResourceNotFound.
 * https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_DeleteFeatureGroup.html
 */
export async function deleteFeatureGroup(stores: ControlStores, input: unknown): Promise<void> {
  const { FeatureGroupName: name } = parse(DeleteFeatureGroupRequest, input, 'ValidationException')
  const group = await requireFreshFeatureGroup(stores, name)
  const job: Job = { kind: 'group-cleanup', groupId: group.groupId }
  // Before: a crash after the removal leaves no rows behind. After: the first job may have run too early to do
  // anything. For a group that still exists the job is harmless, as it is when it finds nothing left.
  await stores.jobs.enqueue(job)
  if (!(await stores.catalog.remove(group))) throw featureGroupNotFound(name)
  await stores.jobs.enqueue(job)
}
