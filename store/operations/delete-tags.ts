import { changeFeatureGroup } from '../catalog/change-feature-group.ts'
import { taggedGroupName } from '../groups/tags.ts'
import { listOf, objectOf, ResourceArn, TagKey } from '../requests/model.ts'
import { parse } from '../requests/validation.ts'
import type { ControlStores } from '../stores.ts'

const DeleteTagsInput = objectOf({ ResourceArn, TagKeys: listOf(TagKey, 1, 50) })

/**
 * Removes tags from a feature group; keys that it does not have are no error. Throws ResourceNotFound.
 * https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_DeleteTags.html
 */
export async function deleteTags(stores: ControlStores, input: unknown): Promise<Record<string, never>> {
  const request = parse(DeleteTagsInput, input, 'ValidationException')
  const keys = new Set(request.TagKeys)
  await changeFeatureGroup(stores, taggedGroupName(stores, request.ResourceArn), (current) => ({
    ...current,
    Tags: current.Tags.filter((tag) => !keys.has(tag.Key)),
  }))
  return {}
}
