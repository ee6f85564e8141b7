import { setTimeout } from 'node:timers/promises'
import type { Catalog } from './catalog.ts'

/**
 * A catalog for one process that changes groups while others remember them for `maxAgeMs`: a group is removed when all
 * of them have forgotten it, so that no record is acknowledged for a deleted group, nor for the one before a new one.
 */
export function settlingCatalog(catalog: Catalog, maxAgeMs: number): Catalog {
  return {
    ...catalog,
    async remove(group) {
      const wasRemoved = await catalog.remove(group)
      if (wasRemoved) await setTimeout(maxAgeMs)
      return wasRemoved
    },
  }
}
