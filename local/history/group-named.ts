import type { FeatureGroup } from '../../store/groups/feature-group.ts'

/** The group of a name; one whose name differs in case only when there is just one. Throws when there is none. */
export function groupNamed<Group extends Pick<FeatureGroup, 'FeatureGroupName'>>(groups: Group[], name: string): Group {
  const exact = groups.find(({ FeatureGroupName }) => FeatureGroupName === name)
  if (exact !== undefined) return exact
  const alike = groups.filter(({ FeatureGroupName }) => FeatureGroupName.toLowerCase() === name.toLowerCase())
  if (alike.length === 1 && alike[0] !== undefined) return alike[0]
  throw new Error(`there is no feature group ${name} with a history; there are ${groupNames(groups)}`)
}

/** The names of the groups, for a message. */
export function groupNames(groups: Pick<FeatureGroup, 'FeatureGroupName'>[]): string {
  return groups.length === 0 ? 'none' : groups.map(({ FeatureGroupName }) => FeatureGroupName).join(', ')
}
