import type { FeatureGroup } from '../groups/feature-group.ts'

/**
 * The name that the table of a new group's history gets: the group's with `_` for `-`, then when it was created, in
 * seconds since the epoch (`api.md` section 4.2); in lower case, as Glue writes it.
 */
export function tableName(groupName: string, creationTime: number): string {
  return `${tableStem(groupName)}_${Math.floor(creationTime / 1000)}`
}

/** What the name of every table of groups of that name begins with. */
export function tableStem(groupName: string): string {
  return groupName.replaceAll('-', '_').toLowerCase()
}

type Named = Pick<FeatureGroup, 'FeatureGroupName' | 'creationTime' | 'OfflineStoreConfig'>

/** The table of a group's history. */
export function tableOf({ FeatureGroupName, creationTime, OfflineStoreConfig }: Named): string {
  return OfflineStoreConfig?.DataCatalogConfig?.TableName ?? tableName(FeatureGroupName, creationTime)
}
