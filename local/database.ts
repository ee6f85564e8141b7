import { DatabaseSync } from 'node:sqlite'

const CACHE_KIB = 32 * 1024
/** The pages that a commit of thousands of records changes: with more of them, writing takes no less time. */
const WRITER_CACHE_KIB = 16 * 1024
/** Pages in the write-ahead log before it is copied back: 16 MB, so that bursts of commits do not wait for it. */
const CHECKPOINT_PAGES = 4_000

/**
 * Opens a database that is written by one connection and read by others. A commit is on disk when it returns, and
 * what is deleted is overwritten: https://sqlite.org/pragma.html#pragma_synchronous, FULL with a write-ahead log, and
 * #pragma_secure_delete.
 */
export function openDatabase(path: string, cacheKib = WRITER_CACHE_KIB): DatabaseSync {
  const db = new DatabaseSync(path)
  db.exec(`
    PRAGMA journal_mode = WAL;
    PRAGMA synchronous = FULL;
    PRAGMA secure_delete = ON;
    PRAGMA busy_timeout = 10000;
    PRAGMA cache_size = -${cacheKib};
    PRAGMA wal_autocheckpoint = ${CHECKPOINT_PAGES};
    PRAGMA journal_size_limit = 67108864;
  `)
  return db
}

/** Opens a database that another connection writes, with so much memory for its pages. */
export function openDatabaseToRead(path: string, cacheKib = CACHE_KIB): DatabaseSync {
  const db = new DatabaseSync(path, { readOnly: true })
  db.exec(`PRAGMA busy_timeout = 10000; PRAGMA cache_size = -${cacheKib};`)
  return db
}

/**
 * Empties the write-ahead log, whose older pages still have what was deleted. Waits for readers; throws when they do
 * not end.
 */
export function emptyWriteAheadLog(db: DatabaseSync): void {
  const state = db.prepare('PRAGMA wal_checkpoint(TRUNCATE)').get()
  if (state?.['busy'] !== 0) throw new Error('the write-ahead log could not be emptied because it is being read')
}
