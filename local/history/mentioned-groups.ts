import type { FeatureGroup } from '../../store/groups/feature-group.ts'

/** What follows a group's name in the names of the tables that are made from its history. */
export const LATEST = '_latest'
export const SNAPSHOTS = '_snapshots'

/**
 * The groups whose tables a statement may read: those whose names stand anywhere in it. SQL tells no case apart, so of
 * groups that differ in case only the one that is written exactly so is meant; throws when that leaves more than one.
 */
export function mentionedGroups<Group extends Pick<FeatureGroup, 'FeatureGroupName'>>(
  sql: string,
  groups: Group[],
): Group[] {
  const alike = Map.groupBy(groups, ({ FeatureGroupName }) => FeatureGroupName.toLowerCase())
  return [...alike.values()].flatMap((same) => {
    const mentioned = same.filter((group) => isMentioned(sql, group, 'i'))
    if (mentioned.length < 2) return mentioned
    const exact = mentioned.filter((group) => isMentioned(sql, group, ''))
    if (exact.length === 1) return exact
    const names = same.map(({ FeatureGroupName }) => FeatureGroupName).join(' and ')
    throw new Error(`${names} are one name in SQL: a query can read one of them, written exactly so`)
  })
}

function isMentioned(sql: string, { FeatureGroupName: name }: Pick<FeatureGroup, 'FeatureGroupName'>, flags: string) {
  return [name, `${name}${LATEST}`, `${name}${SNAPSHOTS}`].some((table) => mentionsTable(sql, table, flags))
}

/** True when the name stands anywhere in the statement as a word of its own, in any case unless `flags` says else. */
export function mentionsTable(sql: string, name: string, flags = 'i'): boolean {
  return new RegExp(`(?<!\\w)${name}(?!\\w)`, flags).test(sql)
}
