import fs from 'node:fs'
import { syncBuiltinESMExports } from 'node:module'
import { join, relative } from 'node:path'
import { DatabaseSync, StatementSync } from 'node:sqlite'
import { isMainThread } from 'node:worker_threads'
import { progressOfThreads, SLOT } from './progress.ts'

/**
 * Loaded before a program, in each of its threads: keeps what a kill would leave of its data directory before every
 * call that changes a file, of SQLite or of the file system. Such calls come one at a time, whichever thread makes
 * them, so that what is kept was there at one moment.
 */

const DATA = process.env['CAIRN_STATES_OF'] ?? ''
const KEPT = process.env['CAIRN_STATES_IN'] ?? ''

const progress = progressOfThreads(isMainThread)
const { copyFileSync, mkdirSync, readdirSync, statSync, writeFileSync } = fs
/** Files that processes share while they run; a process that starts anew makes them anew. */
const NOT_KEPT = /(-shm|lock\.db|lock\.db-journal)$/

function filesBelow(directory: string): string[] {
  return readdirSync(directory, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && !NOT_KEPT.test(entry.name))
    .map((entry) => join(entry.parentPath, entry.name))
}

let last = ''

function keepState(): void {
  const acknowledged = Atomics.load(progress, SLOT.acknowledged)
  const erased = Atomics.load(progress, SLOT.erased)
  Atomics.add(progress, SLOT.points, 1)
  const paths = filesBelow(DATA)
  const signature = paths.map((path) => `${path} ${statSync(path, { bigint: true }).mtimeNs} ${statSync(path).size}`)
  if (signature.join() === last) return
  last = signature.join()
  const directory = join(KEPT, String(Atomics.add(progress, SLOT.states, 1)))
  for (const path of paths) {
    const copy = join(directory, 'data', relative(DATA, path))
    mkdirSync(join(copy, '..'), { recursive: true })
    copyFileSync(path, copy)
  }
  writeFileSync(join(directory, 'progress.json'), JSON.stringify({ acknowledged, erased }))
}

/** The function, with the state kept before it runs; calls within it are its own. */
function atomically<Arguments extends unknown[], Result>(
  call: (this: unknown, ...args: Arguments) => Result,
  changes: (self: unknown, args: Arguments) => boolean = () => true,
) {
  return function (this: unknown, ...args: Arguments): Result {
    if (isWithin || !changes(this, args)) return call.apply(this, args)
    while (Atomics.compareExchange(progress, SLOT.lock, 0, 1) !== 0) Atomics.wait(progress, SLOT.lock, 1)
    isWithin = true
    try {
      keepState()
      return call.apply(this, args)
    } finally {
      isWithin = false
      Atomics.store(progress, SLOT.lock, 0)
      Atomics.notify(progress, SLOT.lock, 1)
    }
  }
}

let isWithin = false

const isBelowData = (path: unknown) => typeof path === 'string' && path.startsWith(DATA)
const writes = (_: unknown, [path, flags]: unknown[]) => isBelowData(path) && flags !== 'r'
const ofData = (_: unknown, [path]: unknown[]) => isBelowData(path)

Object.assign(fs, {
  openSync: atomically(fs.openSync, writes),
  writeSync: atomically(fs.writeSync as (...args: unknown[]) => number),
  fsyncSync: atomically(fs.fsyncSync),
  renameSync: atomically(fs.renameSync, ofData),
  rmSync: atomically(fs.rmSync, ofData),
  mkdirSync: atomically(fs.mkdirSync as (...args: unknown[]) => string | undefined, ofData),
})
syncBuiltinESMExports()

const READS = /^\s*(SELECT|WITH|PRAGMA (?!wal_checkpoint))/i
const changesRows = (self: unknown) => !(self instanceof StatementSync && READS.test(self.sourceSQL))
for (const name of ['run', 'get', 'all'] as const) {
  const original = StatementSync.prototype[name] as (this: unknown, ...args: unknown[]) => unknown
  Object.assign(StatementSync.prototype, { [name]: atomically(original, changesRows) })
}
for (const name of ['exec', 'close'] as const) {
  const original = DatabaseSync.prototype[name] as (this: unknown, ...args: unknown[]) => unknown
  Object.assign(DatabaseSync.prototype, { [name]: atomically(original) })
}
