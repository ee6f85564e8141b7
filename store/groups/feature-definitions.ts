import { quote, validationException } from '../api-error.ts'
import type { FeatureDefinitionInput } from '../requests/model.ts'
import type { FeatureDefinition } from './feature-group.ts'

export const MAX_DEFINITIONS = 2_500

/** Columns that the history has of its own; `year` and on are those of the partitions in Hive's layout. */
const RESERVED = new Set([
  'is_deleted',
  'write_time',
  'api_invocation_time',
  'year',
  'month',
  'day',
  'hour',
  'temp_event_time_col',
])

/**
 * The definitions of a group that has `existing` ones, with the new ones behind. Throws ValidationException for a
 * reserved name, for names that differ only in case, since they are one column offline, for a second vector and for
 * a collection that is not configured as its type asks (developer guide, feature-store-collection-types).
 */
export function addDefinitions(existing: FeatureDefinition[], added: FeatureDefinitionInput[]): FeatureDefinition[] {
  const definitions = [...existing, ...added.map(readDefinition)]
  const names = new Map<string, string>()
  for (const { FeatureName: name } of definitions) {
    const other = names.get(name.toLowerCase())
    if (other !== undefined) throw duplicate(name, other)
    names.set(name.toLowerCase(), name)
  }
  const vectors = definitions.filter((definition) => definition.CollectionType === 'Vector')
  if (vectors.length > 1) {
    const told = vectors.map((vector) => quote(vector.FeatureName)).join(' and ')
    throw validationException(`FeatureDefinitions have the vectors ${told}. A feature group can have one.`)
  }
  return definitions
}

function readDefinition(input: FeatureDefinitionInput): FeatureDefinition {
  const { FeatureName, FeatureType, CollectionType } = input
  if (RESERVED.has(FeatureName.toLowerCase())) {
    throw validationException(
      `FeatureName ${quote(FeatureName)} is reserved. It must be none of ${[...RESERVED].join(', ')}.`,
    )
  }
  const dimension = input.CollectionConfig?.VectorConfig?.Dimension
  if (CollectionType === 'Vector') return vector(input, dimension)
  if (dimension !== undefined) {
    throw validationException(
      `Feature ${quote(FeatureName)} has a VectorConfig and the CollectionType ${quote(CollectionType ?? null)}. It must be Vector.`,
    )
  }
  return CollectionType == null ? { FeatureName, FeatureType } : { FeatureName, FeatureType, CollectionType }
}

function vector({ FeatureName, FeatureType }: FeatureDefinitionInput, Dimension: number | undefined) {
  if (FeatureType !== 'Fractional') {
    throw validationException(
      `Vector ${quote(FeatureName)} has the FeatureType ${quote(FeatureType)}. It must be Fractional.`,
    )
  }
  if (Dimension === undefined) {
    throw validationException(`Vector ${quote(FeatureName)} needs a CollectionConfig.VectorConfig.Dimension.`)
  }
  return {
    FeatureName,
    FeatureType,
    CollectionType: 'Vector',
    CollectionConfig: { VectorConfig: { Dimension } },
  } satisfies FeatureDefinition
}

function duplicate(name: string, other: string): Error {
  const how = name === other ? 'is defined more than once' : `differs from ${quote(other)} only in case`
  return validationException(`FeatureName ${quote(name)} ${how}. Names must be unique, whatever their case.`)
}

export interface KeyFeatures {
  RecordIdentifierFeatureName: string
  EventTimeFeatureName: string
}

/** Throws ValidationException unless the identifier and the event time are features that can be keys of a record. */
export function assertKeyFeatures(definitions: FeatureDefinition[], keys: KeyFeatures): void {
  const { RecordIdentifierFeatureName, EventTimeFeatureName } = keys
  if (RecordIdentifierFeatureName === EventTimeFeatureName) {
    throw validationException(
      `RecordIdentifierFeatureName and EventTimeFeatureName are both ${quote(EventTimeFeatureName)}. They must be two features.`,
    )
  }
  requireScalar(definitions, 'RecordIdentifierFeatureName', RecordIdentifierFeatureName)
  const eventTime = requireScalar(definitions, 'EventTimeFeatureName', EventTimeFeatureName)
  if (eventTime.FeatureType === 'Integral') {
    throw validationException(
      `EventTimeFeatureName ${quote(EventTimeFeatureName)} is a feature of type Integral. It must be String or Fractional.`,
    )
  }
}

function requireScalar(definitions: FeatureDefinition[], member: string, name: string): FeatureDefinition {
  const definition = definitions.find(({ FeatureName }) => FeatureName === name)
  if (definition === undefined) {
    throw validationException(`${member} ${quote(name)} must be the name of one of the FeatureDefinitions.`)
  }
  if (definition.CollectionType !== undefined) {
    throw validationException(`${member} ${quote(name)} is a ${definition.CollectionType}. It must be no collection.`)
  }
  return definition
}
