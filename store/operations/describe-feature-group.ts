import { featureGroupDescription } from '../groups/feature-group-description.ts'
import { requireFreshFeatureGroup } from '../groups/feature-group-name.ts'
import { ON_DEMAND } from '../groups/throughput-config.ts'
import { FeatureGroupNameOrLongArn, NextToken, objectOf, optional } from '../requests/model.ts'
import { decodeNextToken } from '../requests/next-token.ts'
import { parse } from '../requests/validation.ts'
import type { ControlStores } from '../stores.ts'

const DescribeFeatureGroupRequest = objectOf({
  FeatureGroupName: FeatureGroupNameOrLongArn,
  NextToken: optional(NextToken),
})

export type DescribeFeatureGroupResponse = ReturnType<typeof featureGroupDescription> & {
  ThroughputConfig: typeof ON_DEMAND
}

/**
 * What the catalog knows about a group, with all of its definitions: a group has no more than a page of them, so
 * that no answer has a NextToken and none that is sent can be valid. Throws ResourceNotFound.
 * https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_DescribeFeatureGroup.html
 */
export async function describeFeatureGroup(
  stores: ControlStores,
  input: unknown,
): Promise<DescribeFeatureGroupResponse> {
  const request = parse(DescribeFeatureGroupRequest, input, 'ValidationException')
  const group = await requireFreshFeatureGroup(stores, request.FeatureGroupName)
  if (request.NextToken != null) decodeNextToken(request.NextToken, 'DescribeFeatureGroup', 'ValidationException')
  return { ...featureGroupDescription(group), ThroughputConfig: ON_DEMAND }
}
