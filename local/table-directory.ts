import type { FeatureGroup } from '../store/feature-group.ts'

const ID_CHARS = 8

/**
 * The directory of a group's history, below that of all histories: its name as a table, and enough of its id to tell
 * apart the groups that had the name one after the other.
 */
export function tableDirectory({
  FeatureGroupName,
  groupId,
}: Pick<FeatureGroup, 'FeatureGroupName' | 'groupId'>): string {
  return `${FeatureGroupName.replaceAll('-', '_').toLowerCase()}_${groupId.slice(0, ID_CHARS)}`
}
