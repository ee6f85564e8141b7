import type { DatabaseSync } from 'node:sqlite'
import type { DeleteSession } from '../deletes/delete-session.ts'
import { nextAfter, placeAfter, placeOf, sessionDueAt } from './delete-session-place.ts'
import type { DeleteSessions, SessionListOptions, SessionPage } from './delete-sessions.ts'

const SCHEMA = `
  CREATE TABLE IF NOT EXISTS delete_sessions (
    name TEXT PRIMARY KEY,
    revision INTEGER NOT NULL,
    group_id TEXT NOT NULL,
    feature_group TEXT NOT NULL,
    status TEXT NOT NULL,
    place TEXT NOT NULL,
    turn TEXT,
    due_at INTEGER,
    session TEXT NOT NULL
  ) STRICT;
  CREATE INDEX IF NOT EXISTS delete_sessions_by_place ON delete_sessions (place);
  CREATE INDEX IF NOT EXISTS delete_sessions_by_group ON delete_sessions (feature_group, place);
  CREATE INDEX IF NOT EXISTS delete_sessions_by_status ON delete_sessions (status, place);
  CREATE INDEX IF NOT EXISTS delete_sessions_by_turn ON delete_sessions (group_id, turn, name) WHERE turn IS NOT NULL;
  CREATE INDEX IF NOT EXISTS delete_sessions_by_due ON delete_sessions (due_at, name) WHERE due_at IS NOT NULL;
`

/** Creates the table of the ledger where it is missing. */
export function createDeleteSessionTables(db: DatabaseSync): void {
  db.exec(SCHEMA)
}

/** The ledger of delete sessions in a SQLite database. */
export function sqliteDeleteSessions(db: DatabaseSync) {
  const insert = db.prepare(
    `INSERT INTO delete_sessions (revision, group_id, feature_group, status, place, turn, due_at, session, name)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING`,
  )
  const update = db.prepare(
    `UPDATE delete_sessions
     SET revision = ?, group_id = ?, feature_group = ?, status = ?, place = ?, turn = ?, due_at = ?, session = ?
     WHERE name = ? AND revision = ?`,
  )
  const byName = db.prepare('SELECT session FROM delete_sessions WHERE name = ?')
  const lowestTurn = db.prepare(
    'SELECT name FROM delete_sessions WHERE group_id = ? AND turn IS NOT NULL ORDER BY turn, name LIMIT 1',
  )
  const due = db.prepare('SELECT session FROM delete_sessions WHERE due_at <= ? ORDER BY due_at, name LIMIT ?')

  return {
    create: (session: DeleteSession) => insert.run(...columns(session)).changes > 0,
    get(name: string): DeleteSession | undefined {
      const row = byName.get(name)
      return row && parse(row)
    },
    replace: (session: DeleteSession) => update.run(...columns(session), session.revision - 1).changes > 0,
    list: (options: SessionListOptions) => list(db, options),
    current(groupId: string): string | undefined {
      const row = lowestTurn.get(groupId)
      return row && String(row['name'])
    },
    due: (now: number, limit: number) => due.all(now, limit).map(parse),
  } satisfies DeleteSessions
}

function columns(session: DeleteSession) {
  const { name, revision, groupId, table, status, turn } = session
  const dueAt = sessionDueAt(session) ?? null
  return [revision, groupId, table, status, placeOf(session), turn ?? null, dueAt, JSON.stringify(session), name]
}

function list(db: DatabaseSync, options: SessionListOptions): SessionPage {
  const wanted = { 'feature_group = ?': options.table, 'status = ?': options.status, 'place < ?': placeAfter(options) }
  const conditions = Object.entries(wanted).flatMap(([sql, value]) => (value === undefined ? [] : [{ sql, value }]))
  const where = ['TRUE', ...conditions.map(({ sql }) => sql)].join(' AND ')
  const rows = db
    .prepare(`SELECT place, session FROM delete_sessions WHERE ${where} ORDER BY place DESC LIMIT ?`)
    .all(...conditions.map(({ value }) => value), options.limit + 1)
  const page = rows.slice(0, options.limit)
  const last = page.at(-1)
  const sessions = page.map(parse)
  if (last === undefined || page.length === rows.length) return { sessions }
  return { sessions, next: nextAfter(String(last['place']), options) }
}

function parse(row: Record<string, unknown>): DeleteSession {
  return JSON.parse(String(row['session'])) as DeleteSession
}
