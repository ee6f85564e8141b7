/** The keys of the catalog table, both strings. */
export const CATALOG_KEYS = { partition: 'pk', sort: 'sk' } as const

/** The partition that has an item for each group that exists, sorted by name. */
export const GROUPS = 'group'

export function groupKey(name: string) {
  return { pk: { S: GROUPS }, sk: { S: name } }
}

/** Where a group is found by its id; holds the definition of a deleted one. */
export function pointerKey(groupId: string) {
  return { pk: { S: 'id' }, sk: { S: groupId } }
}

/** The partition of what is written about a group's features. */
export function metadataPartition(groupId: string): string {
  return `metadata#${groupId}`
}

export function metadataKey(groupId: string, featureName: string) {
  return { pk: { S: metadataPartition(groupId) }, sk: { S: featureName } }
}
