import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'

export interface DataPaths {
  /** Online records and the log of their history. */
  recordsPath: string
  /** Feature groups, what is said about them, and jobs. */
  catalogPath: string
  /** The tables of the history. */
  offlinePath: string
  /** What restores have extracted from the history and not yet written. */
  restoresPath: string
}

/** Where records are, and the groups that they are of. */
export type RecordPaths = Pick<DataPaths, 'recordsPath' | 'catalogPath'>

export interface DataDirectory extends DataPaths {
  release(): void
}

/** Where things are in a data directory. */
export function dataPaths(path: string): DataPaths {
  return {
    recordsPath: join(path, 'records.db'),
    catalogPath: join(path, 'catalog.db'),
    offlinePath: join(path, 'offline'),
    restoresPath: join(path, 'restores'),
  }
}

/**
 * Makes the directory if it is missing and takes it for this process. The operating system gives it free when the
 * process ends, however it ends. Throws when another process has it.
 */
export function takeDataDirectory(path: string): DataDirectory {
  mkdirSync(path, { recursive: true })
  const lock = takeLock(path)
  return { ...dataPaths(path), release: () => lock.close() }
}

/** SQLite's file locks work alike on every system, and Node.js has none of its own. */
function takeLock(path: string): DatabaseSync {
  const lock = new DatabaseSync(join(path, 'lock.db'))
  try {
    lock.exec('PRAGMA journal_mode = DELETE; BEGIN EXCLUSIVE')
    return lock
  } catch (cause) {
    lock.close()
    throw new Error(`the data directory ${path} is in use by another server; stop it or choose another with --data`, {
      cause,
    })
  }
}
