import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import type { Extent } from './load.ts'
import { identifierOf, recordJson } from './records.ts'

const TEXTS = 1_000

/** Runs `once` again and again on a fresh database for some seconds; how many rows a second it says it has done. */
function rate({ seconds, runs }: Extent, prepare: (db: DatabaseSync) => () => number): number {
  const rates = Array.from({ length: runs }, () => {
    const directory = mkdtempSync(join(tmpdir(), 'cairn-bench-floor-'))
    const db = open(directory)
    const once = prepare(db)
    const started = performance.now()
    let rows = 0
    while (performance.now() - started < seconds * 1000) rows += once()
    const perSecond = (rows * 1000) / (performance.now() - started)
    db.close()
    rmSync(directory, { recursive: true })
    return perSecond
  })
  return rates.sort((a, b) => a - b)[Math.floor(runs / 2)] ?? 0
}

function open(directory: string): DatabaseSync {
  const db = new DatabaseSync(join(directory, 'floor.db'))
  db.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL')
  db.exec('CREATE TABLE records (id TEXT PRIMARY KEY, time INTEGER, features TEXT, hidden TEXT) STRICT')
  db.exec('CREATE TABLE history (sequence INTEGER PRIMARY KEY, id TEXT, time INTEGER, features TEXT) STRICT')
  return db
}

const texts = Array.from({ length: TEXTS }, (_, number) => recordJson(number))

/** Records a second in a loop that writes each to two tables and commits `perCommit` of them to disk at a time. */
export function sqliteWriteFloor(perCommit: number, extent: Extent): number {
  return rate(extent, (db) => {
    const record = db.prepare('INSERT INTO records (id, time, features) VALUES (?, ?, ?)')
    const history = db.prepare('INSERT INTO history (id, time, features) VALUES (?, ?, ?)')
    let number = 0
    return () => {
      db.exec('BEGIN IMMEDIATE')
      for (let row = 0; row < perCommit; row++) {
        number += 1
        const values = [identifierOf(number), number, texts[number % TEXTS] ?? ''] as const
        record.run(...values)
        history.run(...values)
      }
      db.exec('COMMIT')
      return perCommit
    }
  })
}

/** Records a second in a loop that reads one after the other of a hundred thousand, each by its key. */
export function sqliteReadFloor(extent: Extent): number {
  return rate(extent, (db) => {
    fill(db, 100_000)
    const read = db.prepare('SELECT features FROM records WHERE id = ?')
    let number = 0
    return () => {
      number = (number + 7_919) % 100_000
      read.get(identifierOf(number))
      return 1
    }
  })
}

/** Identifiers a second in a loop that lists a hundred thousand records, a hundred at a time. */
export function sqliteListFloor(extent: Extent): number {
  return rate(extent, (db) => {
    fill(db, 100_000)
    const page = db.prepare('SELECT id FROM records WHERE id > ? ORDER BY id LIMIT 100')
    let last = ''
    return () => {
      const rows = page.all(last)
      last = rows.length < 100 ? '' : String(rows.at(-1)?.['id'])
      return rows.length
    }
  })
}

/**
 * Records a second in a loop that scans that many, a thousand at a time, reads each one's features, hides them and
 * writes a row of history.
 */
export function sqliteDeleteFloor(count: number): number {
  const directory = mkdtempSync(join(tmpdir(), 'cairn-bench-floor-'))
  const db = open(directory)
  fill(db, count)
  const page = db.prepare('SELECT id, time, features FROM records WHERE id > ? ORDER BY id LIMIT 1000')
  const hide = db.prepare('UPDATE records SET features = NULL, hidden = features WHERE id = ?')
  const history = db.prepare('INSERT INTO history (id, time) VALUES (?, ?)')
  const started = performance.now()
  for (let rows = page.all(''); rows.length > 0; rows = page.all(String(rows.at(-1)?.['id']))) {
    db.exec('BEGIN IMMEDIATE')
    for (const { id = '', time = 0, features } of rows) {
      if (JSON.parse(String(features)).length === 0) throw new Error(`record ${id} has no features`)
      hide.run(id)
      history.run(id, time)
    }
    db.exec('COMMIT')
  }
  const perSecond = (count * 1000) / (performance.now() - started)
  db.close()
  rmSync(directory, { recursive: true })
  return perSecond
}

function fill(db: DatabaseSync, count: number): void {
  const insert = db.prepare('INSERT INTO records (id, time, features) VALUES (?, ?, ?)')
  db.exec('BEGIN')
  for (let number = 0; number < count; number++) insert.run(identifierOf(number), number, texts[number % TEXTS] ?? '')
  db.exec('COMMIT')
}
