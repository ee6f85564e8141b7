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

export function deleteSessionKey(name: string) {
  return { pk: { S: `delete-session#${name}` }, sk: { S: 'delete-session' } }
}

export function restorationKey(id: string) {
  return { pk: { S: `restoration#${id}` }, sk: { S: 'restoration' } }
}

/** The partition that has an item for each restore that is under way, sorted by group. */
export const RESTORATIONS_UNDER_WAY = 'restorations'

export function restorationOfGroupKey(groupId: string) {
  return { pk: { S: RESTORATIONS_UNDER_WAY }, sk: { S: groupId } }
}

/** Where the import of a file is. */
export function fileImportKey(id: string) {
  return { pk: { S: `import#${id}` }, sk: { S: 'import' } }
}

/** The partition that has an item for each part of a file that is imported, in their order. */
export function importPartsPartition(importId: string): string {
  return `import-parts#${importId}`
}

export function importPartKey(importId: string, index: number) {
  return { pk: { S: importPartsPartition(importId) }, sk: { S: sortableNumber(index) } }
}

/** The partition that has an item for each delete session of a table, or of all, sorted by its place. */
export function deleteSessionsPartition(table?: string): string {
  return table === undefined ? 'delete-sessions' : `delete-sessions#${table}`
}

/** The partition that has an item for each delete session of a group that is to run or runs, sorted by its turn. */
export function deleteTurnsPartition(groupId: string): string {
  return `delete-turns#${groupId}`
}

/** Where a session is among those of its group; the space comes before all that a turn may go on with. */
export function deleteTurnSort(turn: string, name: string): string {
  return `${turn} ${name}`
}

/** The partition that has an item for each delete session that hides payloads, sorted by when they are due. */
export const PAYLOADS_DUE = 'delete-payloads'

export function dueSort(at: number, name = ''): string {
  return `${sortableTime(at)}#${name}`
}

/** Milliseconds since the epoch as text that is sorted as they are. */
export function sortableTime(milliseconds: number): string {
  return sortableNumber(milliseconds)
}

/** A whole number that is not negative as text that is sorted as they are. */
function sortableNumber(number: number): string {
  return String(number).padStart(16, '0')
}
