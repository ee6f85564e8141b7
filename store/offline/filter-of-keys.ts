import { filterColumns } from '../deletes/filter.ts'
import type { FeatureGroup } from '../groups/feature-group.ts'

/**
 * True for a filter that asks for nothing but the identifier and the event time, which deletion markers have too. For
 * any other, what a marker lacks would say that it matches, since what is missing sorts below everything.
 */
export function isFilterOfKeys(group: FeatureGroup, filter: [string, string, unknown][]): boolean {
  const keys = [group.RecordIdentifierFeatureName, group.EventTimeFeatureName]
  return filterColumns(filter).every((column) => keys.includes(column))
}
