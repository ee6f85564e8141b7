import { storedGroups } from '../store/catalog/sqlite.ts'
import type { FeatureNames } from '../store/offline/sqlite-log.ts'
import { openDatabaseToRead } from './database.ts'

/** Little is read, and seldom. */
const CACHE_KIB = 256

/** The names of features as the catalog has them, which another connection writes: the same list until it does. */
export function featureNames(catalogPath: string): FeatureNames {
  const db = openDatabaseToRead(catalogPath, CACHE_KIB)
  const groups = storedGroups(db)
  const dataVersion = db.prepare('PRAGMA data_version')
  const known = new Map<string, readonly string[]>()
  let version: unknown

  return (groupId) => {
    const now = dataVersion.get()?.['data_version']
    if (now !== version) known.clear()
    version = now
    const names = known.get(groupId) ?? (groups.getById(groupId)?.FeatureDefinitions ?? []).map(nameOf)
    known.set(groupId, names)
    return names
  }
}

const nameOf = ({ FeatureName }: { FeatureName: string }): string => FeatureName
