import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'

const DATABASES = ['records.db', 'catalog.db']

/** Every row of every table in a data directory: what is stored, the history log, the catalog, jobs. */
export function dumpStore(dataDirectory: string): { [table: string]: unknown[] } {
  const dump: { [table: string]: unknown[] } = {}
  for (const file of DATABASES) {
    const db = new DatabaseSync(join(dataDirectory, file), { readOnly: true })
    const tables = db.prepare("SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name").all()
    for (const { name } of tables) {
      const rows = db.prepare(`SELECT * FROM "${name}" ORDER BY rowid`)
      rows.setReadBigInts(true)
      dump[`${file}/${name}`] = rows.all()
    }
    db.close()
  }
  return dump
}
