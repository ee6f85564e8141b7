import type { DatabaseSync } from 'node:sqlite'
import { createCatalogTables, sqliteCatalog } from '../store/catalog/sqlite.ts'
import { jobSteps } from '../store/jobs/job-steps.ts'
import { createJobTables, sqliteJobQueue } from '../store/jobs/sqlite.ts'
import { logTables } from '../store/offline/log-tables.ts'
import { sqliteLog } from '../store/offline/sqlite-log.ts'
import { sqliteOnlineStore } from '../store/online/sqlite.ts'
import type { RecordWriter, Stores } from '../store/stores.ts'
import { startCommitter } from './committer.ts'
import { takeDataDirectory } from './data-directory.ts'
import { openDatabase, openDatabaseToRead } from './database.ts'
import { groupCommit } from './group-commit.ts'
import { localHistory } from './history.ts'
import { localHistoryErasure } from './history-erasure.ts'
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
  /** Told of what went wrong outside any request, and of the cause behind a write that was refused. */
  onError: (error: unknown, what: string) => void
  /** Told when records can no longer be written. */
  onFatal: (error: Error) => void
}

const SWEEP_INTERVAL_MS = 1_000
const JOB_RETRY_MS = 1_000
const COMMIT_AGE_MS = 60_000
const COMMIT_BYTES = 64 * 1024 * 1024
const ROWS_PER_TRIM = 5_000

/** Opens the embedded stores on a data directory. Throws when another process has it. */
export async function openLocalStores(options: LocalStoresOptions) {
  const { account, region, onError, now = Date.now } = options
  const directory = takeDataDirectory(options.dataDirectory)
  const writerThread = await startWriter(directory.recordsPath, options.onFatal)
  const writer = groupCommit(writerThread.commit, { now, onError: (error) => onError(error, 'write') })
  const reader = openDatabaseToRead(directory.recordsPath)
  const catalogDb = openDatabase(directory.catalogPath)
  const { stores, jobs, online } = assemble({ reader, catalogDb, writer, account, region, now, onError })
  const sweeper = startSweeper(stores, {
    expired: online.expired,
    intervalMs: options.sweepIntervalMs ?? SWEEP_INTERVAL_MS,
    onError: (error) => onError(error, 'sweep'),
  })
  const log = sqliteLog(reader)
  const committer = startCommitter({
    ...directory,
    log,
    trim: async (sequence) => {
      while (await writer.trimLog(sequence, ROWS_PER_TRIM));
    },
    maxAgeMs: options.commitAgeMs ?? COMMIT_AGE_MS,
    maxBytes: options.commitBytes ?? COMMIT_BYTES,
    now,
    onError: (error) => onError(error, 'commit'),
  })
  jobs.start()
  return {
    stores,
    log,
    history: localHistory({
      flush: committer.flush,
      eraseRecords: writer.erase,
      eraseFromTable: committer.erase,
    }),
    historyErasure: localHistoryErasure({
      flush: committer.flush,
      eraseScope: committer.eraseScope,
      // An erasure empties the write-ahead log, that of no record too.
      emptyWriteAheadLog: async (groupId) => void (await writer.erase(groupId, [])),
    }),
    /** Finishes what is under way and closes the files. */
    async close(): Promise<void> {
      await Promise.all([sweeper.stop(), jobs.close(), committer.stop()])
      await writer.drained()
      await writerThread.close()
      reader.close()
      catalogDb.close()
      directory.release()
    },
  }
}

export type LocalStores = Awaited<ReturnType<typeof openLocalStores>>

interface Parts extends Pick<Stores, 'account' | 'region' | 'now'> {
  reader: DatabaseSync
  catalogDb: DatabaseSync
  writer: RecordWriter
  onError: (error: unknown, what: string) => void
}

function assemble({ reader, catalogDb, writer, account, region, now, onError }: Parts) {
  createCatalogTables(catalogDb)
  createJobTables(catalogDb)
  const catalog = sqliteCatalog(catalogDb)
  const online = sqliteOnlineStore(reader)
  const jobs = sqliteJobQueue(catalogDb, {
    step: (job) => jobSteps(stores)(job),
    onError: (error, job) => onError(error, `job ${job.kind}`),
    retryMs: JOB_RETRY_MS,
  })
  const stores: Stores = { catalog, online, writer, jobs, tables: logTables, account, region, shardCount: 1, now }
  return { stores, jobs, online }
}
