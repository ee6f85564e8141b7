import type { DatabaseSync } from 'node:sqlite'
import type { FeatureGroup } from '../groups/feature-group.ts'
import type { Catalog, FeatureMetadata } from './catalog.ts'

const SCHEMA = `
  CREATE TABLE IF NOT EXISTS feature_groups (
    group_id TEXT PRIMARY KEY,
    name TEXT NOT NULL,
    revision INTEGER NOT NULL,
    is_deleted INTEGER NOT NULL DEFAULT 0,
    definition TEXT NOT NULL
  ) STRICT;
  CREATE UNIQUE INDEX IF NOT EXISTS feature_groups_by_name ON feature_groups (name) WHERE is_deleted = 0;
  CREATE TABLE IF NOT EXISTS feature_metadata (
    group_id TEXT NOT NULL,
    feature_name TEXT NOT NULL,
    revision INTEGER NOT NULL,
    metadata TEXT NOT NULL,
    PRIMARY KEY (group_id, feature_name)
  ) STRICT;
`

/** Creates the tables of the catalog where they are missing. */
export function createCatalogTables(db: DatabaseSync): void {
  db.exec(SCHEMA)
}

/** The groups in a SQLite database that another connection may write: they are read when they are asked for. */
export function storedGroups(db: DatabaseSync) {
  const all = db.prepare('SELECT definition FROM feature_groups WHERE is_deleted = 0 ORDER BY name')
  const byId = db.prepare('SELECT definition FROM feature_groups WHERE group_id = ?')
  return {
    /** A group, of those that were deleted too. */
    getById: (groupId: string) => optional<FeatureGroup>(byId.get(groupId)?.['definition']),
    /** Those that are not deleted. */
    list: () => all.all().map((row) => parse<FeatureGroup>(row['definition'])),
  }
}

/** The catalog in a SQLite database that this process alone writes: groups are kept in memory. */
export function sqliteCatalog(db: DatabaseSync) {
  const insert = db.prepare(
    'INSERT INTO feature_groups (group_id, name, revision, definition) VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING',
  )
  const update = db.prepare(
    'UPDATE feature_groups SET revision = ?, definition = ? WHERE group_id = ? AND revision = ? AND is_deleted = 0',
  )
  const markDeleted = db.prepare('UPDATE feature_groups SET is_deleted = 1 WHERE group_id = ? AND is_deleted = 0')
  const metadataOf = db.prepare('SELECT metadata FROM feature_metadata WHERE group_id = ? AND feature_name = ?')
  const allMetadata = db.prepare('SELECT metadata FROM feature_metadata WHERE group_id = ? ORDER BY feature_name')
  const insertMetadata = db.prepare(
    'INSERT INTO feature_metadata (metadata, revision, group_id, feature_name) VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING',
  )
  const updateMetadata = db.prepare(
    'UPDATE feature_metadata SET metadata = ?, revision = ? WHERE group_id = ? AND feature_name = ? AND revision = ?',
  )

  const stored = storedGroups(db)
  const byName = new Map<string, FeatureGroup>()
  for (const group of stored.list()) remember(group)

  function remember(group: FeatureGroup): void {
    byName.set(group.FeatureGroupName, Object.freeze(group))
  }

  return {
    create(group: FeatureGroup): boolean {
      const { groupId, FeatureGroupName: name, revision } = group
      if (insert.run(groupId, name, revision, JSON.stringify(group)).changes === 0) return false
      remember(group)
      return true
    },
    get: (name: string) => byName.get(name),
    getById: stored.getById,
    replace(group: FeatureGroup): boolean {
      const { groupId, revision } = group
      if (update.run(revision, JSON.stringify(group), groupId, revision - 1).changes === 0) return false
      remember(group)
      return true
    },
    remove(group: FeatureGroup): boolean {
      if (markDeleted.run(group.groupId).changes === 0) return false
      byName.delete(group.FeatureGroupName)
      return true
    },
    list: () => [...byName.values()].sort((a, b) => (a.FeatureGroupName < b.FeatureGroupName ? -1 : 1)),
    getFeatureMetadata: (groupId: string, featureName: string) =>
      optional<FeatureMetadata>(metadataOf.get(groupId, featureName)?.['metadata']),
    replaceFeatureMetadata(groupId: string, metadata: FeatureMetadata): boolean {
      const { revision, FeatureName } = metadata
      const values = [JSON.stringify(metadata), revision, groupId, FeatureName]
      const { changes } = revision === 1 ? insertMetadata.run(...values) : updateMetadata.run(...values, revision - 1)
      return changes > 0
    },
    listFeatureMetadata: (groupId: string) =>
      allMetadata.all(groupId).map((row) => parse<FeatureMetadata>(row['metadata'])),
  } satisfies Catalog
}

function parse<T>(text: unknown): T {
  return JSON.parse(String(text))
}

function optional<T>(text: unknown): T | undefined {
  return text === undefined ? undefined : parse<T>(text)
}
