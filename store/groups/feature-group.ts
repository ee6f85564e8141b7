import type { EventTimeType } from '../records/event-time.ts'

export type FeatureType = 'Integral' | 'Fractional' | 'String'
export type CollectionType = 'List' | 'Set' | 'Vector'
export type StorageType = 'Standard' | 'Standard_V2' | 'InMemory'
export type TtlUnit = 'Seconds' | 'Minutes' | 'Hours' | 'Days' | 'Weeks'

export interface TtlDuration {
  Unit: TtlUnit
  Value: number
}

export interface FeatureDefinition {
  FeatureName: string
  FeatureType: FeatureType
  CollectionType?: CollectionType
  CollectionConfig?: { VectorConfig: { Dimension: number } }
}

export interface Tag {
  Key: string
  Value: string
}

/** What the catalog holds about a feature group; wire names for what the caller sent. Times are epoch milliseconds. */
export interface FeatureGroup {
  /** Unique per creation, so that a group created again under the same name starts empty. */
  groupId: string
  /** Goes up by one with each change; a change names the revision that it was made on. */
  revision: number
  FeatureGroupName: string
  FeatureGroupArn: string
  RecordIdentifierFeatureName: string
  EventTimeFeatureName: string
  FeatureDefinitions: FeatureDefinition[]
  OnlineStoreConfig?: {
    StorageType: StorageType
    TtlDuration?: TtlDuration
  }
  OfflineStoreConfig?: {
    S3StorageConfig: { S3Uri: string; ResolvedOutputS3Uri: string }
    DisableGlueTableCreation: boolean
    DataCatalogConfig?: { TableName: string; Catalog: string; Database: string }
    TableFormat?: 'Default' | 'Glue' | 'Iceberg'
  }
  RoleArn?: string
  Description?: string
  Tags: Tag[]
  creationTime: number
  /** Goes up with each update of the group; tags are no part of it. */
  lastModifiedTime: number
  isUpdated: boolean
  /** When features were added after the creation, and the position of the first one that each time added. */
  additions: { position: number; time: number }[]
  /** Features that are being added, and are not part of the group yet. */
  pending?: PendingFeatures
}

/** An update that adds features, as long as it is under way. */
export interface PendingFeatures {
  added: FeatureDefinition[]
  /** When the request came in. */
  time: number
  /** Which attempt to make it is under way, and since when. */
  by: string
  since: number
}

/** A feature definition with its place in the group: the order in which features are answered and stored. */
export interface Feature extends FeatureDefinition {
  position: number
  /** `{"FeatureName":"…",` as JSON text, made once for all records. */
  jsonPrefix: string
}

/** A feature group ready for validating records: lookups by name in place of lists. */
export interface Schema {
  features: Map<string, Feature>
  identifier: Feature
  eventTime: Feature
  eventTimeType: EventTimeType
}

const schemas = new WeakMap<FeatureGroup, Schema>()

/** The schema of a group, made once for each revision that the catalog hands out. */
export function schemaOf(group: FeatureGroup): Schema {
  const known = schemas.get(group)
  if (known !== undefined) return known
  const schema = compileSchema(group)
  schemas.set(group, schema)
  return schema
}

function compileSchema(group: FeatureGroup): Schema {
  const features = new Map<string, Feature>()
  for (const [position, definition] of group.FeatureDefinitions.entries()) {
    const jsonPrefix = `{"FeatureName":${JSON.stringify(definition.FeatureName)},`
    features.set(definition.FeatureName, { ...definition, position, jsonPrefix })
  }
  const identifier = features.get(group.RecordIdentifierFeatureName)
  const eventTime = features.get(group.EventTimeFeatureName)
  if (identifier === undefined || eventTime === undefined) {
    throw new Error(`feature group ${group.FeatureGroupName} lacks its identifier or its event time feature`)
  }
  return {
    features,
    identifier,
    eventTime,
    eventTimeType: eventTime.FeatureType === 'String' ? 'String' : 'Fractional',
  }
}
