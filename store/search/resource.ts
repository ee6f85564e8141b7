import { validationException } from '../api-error.ts'

export type PropertyType = 'text' | 'number' | 'boolean' | 'timestamp' | 'object'

/** What can be searched about a resource: the types of its properties by their dotted paths. */
export interface Resource {
  properties: Map<string, PropertyType>
  /** The list of keys and values that `<name>.<key>` looks into, and the name of all its keys and values. */
  keyed: { name: 'Tags' | 'Parameters'; all: string }
  /** The list of objects that nested filters can look into. */
  nested?: string
}

/** The answered form of a resource: what a search reads. */
export type Document = { [member: string]: unknown }

export interface Property {
  name: string
  type: PropertyType
  /** Every value that the property has in a document: none, one, or those of a list. */
  read: (document: unknown) => unknown[]
}

/** Developer guide, feature-store-search-feature-group-metadata; API reference, FeatureGroup. */
export const FEATURE_GROUP: Resource = {
  properties: new Map([
    ...namesOf('text', [
      'FeatureGroupArn',
      'FeatureGroupName',
      'RecordIdentifierFeatureName',
      'EventTimeFeatureName',
      'FeatureDefinitions.FeatureName',
      'FeatureDefinitions.FeatureType',
      'FeatureDefinitions.CollectionType',
      'OnlineStoreConfig.StorageType',
      'OnlineStoreConfig.TtlDuration.Unit',
      'OnlineStoreConfig.SecurityConfig.KmsKeyId',
      'OfflineStoreConfig.S3StorageConfig.S3Uri',
      'OfflineStoreConfig.S3StorageConfig.ResolvedOutputS3Uri',
      'OfflineStoreConfig.S3StorageConfig.KmsKeyId',
      'OfflineStoreConfig.DataCatalogConfig.TableName',
      'OfflineStoreConfig.DataCatalogConfig.Catalog',
      'OfflineStoreConfig.DataCatalogConfig.Database',
      'OfflineStoreConfig.TableFormat',
      'RoleArn',
      'FeatureGroupStatus',
      'OfflineStoreStatus.Status',
      'OfflineStoreStatus.BlockedReason',
      'LastUpdateStatus.Status',
      'LastUpdateStatus.FailureReason',
      'FailureReason',
      'Description',
    ]),
    ...namesOf('number', [
      'FeatureDefinitions.CollectionConfig.VectorConfig.Dimension',
      'OnlineStoreConfig.TtlDuration.Value',
    ]),
    ...namesOf('boolean', ['OnlineStoreConfig.EnableOnlineStore', 'OfflineStoreConfig.DisableGlueTableCreation']),
    ...namesOf('timestamp', ['CreationTime', 'LastModifiedTime']),
    ...namesOf('object', [
      'FeatureDefinitions',
      'OnlineStoreConfig',
      'OnlineStoreConfig.TtlDuration',
      'OfflineStoreConfig',
      'OfflineStoreConfig.DataCatalogConfig',
      'OfflineStoreStatus',
      'LastUpdateStatus',
      'Tags',
    ]),
  ]),
  keyed: { name: 'Tags', all: 'AllTags' },
  nested: 'FeatureDefinitions',
}

/** Developer guide, feature-store-search-metadata; API reference, FeatureMetadata. */
export const FEATURE_METADATA: Resource = {
  properties: new Map([
    ...namesOf('text', ['FeatureGroupArn', 'FeatureGroupName', 'FeatureName', 'FeatureType', 'Description']),
    ...namesOf('timestamp', ['CreationTime', 'LastModifiedTime']),
    ...namesOf('object', ['Parameters']),
  ]),
  keyed: { name: 'Parameters', all: 'AllParameters' },
}

function namesOf(type: PropertyType, names: string[]): [string, PropertyType][] {
  return names.map((name) => [name, type])
}

/** The property of that name. Throws ValidationException for one that the resource does not have. */
export function requireProperty({ properties, keyed }: Resource, name: string): Property {
  const type = properties.get(name)
  if (type !== undefined) return { name, type, read: (document) => valuesAt(document, name.split('.')) }
  const pairs = (document: unknown) => valuesAt(document, [keyed.name]) as { Key: string; Value: string }[]
  if (name === keyed.all) {
    return { name, type: 'text', read: (document) => pairs(document).flatMap(({ Key, Value }) => [Key, Value]) }
  }
  if (!name.startsWith(`${keyed.name}.`)) throw unknownProperty(name, [...properties.keys(), keyed.all])
  const key = name.slice(keyed.name.length + 1)
  const read = (document: unknown) => pairs(document).flatMap(({ Key, Value }) => (Key === key ? [Value] : []))
  return { name, type: 'text', read }
}

/** The values at the end of a path, through every element of the lists on it. */
export function valuesAt(value: unknown, path: string[]): unknown[] {
  if (Array.isArray(value)) return value.flatMap((element) => valuesAt(element, path))
  const [first, ...rest] = path
  if (first === undefined) return value === undefined ? [] : [value]
  return typeof value === 'object' && value !== null ? valuesAt((value as Document)[first], rest) : []
}

function unknownProperty(name: string, allowed: string[]): Error {
  return validationException(`Unknown property name: ${name.slice(0, 255)}. It must be one of ${allowed.join(', ')}.`)
}
