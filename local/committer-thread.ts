import { setPriority } from 'node:os'
import { join } from 'node:path'
import { parentPort, workerData } from 'node:worker_threads'
import { sqliteCatalog } from '../store/catalog/sqlite.ts'
import type { ErasureProof } from '../store/deletes/delete-session.ts'
import type { FeatureGroup } from '../store/groups/feature-group.ts'
import type { ErasureScope } from '../store/offline/history-erasure.ts'
import { appendRows } from '../store/offline/iceberg/append.ts'
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
    const rows = log.read(after, PASS.rows, PASS.bytes)
    const pass: CommittedPass = { sequence: rows.at(-1)?.sequence ?? after, rows: 0 }
    for (const [groupId, ofGroup] of Map.groupBy(rows, ({ groupId }) => groupId)) {
      // A table that cannot be written is no reason to keep others waiting.
      await appendTo(groupId, ofGroup).then(
        () => {
          pass.rows += ofGroup.length
        },
        (error: Error) => {
          pass.failure ??= error
        },
      )
    }
    return pass
  },
  async erase({ groupId, identifiers }) {
    const group = groupOf(groupId)
    return await changing(group, (files) => eraseFromTable(files, group, identifiers, Date.now()))
  },
  async eraseScope({ groupId, scope }) {
    const group = groupOf(groupId)
    return await changing(group, (files) => eraseScope(files, group, scope, Date.now))
  },
  async maintain(settings) {
    for (const group of sqliteCatalog(catalogDb).list())
      await changing(group, (files) => maintain(files, settings, Date.now()))
  },
}

async function appendTo(groupId: string, rows: LoggedRow[]): Promise<void> {
  const group = groupOf(groupId)
  await changing(group, (files) => appendRows(files, group, rows, Date.now()))
}

function groupOf(groupId: string): FeatureGroup {
  const group = catalog.getById(groupId)
  if (group === undefined) throw new Error(`the log has rows of group ${groupId}, which the catalog does not know`)
  return group
}

/** Changes a group's table. A change that fails leaves no files behind that the table does not need, and is named. */
async function changing<Answer>(group: FeatureGroup, change: (files: TableFiles) => Promise<Answer>): Promise<Answer> {
  const files = tableFiles(join(offlinePath, tableDirectory(group)))
  try {
    return await change(files)
  } catch (cause) {
    files.abandon()
    const reason = cause instanceof Error ? cause.message : String(cause)
    throw new Error(`the history of feature group ${group.FeatureGroupName} cannot be written: ${reason}`, { cause })
  }
}

parentPort?.on('message', async ({ task, argument }: TaskMessage) => {
  const run = tasks[task] as (argument: unknown) => Promise<unknown>
  const answer: TaskAnswer = await run(argument).then(
    (result) => ({ result }),
    (error: unknown) => ({ error: error instanceof Error ? error : new Error(String(error)) }),
  )
  parentPort?.postMessage(answer)
})
