import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { setTimeout as wait } from 'node:timers/promises'
import { Worker } from 'node:worker_threads'
import { expect, it } from 'vitest'
import { SHORT_PASS } from '../../local/commit-pass.ts'
import type { GatheredPass } from '../../local/gather-pass.ts'
import type { GatherMessage } from '../../local/gatherer-thread.ts'
import type { TaskAnswer } from '../../local/task-thread.ts'
import { createCatalogTables } from '../../store/catalog/sqlite.ts'
import { createLogTables, sqliteLog } from '../../store/offline/sqlite-log.ts'

/** Enough for the thread to read ahead in; what is tested holds if it does not. */
const AHEAD_MS = 300

it('a thread that gathers ahead takes no row that is erased meanwhile, once it is told that the log has changed', async () => {
  const directory = mkdtempSync(join(tmpdir(), 'cairn-gatherer-'))
  const paths = { recordsPath: join(directory, 'records.db'), catalogPath: join(directory, 'catalog.db') }
  const db = new DatabaseSync(paths.recordsPath)
  db.exec('PRAGMA journal_mode = WAL')
  createLogTables(db)
  createCatalogTables(new DatabaseSync(paths.catalogPath))
  const log = sqliteLog(db)
  const times = { eventTime: 0n, eventTimeText: '0', writeTime: 0, apiInvocationTime: 0 }
  const rowOf = (identifier: string) => ({ groupId: 'g', identifier, ...times, isDeleted: true, features: null })
  db.exec('BEGIN')
  log.append(Array.from({ length: SHORT_PASS.rows }, () => rowOf('kept')))
  log.append([rowOf('erased'), rowOf('kept')])
  db.exec('COMMIT')
  const thread = new Worker(new URL('../../local/gatherer-thread.ts', import.meta.url), { workerData: paths })
  const ask = async (message: GatherMessage): Promise<TaskAnswer<GatheredPass>> => {
    thread.postMessage(message)
    const [answer] = await once(thread, 'message')
    return answer
  }
  try {
    expect(await ask({ after: 0, isUnchanged: false })).toMatchObject({
      result: { sequence: SHORT_PASS.rows, isFull: true },
    })
    await wait(AHEAD_MS)
    log.erase('g', ['erased', 'kept'])
    const after = { sequence: SHORT_PASS.rows, isFull: false, groups: [] }
    expect(await ask({ after: SHORT_PASS.rows, isUnchanged: false })).toEqual({ result: after })
  } finally {
    await thread.terminate()
    rmSync(directory, { recursive: true })
  }
})
