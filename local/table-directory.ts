import type { FeatureGroup } from '../store/groups/feature-group.ts'
import { tableStem } from '../store/offline/table-name.ts'

const ID_CHARS = 8

/**
 * The directory of a group's history, below that of all histories: its name as a table, and enough of its id to tell
 * apart the groups that had the name one after the other.
 */
export function tableDirectory({
  FeatureGroupName,
  groupId,
}: Pick<FeatureGroup, 'FeatureGroupName' | 'groupId'>): string {
  return `${tableStem(FeatureGroupName)}_${groupId.slice(0, ID_CHARS)}`
}
