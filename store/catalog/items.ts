import { gunzipSync, gzipSync } from 'node:zlib'
import type { FeatureGroup } from '../groups/feature-group.ts'
import type { FeatureMetadata } from './catalog.ts'
import { groupKey, metadataKey, pointerKey } from './keys.ts'

/** The attributes of a DynamoDB item that the catalog writes. */
export type CatalogItem = Record<string, { S: string } | { N: string } | { B: Uint8Array }>

/** The attributes of any DynamoDB item, as far as the catalog reads them. */
export type StoredItem = Record<string, { S?: string; N?: string; B?: Uint8Array }>

/** The item of a group that exists. Its definition is compressed: 2,500 features are more than an item can hold. */
export function groupItem(group: FeatureGroup): CatalogItem {
  return {
    ...groupKey(group.FeatureGroupName),
    id: { S: group.groupId },
    revision: { N: String(group.revision) },
    definition: { B: gzipSync(JSON.stringify(group)) },
  }
}

/** The item that leads from a group's id to its name, with the definition once the group is deleted. */
export function pointerItem(group: FeatureGroup, definition?: Uint8Array): CatalogItem {
  const pointer = { ...pointerKey(group.groupId), name: { S: group.FeatureGroupName } }
  return definition === undefined ? pointer : { ...pointer, definition: { B: definition } }
}

/** The group that an item holds, frozen; undefined for a pointer to a group that exists. */
export function readGroup(item: StoredItem): FeatureGroup | undefined {
  const definition = item['definition']?.B
  return definition && Object.freeze(JSON.parse(gunzipSync(definition).toString()) as FeatureGroup)
}

export function metadataItem(groupId: string, metadata: FeatureMetadata): CatalogItem {
  return {
    ...metadataKey(groupId, metadata.FeatureName),
    revision: { N: String(metadata.revision) },
    metadata: { S: JSON.stringify(metadata) },
  }
}

export function readMetadata(item: StoredItem): FeatureMetadata {
  const text = item['metadata']?.S
  if (text === undefined) throw new Error(`catalog item ${item['pk']?.S} ${item['sk']?.S} has no metadata`)
  return JSON.parse(text) as FeatureMetadata
}
