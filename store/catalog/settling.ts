import { setTimeout } from 'node:timers/promises'
import type { Catalog } from './catalog.ts'

export interface SettlingOptions {
  /** For how long others may remember a group. */
  maxAgeMs: number
  /** @default - the time itself */
  wait?: (milliseconds: number) => Promise<unknown>
}

/**
 * A catalog for one process that changes groups while others remember them for a while: a group is removed when all of
 * them have forgotten it, so that no record is acknowledged for a deleted group, nor for the one before a new one.
 */
export function settlingCatalog(catalog: Catalog, { maxAgeMs, wait = setTimeout }: SettlingOptions): Catalog {
  return {
    ...catalog,
    async remove(group) {
      const wasRemoved = await catalog.remove(group)
      if (wasRemoved) await wait(maxAgeMs)
      return wasRemoved
    },
  }
}
