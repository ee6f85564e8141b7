import type { DatabaseSync } from 'node:sqlite'
import { createDeleteSessionTables, sqliteDeleteSessions } from '../store/catalog/delete-sessions-sqlite.ts'
import { createRestorationTables, sqliteRestorations } from '../store/catalog/restorations-sqlite.ts'
import { createCatalogTables, sqliteCatalog } from '../store/catalog/sqlite.ts'
import type { FindRecords } from '../store/deletes/find-records.ts'
import { afterRestore } from '../store/jobs/after-restore.ts'
import { deleteSessionStep } from '../store/jobs/delete-session-step.ts'
import { groupCleanupStep } from '../store/jobs/group-cleanup.ts'
import { jobSteps } from '../store/jobs/job-steps.ts'
import { restoreStep } from '../store/jobs/restore-step.ts'
import { createJobTables, sqliteJobQueue } from '../store/jobs/sqlite.ts'
import type { HistoryErasure } from '../store/offline/history-erasure.ts'
import type { HistoryReplay } from '../store/offline/history-replay.ts'
import { logTables } from '../store/offline/log-tables.ts'
import { sqliteLog } from '../store/offline/sqlite-log.ts'
import { sqliteOnlineStore } from '../store/online/sqlite.ts'
import type { RestoreStores } from '../store/restores/restore-stores.ts'
import type { RecordWriter, Stores } from '../store/stores.ts'
import { startCommitter } from './committer.ts'
import { takeDataDirectory } from './data-directory.ts'
import { emptyWriteAheadLog, openDatabase, openDatabaseToRead } from './database.ts'
import { recordFinder } from './finder.ts'
import { groupCommit } from './group-commit.ts'
import { localHistory } from './history.ts'
import { localHistoryErasure } from './history-erasure.ts'
import { localHistoryReplay } from './history-replay.ts'
import { startSessionSweeper } from './session-sweeper.ts'
import { startSweeper } from './sweeper.ts'
import { startWriter } from './writer.ts'

export interface LocalStoresOptions {
  dataDirectory: string
  account: string
  region: string
  now?: () => number
  /** How often expired records are looked for. */
  sweepIntervalMs?: number
  /** The history's rows are moved from the log into their tables when the oldest is so old. */
  commitAgeMs?: number
  /** Or when the rows that wait have so many bytes. */
  commitBytes?: number
  /** Takes less memory, for a process that is not there to serve: less is cached, and commits take longer. */
  isSmall?: boolean
  /** For how many days a delete session of mode soft can be undone. */
  undoDays?: number
  /** Names of delete sessions that no restore honours. @default - none */
  ignoredDeletes?: string[]
  /** Told of what went wrong outside any request, and of the cause behind a write that was refused. */
  onError: (error: unknown, what: string) => void
  /** Told when records can no longer be written. */
  onFatal: (error: Error) => void
}

const SWEEP_INTERVAL_MS = 1_000
const JOB_RETRY_MS = 1_000
const COMMIT_AGE_MS = 60_000
const COMMIT_BYTES = 64 * 1024 * 1024
const ROWS_PER_TRIM = 10_000

/** Opens the embedded stores on a data directory. Throws when another process has it. */
export async function openLocalStores(options: LocalStoresOptions) {
  const { onError, now = Date.now, isSmall = false } = options
  const directory = takeDataDirectory(options.dataDirectory)
  const catalogDb = openDatabase(directory.catalogPath)
  createCatalogTables(catalogDb)
  const writerThread = await startWriter({ ...directory, isSmall }, options.onFatal)
  const writer = groupCommit(writerThread.commit, { now, onError: (error) => onError(error, 'write') })
  const reader = openDatabaseToRead(directory.recordsPath)
  const log = sqliteLog(reader)
  const committer = startCommitter({
    ...directory,
    log,
    isSmall,
    trim: async (sequence) => {
      while (await writer.trimLog(sequence, ROWS_PER_TRIM));
    },
    maxAgeMs: options.commitAgeMs ?? COMMIT_AGE_MS,
    maxBytes: options.commitBytes ?? COMMIT_BYTES,
    now,
    onError: (error) => onError(error, 'commit'),
  })
  const erasure = localHistoryErasure({
    flush: committer.flush,
    eraseScope: committer.eraseScope,
    // An erasure empties the write-ahead log, that of no record too.
    async emptyWriteAheadLogs(groupId) {
      await writer.erase(groupId, [])
      emptyWriteAheadLog(catalogDb)
    },
  })
  const replay = localHistoryReplay({ ...directory, flush: committer.flush })
  const finder = recordFinder(directory.recordsPath)
  const quietIn = async () => {
    await writer.settled()
    return 0
  }
  const parts = { reader, catalogDb, writer, erasure, quietIn, replay, find: finder.find, now }
  const { stores, jobs, online } = assemble(options, parts)
  const sweeper = startSweeper(stores, {
    expired: online.expired,
    intervalMs: options.sweepIntervalMs ?? SWEEP_INTERVAL_MS,
    onError: (error) => onError(error, 'sweep'),
  })
  const sessionSweeper = startSessionSweeper(stores, (error) => onError(error, 'sweep delete sessions'))
  jobs.start()
  return {
    stores,
    log,
    historyErasure: erasure,
    historyReplay: replay,
    history: localHistory({
      flush: committer.flush,
      eraseRecords: writer.erase,
      eraseFromTable: committer.erase,
      emptyJobsLog: () => emptyWriteAheadLog(catalogDb),
      restoreOf: stores.restorations.current,
    }),
    /** Finishes what is under way and closes the files. */
    async close(): Promise<void> {
      sessionSweeper.stop()
      replay.stop()
      await Promise.all([sweeper.stop(), jobs.close(), committer.stop()])
      await finder.close()
      await writer.drained()
      await writerThread.close()
      reader.close()
      catalogDb.close()
      directory.release()
    },
  }
}

export type LocalStores = Awaited<ReturnType<typeof openLocalStores>>

interface Parts {
  reader: DatabaseSync
  catalogDb: DatabaseSync
  writer: RecordWriter
  erasure: HistoryErasure
  quietIn: () => Promise<number>
  replay: HistoryReplay
  find: FindRecords
  now: () => number
}

type Place = Pick<LocalStoresOptions, 'account' | 'region' | 'undoDays' | 'ignoredDeletes' | 'onError'>

function assemble({ account, region, undoDays, ignoredDeletes = [], onError }: Place, parts: Parts) {
  const { reader, catalogDb, writer, erasure, quietIn, replay, find, now } = parts
  createJobTables(catalogDb)
  createDeleteSessionTables(catalogDb)
  createRestorationTables(catalogDb)
  const online = sqliteOnlineStore(reader)
  const restorations = sqliteRestorations(catalogDb)
  const jobs = sqliteJobQueue(catalogDb, {
    step: jobSteps({
      'group-cleanup': (job) => groupCleanupStep(stores, job),
      'delete-session': afterRestore(restorations, (job) => deleteSessionStep({ ...stores, erasure, quietIn }, job)),
      restore: (job) => restoreStep({ ...stores, replay }, job),
    }),
    onError: (error, job) => onError(error, `job ${job.kind}`),
    retryMs: JOB_RETRY_MS,
  })
  const stores: Stores & RestoreStores = {
    catalog: sqliteCatalog(catalogDb),
    sessions: sqliteDeleteSessions(catalogDb),
    restorations,
    ignoredDeletes,
    online,
    find,
    writer,
    jobs,
    tables: logTables,
    account,
    region,
    shardCount: 1,
    ...(undoDays !== undefined && { undoDays }),
    now,
  }
  return { stores, jobs, online }
}
