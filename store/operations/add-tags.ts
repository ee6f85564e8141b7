import { changeFeatureGroup } from '../catalog/change-feature-group.ts'
import type { Tag } from '../groups/feature-group.ts'
import { addedTags, assertTags, taggedGroupName } from '../groups/tags.ts'
import { objectOf, ResourceArn, Tags } from '../requests/model.ts'
import { parse } from '../requests/validation.ts'
import type { ControlStores } from '../stores.ts'

const AddTagsInput = objectOf({ ResourceArn, Tags })

/**
 * Adds tags to a feature group, in place of those of the same keys, and answers all that it has. Throws
 * ResourceNotFound, and ResourceLimitExceeded beyond 50 tags.
 * https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_AddTags.html
 */
export async function addTags(stores: ControlStores, input: unknown): Promise<{ Tags: Tag[] }> {
  const request = parse(AddTagsInput, input, 'ValidationException')
  assertTags(request.Tags)
  const name = taggedGroupName(stores, request.ResourceArn)
  const group = await changeFeatureGroup(stores, name, (current) => ({
    ...current,
    Tags: addedTags(current, request.Tags),
  }))
  return { Tags: group.Tags }
}
