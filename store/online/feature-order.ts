import type { Catalog } from '../catalog/catalog.ts'
import { recent } from '../catalog/recent.ts'
import type { Awaitable } from './online-store.ts'

/**
 * The names of a group's features in the order of their definitions. It may lack the newest ones, unless `isFresh`:
 * features are only ever added, at the end.
 */
export type FeatureOrder = (groupId: string, options?: { isFresh: boolean }) => Awaitable<readonly string[]>

const MAX_REMEMBERED = 500

/** The feature order that the catalog tells. A group is looked up once, and again when a fresh order is asked for. */
export function catalogFeatureOrder(catalog: Pick<Catalog, 'getById'>): FeatureOrder {
  const known = recent<readonly string[]>(MAX_REMEMBERED)
  return async (groupId, options) => {
    const seen = known.get(groupId)
    if (seen !== undefined && !options?.isFresh) return seen
    const group = await catalog.getById(groupId)
    if (group === undefined) throw new Error(`no feature group has the id '${groupId}'`)
    const order = group.FeatureDefinitions.map(({ FeatureName }) => FeatureName)
    known.set(groupId, order)
    return order
  }
}
