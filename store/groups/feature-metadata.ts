import { ApiError, quote } from '../api-error.ts'
import type { FeatureMetadata } from '../catalog/catalog.ts'
import type { FeatureDefinition, FeatureGroup } from './feature-group.ts'
import { schemaOf } from './feature-group.ts'

/** The definition of a feature. Throws ResourceNotFound. */
export function requireFeature(group: FeatureGroup, name: string): FeatureDefinition & { position: number } {
  const feature = schemaOf(group).features.get(name)
  if (feature !== undefined) return feature
  throw new ApiError(
    'ResourceNotFound',
    `Resource Not Found: FeatureGroup ${group.FeatureGroupName} has no feature with name ${quote(name)}`,
  )
}

interface DescribedFeature {
  position: number
  metadata: FeatureMetadata | undefined
}

/** What DescribeFeatureMetadata and Search both answer about a feature. Times are seconds since the epoch. */
export function featureDescription(
  group: FeatureGroup,
  { FeatureName, FeatureType }: FeatureDefinition,
  { position, metadata }: DescribedFeature,
) {
  const creationTime = group.additions.findLast((added) => added.position <= position)?.time ?? group.creationTime
  return {
    FeatureGroupArn: group.FeatureGroupArn,
    FeatureGroupName: group.FeatureGroupName,
    FeatureName,
    FeatureType,
    CreationTime: creationTime / 1000,
    LastModifiedTime: (metadata?.lastModifiedTime ?? creationTime) / 1000,
    ...(metadata?.Description !== undefined && { Description: metadata.Description }),
    Parameters: metadata?.Parameters ?? [],
  }
}
