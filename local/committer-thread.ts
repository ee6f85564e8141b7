import { setPriority } from 'node:os'
import { join } from 'node:path'
import { parentPort, workerData } from 'node:worker_threads'
import { sqliteCatalog } from '../store/catalog/sqlite.ts'
import type { ErasureProof } from '../store/deletes/delete-session.ts'
import type { FeatureGroup } from '../store/groups/feature-group.ts'
import type { ErasureScope } from '../store/offline/history-erasure.ts'
import { type TableAppend, tableAppend } from '../store/offline/iceberg/append.ts'
import { eraseFromTable, type TableErasure } from '../store/offline/iceberg/erase.ts'
import { eraseScope } from '../store/offline/iceberg/erase-scope.ts'
import { type MaintenanceSettings, maintain } from '../store/offline/iceberg/maintain.ts'
import { type TableFiles, tableFiles } from '../store/offline/iceberg/table-files.ts'
import { type LoggedRow, sqliteLog } from '../store/offline/sqlite-log.ts'
import { PASS } from './commit-pass.ts'
import { openDatabaseToRead } from './database.ts'
import { tableDirectory } from './table-directory.ts'

/** What the thread is given. */
export interface CommitterData {
  recordsPath: string
  catalogPath: string
  offlinePath: string
}

/** The rows up to `sequence` are in their tables, unless there is a `failure`: then so many of them are. */
export interface CommittedPass {
  sequence: number
  rows: number
  failure?: Error
}

/** What the thread does: one thing at a time, so that no two of them change a table at once. */
export interface CommitterTasks {
  /** Commits a pass of the rows that follow `after`. */
  commit(after: number): Promise<CommittedPass>
  erase(request: { groupId: string; identifiers: string[] }): Promise<TableErasure>
  eraseScope(request: { groupId: string; scope: ErasureScope }): Promise<ErasureProof>
  /** Tidies the tables of all groups that exist. */
  maintain(settings: MaintenanceSettings): Promise<void>
}

export interface TaskMessage {
  task: keyof CommitterTasks
  argument: unknown
}

export type TaskAnswer = { result: unknown } | { error: Error }

const { recordsPath, catalogPath, offlinePath }: CommitterData = workerData
/** Every page is read once, from one end to the other. */
const LOG_CACHE_KIB = 2 * 1024

/** Requests come first, but under a load that lasts the history must keep up: a quarter of a core that both want. */
const NICENESS = 5

// On Linux a priority is a thread's own; elsewhere it would be that of the whole process.
if (process.platform === 'linux') setPriority(NICENESS)

const log = sqliteLog(openDatabaseToRead(recordsPath, LOG_CACHE_KIB))
const catalogDb = openDatabaseToRead(catalogPath)
const catalog = sqliteCatalog(catalogDb)

const tasks: CommitterTasks = {
  async commit(after) {
    const pass: CommittedPass = { sequence: after, rows: 0 }
    const groups = new Map<string, GroupRows>()
    for (const rows of log.portions(after, PASS.rows, PASS.bytes)) {
      for (const row of rows) rowsOf(groups, row.groupId).add(row)
      pass.sequence = rows.at(-1)?.sequence ?? after
    }
    for (const group of groups.values()) {
      // A table that cannot be written is no reason to keep others waiting.
      await group.commit().then(
        (rows) => {
          pass.rows += rows
        },
        (error: Error) => {
          pass.failure ??= error
        },
      )
    }
    return pass
  },
  async erase({ groupId, identifiers }) {
    const { group, files } = tableOf(groupId)
    return await changing(groupId, files, () => eraseFromTable(files, group, identifiers, Date.now()))
  },
  async eraseScope({ groupId, scope }) {
    const { group, files } = tableOf(groupId)
    return await changing(groupId, files, () => eraseScope(files, group, scope, Date.now))
  },
  async maintain(settings) {
    for (const { groupId } of sqliteCatalog(catalogDb).list()) {
      const { files } = tableOf(groupId)
      await changing(groupId, files, () => maintain(files, settings, Date.now()))
    }
  },
}

/** Rows of a group that become one snapshot of its table. */
interface GroupRows {
  /** Takes a row. When it cannot be taken `commit` says so, and rows that follow are left. */
  add(row: LoggedRow): void
  /** Answers how many rows that were. */
  commit(): Promise<number>
}

function rowsOf(groups: Map<string, GroupRows>, groupId: string): GroupRows {
  const known = groups.get(groupId)
  if (known !== undefined) return known
  const rows = groupRows(groupId)
  groups.set(groupId, rows)
  return rows
}

function groupRows(groupId: string): GroupRows {
  let table: { files: TableFiles; append: TableAppend } | undefined
  let failure: Error | undefined
  let count = 0
  return {
    add(row) {
      if (failure !== undefined) return
      try {
        table ??= openTable(groupId)
        table.append.add(row)
        count += 1
      } catch (cause) {
        failure = unwritten(groupId, cause)
      }
    },
    async commit() {
      if (failure !== undefined) throw failure
      if (table === undefined) return 0
      const { files, append } = table
      await changing(groupId, files, () => append.commit(Date.now()))
      return count
    },
  }
}

function openTable(groupId: string): { files: TableFiles; append: TableAppend } {
  const { group, files } = tableOf(groupId)
  return { files, append: tableAppend(files, group) }
}

function tableOf(groupId: string): { group: FeatureGroup; files: TableFiles } {
  const group = catalog.getById(groupId)
  if (group === undefined) throw new Error(`the log has rows of group ${groupId}, which the catalog does not know`)
  return { group, files: tableFiles(join(offlinePath, tableDirectory(group))) }
}

/** Changes a group's table. A change that fails leaves no files behind that the table does not need, and is named. */
async function changing<Answer>(groupId: string, files: TableFiles, change: () => Promise<Answer>): Promise<Answer> {
  try {
    return await change()
  } catch (cause) {
    files.abandon()
    throw unwritten(groupId, cause)
  }
}

function unwritten(groupId: string, cause: unknown): Error {
  const name = catalog.getById(groupId)?.FeatureGroupName ?? groupId
  const reason = cause instanceof Error ? cause.message : String(cause)
  return new Error(`the history of feature group ${name} cannot be written: ${reason}`, { cause })
}

parentPort?.on('message', async ({ task, argument }: TaskMessage) => {
  const run = tasks[task] as (argument: unknown) => Promise<unknown>
  const answer: TaskAnswer = await run(argument).then(
    (result) => ({ result }),
    (error: unknown) => ({ error: error instanceof Error ? error : new Error(String(error)) }),
  )
  parentPort?.postMessage(answer)
})
