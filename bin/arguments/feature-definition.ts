import type { FeatureDefinition } from '@aws-sdk/client-sagemaker'
import { InvalidArgumentError } from 'commander'

const DEFINITION =
  /^(?<name>[^:]+):(?<type>String|Integral|Fractional)(?::(?:(?<list>List|Set)|Vector\((?<dimension>\d+)\)))?$/

/** Reads `name:Type`, `name:Type:List`, `name:Type:Set` or `name:Type:Vector(dimension)`. Throws for anything else. */
export function parseFeatureDefinition(text: string): FeatureDefinition {
  const { name, type, list, dimension } = DEFINITION.exec(text)?.groups ?? {}
  if (name === undefined || type === undefined) {
    throw new InvalidArgumentError(
      'It must be name:Type, name:Type:List, name:Type:Set or name:Type:Vector(dimension); Type is String, Integral or Fractional.',
    )
  }
  const feature = { FeatureName: name, FeatureType: type as FeatureDefinition['FeatureType'] }
  if (list !== undefined) return { ...feature, CollectionType: list as FeatureDefinition['CollectionType'] }
  if (dimension === undefined) return feature
  return {
    ...feature,
    CollectionType: 'Vector',
    CollectionConfig: { VectorConfig: { Dimension: Number(dimension) } },
  }
}
