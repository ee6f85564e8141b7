import type { Tag } from '../groups/feature-group.ts'
import { requireFreshFeatureGroup } from '../groups/feature-group-name.ts'
import { MAX_TAGS, taggedGroupName } from '../groups/tags.ts'
import { integerOf, NextToken, objectOf, optional, ResourceArn } from '../requests/model.ts'
import { decodeNextToken } from '../requests/next-token.ts'
import { parse } from '../requests/validation.ts'
import type { ControlStores } from '../stores.ts'

const ListTagsInput = objectOf({
  ResourceArn,
  NextToken: optional(NextToken),
  MaxResults: optional(integerOf(MAX_TAGS, 2_147_483_647)),
})

/**
 * The tags of a feature group. The smallest page holds as many as a group can have, so that no answer has a NextToken
 * and none that is sent can be valid. Throws ResourceNotFound.
 * https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_ListTags.html
 */
export async function listTags(stores: ControlStores, input: unknown): Promise<{ Tags: Tag[] }> {
  const request = parse(ListTagsInput, input, 'ValidationException')
  const group = await requireFreshFeatureGroup(stores, taggedGroupName(stores, request.ResourceArn))
  if (request.NextToken != null) decodeNextToken(request.NextToken, 'ListTags', 'ValidationException')
  return { Tags: group.Tags }
}
