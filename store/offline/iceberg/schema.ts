import type { FeatureDefinition, FeatureGroup, FeatureType } from '../../groups/feature-group.ts'

export type IcebergPrimitive = 'long' | 'double' | 'string' | 'boolean' | 'timestamp'

export interface IcebergList {
  type: 'list'
  'element-id': number
  element: IcebergPrimitive
  'element-required': boolean
}

/** A field of an Iceberg schema: https://iceberg.apache.org/spec/#schemas */
export interface IcebergField {
  id: number
  name: string
  required: boolean
  type: IcebergPrimitive | IcebergList
}

export interface IcebergSchema {
  type: 'struct'
  'schema-id': number
  fields: IcebergField[]
}

/** The column that the history is partitioned by: its day. */
export const EVENT_TIME_FIELD_ID = 4

/** The column that says of a marker which delete session has left it. */
export const DELETION_SESSION_FIELD_ID = 5

/** The one field of the partition spec: https://iceberg.apache.org/spec/#partition-specs */
export const PARTITION_FIELD = {
  name: '_event_time_day',
  transform: 'day',
  'source-id': EVENT_TIME_FIELD_ID,
  'field-id': 1000,
} as const

/** After the features: SageMaker's columns, then ours, which no feature can be named as. Times have no zone: UTC. */
const OWN_FIELDS: IcebergField[] = [
  { id: 1, name: 'write_time', required: true, type: 'timestamp' },
  { id: 2, name: 'api_invocation_time', required: true, type: 'timestamp' },
  { id: 3, name: 'is_deleted', required: true, type: 'boolean' },
  { id: EVENT_TIME_FIELD_ID, name: '_event_time', required: true, type: 'timestamp' },
  { id: DELETION_SESSION_FIELD_ID, name: '_deletion_session', required: false, type: 'string' },
  { id: 6, name: '_sequence', required: false, type: 'long' },
]

const FIRST_FEATURE_ID = 10

const TYPES: Record<FeatureType, IcebergPrimitive> = { Integral: 'long', Fractional: 'double', String: 'string' }

/**
 * The schema of a group's history. A field's id follows from the place of its feature in the definitions, which only
 * grow, so that ids are never used twice and older files stay readable.
 */
export function icebergSchema(group: Pick<FeatureGroup, 'FeatureDefinitions'>, schemaId: number): IcebergSchema {
  const features = group.FeatureDefinitions.map(featureField)
  return { type: 'struct', 'schema-id': schemaId, fields: [...features, ...OWN_FIELDS] }
}

/** The column of a feature: engines tell no case apart. */
export function columnName(featureName: string): string {
  return featureName.toLowerCase()
}

/** The highest id in the schema, those of list elements included. */
export function lastColumnId(group: Pick<FeatureGroup, 'FeatureDefinitions'>): number {
  return FIRST_FEATURE_ID + group.FeatureDefinitions.length * 2 - 1
}

function featureField({ FeatureName, FeatureType, CollectionType }: FeatureDefinition, position: number): IcebergField {
  const id = FIRST_FEATURE_ID + position * 2
  const element = TYPES[FeatureType]
  const list: IcebergList = { type: 'list', 'element-id': id + 1, element, 'element-required': false }
  return { id, name: columnName(FeatureName), required: false, type: CollectionType === undefined ? element : list }
}
