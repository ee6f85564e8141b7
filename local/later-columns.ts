import type { DatabaseSync } from 'node:sqlite'

/** The columns that tables of a data directory may lack which an earlier version made. */
const LATER = {
  records: ['written_at INTEGER NOT NULL DEFAULT 0', 'session TEXT', 'hidden TEXT'],
  history: ['deletion_session TEXT'],
} as const

/** Adds to tables that are there the columns that they lack. May be repeated. */
export function addLaterColumns(db: DatabaseSync): void {
  for (const [table, columns] of Object.entries(LATER)) {
    const there = new Set(
      db
        .prepare(`SELECT name FROM pragma_table_info('${table}')`)
        .all()
        .map(({ name }) => name),
    )
    if (there.size === 0) continue
    for (const column of columns) {
      if (!there.has(column.split(' ')[0] ?? '')) db.exec(`ALTER TABLE ${table} ADD COLUMN ${column}`)
    }
  }
}
