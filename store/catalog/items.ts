import type { FeatureGroup } from '../groups/feature-group.ts'
import type { FeatureMetadata } from './catalog.ts'
import { groupKey, metadataKey, pointerKey } from './keys.ts'

/** The attributes of a DynamoDB item that the catalog writes. */
export type CatalogItem = Record<string, { S: string } | { N: string } | { B: Uint8Array }>

/** The attributes of any DynamoDB item, as far as the catalog reads them. */
export type StoredItem = Record<string, { S?: string; N?: string; B?: Uint8Array }>

/** The item of a group that exists. */
export function groupItem(group: FeatureGroup): CatalogItem {
  return {
    ...groupKey(group.FeatureGroupName),
    id: { S: group.groupId },
    revision: { N: String(group.revision) },
    definition: definitionOf(group),
  }
}

/** The item that leads from a group's id to its name. */
export function pointerItem(group: FeatureGroup): CatalogItem {
  return { ...pointerKey(group.groupId), name: { S: group.FeatureGroupName } }
}

/** The pointer to a group that is deleted: from then on it holds the definition. */
export function deletedItem(group: FeatureGroup): CatalogItem {
  return { ...pointerItem(group), definition: definitionOf(group) }
}

/** With that, and what else is in it, an item is read for one unit. */
const MAX_PLAIN_BYTES = 3_500

/**
 * A definition as an attribute. A long one is compressed: 2,500 features are more than an item can hold. Most groups are
 * read without that, and without loading what it takes.
 */
function definitionOf(group: FeatureGroup): { S: string } | { B: Uint8Array } {
  const text = JSON.stringify(group)
  return Buffer.byteLength(text) <= MAX_PLAIN_BYTES ? { S: text } : { B: zlib().gzipSync(text) }
}

/** The group that an item holds, frozen; undefined for a pointer to a group that exists. */
export function readGroup({ definition }: StoredItem): FeatureGroup | undefined {
  const text = definition?.B === undefined ? definition?.S : zlib().gunzipSync(definition.B).toString()
  return text === undefined ? undefined : Object.freeze(JSON.parse(text) as FeatureGroup)
}

/** Loaded when it is called for, as it takes a twentieth of a function's start. */
function zlib() {
  return process.getBuiltinModule('node:zlib')
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
