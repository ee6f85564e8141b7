import type { FeatureGroup } from '../groups/feature-group.ts'
import type { Catalog } from './catalog.ts'
import { recent } from './recent.ts'

export interface CachedCatalogOptions {
  /** The clock: milliseconds since the epoch. */
  now: () => number
  /** A group that was read longer ago is read again. */
  maxAgeMs: number
}

interface Read {
  group: FeatureGroup
  readAt: number
}

const MAX_CACHED = 500

/**
 * A catalog that remembers groups for a while: those it gives by name or by id may be `maxAgeMs` old, unless `isFresh`
 * is asked for. That a group does not exist is never remembered.
 */
export function cachedCatalog(catalog: Catalog, { now, maxAgeMs }: CachedCatalogOptions): Catalog {
  const byName = recent<Read>(MAX_CACHED)
  const byId = recent<Read>(MAX_CACHED)

  function isRecent(read: Read | undefined): read is Read {
    return read !== undefined && now() - read.readAt < maxAgeMs
  }

  function remember(group: FeatureGroup, readAt: number): FeatureGroup {
    byName.set(group.FeatureGroupName, { group, readAt })
    byId.set(group.groupId, { group, readAt })
    return group
  }

  function forget(group: FeatureGroup): void {
    byName.delete(group.FeatureGroupName)
    byId.delete(group.groupId)
  }

  async function changing(group: FeatureGroup, change: () => Promise<boolean> | boolean): Promise<boolean> {
    try {
      return await change()
    } finally {
      forget(group)
    }
  }

  return {
    ...catalog,
    async get(name, options) {
      const known = byName.get(name)
      if (options?.isFresh !== true && isRecent(known)) return known.group
      const readAt = now()
      const group = await catalog.get(name, { isFresh: true })
      if (group !== undefined) return remember(group, readAt)
      byName.delete(name)
      return undefined
    },
    async getById(groupId, options) {
      const known = byId.get(groupId)
      if (options?.isFresh !== true && isRecent(known)) return known.group
      const readAt = now()
      const group = await catalog.getById(groupId, { isFresh: true })
      if (group !== undefined) byId.set(groupId, { group, readAt })
      return group
    },
    create: (group) => changing(group, () => catalog.create(group)),
    replace: (group) => changing(group, () => catalog.replace(group)),
    remove: (group) => changing(group, () => catalog.remove(group)),
  }
}
