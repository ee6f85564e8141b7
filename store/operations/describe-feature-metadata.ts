import { requireFreshFeatureGroup } from '../groups/feature-group-name.ts'
import { featureDescription, requireFeature } from '../groups/feature-metadata.ts'
import { FeatureGroupNameOrLongArn, FeatureName, objectOf } from '../requests/model.ts'
import { parse } from '../requests/validation.ts'
import type { ControlStores } from '../stores.ts'

const DescribeFeatureMetadataRequest = objectOf({ FeatureGroupName: FeatureGroupNameOrLongArn, FeatureName })

export type DescribeFeatureMetadataResponse = ReturnType<typeof featureDescription>

/**
 * What is known about a feature: its definition and what users wrote about it. Throws ResourceNotFound.
 * https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_DescribeFeatureMetadata.html
 */
export async function describeFeatureMetadata(
  stores: ControlStores,
  input: unknown,
): Promise<DescribeFeatureMetadataResponse> {
  const request = parse(DescribeFeatureMetadataRequest, input, 'ValidationException')
  const group = await requireFreshFeatureGroup(stores, request.FeatureGroupName)
  const feature = requireFeature(group, request.FeatureName)
  const metadata = await stores.catalog.getFeatureMetadata(group.groupId, request.FeatureName)
  return featureDescription(group, feature, { position: feature.position, metadata })
}
