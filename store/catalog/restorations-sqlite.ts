import type { DatabaseSync } from 'node:sqlite'
import type { Restoration } from '../restores/restoration.ts'
import type { Restorations } from './restorations.ts'

const SCHEMA = `
  CREATE TABLE IF NOT EXISTS restorations (
    id TEXT PRIMARY KEY,
    revision INTEGER NOT NULL,
    group_id TEXT NOT NULL,
    ended_at INTEGER,
    restoration TEXT NOT NULL
  ) STRICT;
  CREATE UNIQUE INDEX IF NOT EXISTS restorations_under_way ON restorations (group_id) WHERE ended_at IS NULL;
`

/** Creates the table of restores where it is missing. */
export function createRestorationTables(db: DatabaseSync): void {
  db.exec(SCHEMA)
}

/** The restores of online stores in a SQLite database. */
export function sqliteRestorations(db: DatabaseSync) {
  const insert = db.prepare(
    `INSERT INTO restorations (revision, group_id, ended_at, restoration, id) VALUES (?, ?, ?, ?, ?)
     ON CONFLICT DO NOTHING`,
  )
  const update = db.prepare(
    'UPDATE restorations SET revision = ?, group_id = ?, ended_at = ?, restoration = ? WHERE id = ? AND revision = ?',
  )
  const byId = db.prepare('SELECT restoration FROM restorations WHERE id = ?')
  const ofGroup = db.prepare('SELECT id FROM restorations WHERE group_id = ? AND ended_at IS NULL')
  const notEnded = db.prepare('SELECT restoration FROM restorations WHERE ended_at IS NULL ORDER BY group_id')

  return {
    create: (restoration: Restoration) => insert.run(...columns(restoration)).changes > 0,
    get(id: string): Restoration | undefined {
      const row = byId.get(id)
      return row && readRow(row)
    },
    replace: (restoration: Restoration) => update.run(...columns(restoration), restoration.revision - 1).changes > 0,
    current(groupId: string): string | undefined {
      const row = ofGroup.get(groupId)
      return row && String(row['id'])
    },
    underWay: () => notEnded.all().map(readRow),
  } satisfies Restorations
}

function readRow({ restoration }: { [column: string]: unknown }): Restoration {
  return JSON.parse(String(restoration)) as Restoration
}

function columns(restoration: Restoration) {
  const { id, revision, groupId, endedAt } = restoration
  return [revision, groupId, endedAt ?? null, JSON.stringify(restoration), id]
}
