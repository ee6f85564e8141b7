import { join } from 'node:path'
import { parentPort, workerData } from 'node:worker_threads'
import { sqliteCatalog } from '../store/catalog/sqlite.ts'
import type { ErasureProof } from '../store/deletes/delete-session.ts'
import type { FeatureGroup } from '../store/groups/feature-group.ts'
import type { ErasureScope } from '../store/offline/history-erasure.ts'
import { appendGathered, appendRows } from '../store/offline/iceberg/append.ts'
import { eraseFromTable, type TableErasure } from '../store/offline/iceberg/erase.ts'
import { eraseScope } from '../store/offline/iceberg/erase-scope.ts'
import { type MaintenanceSettings, maintain } from '../store/offline/iceberg/maintain.ts'
import { type TableFiles, tableFiles } from '../store/offline/iceberg/table-files.ts'
import { sqliteLog } from '../store/offline/sqlite-log.ts'
import { asError } from './as-error.ts'
import { PASS } from './commit-pass.ts'
import { openDatabaseToRead } from './database.ts'
import { type GatheredGroup, groupOf, passGatherer } from './gather-pass.ts'
import { readAhead } from './read-ahead.ts'
import { tableDirectory } from './table-directory.ts'
import type { TaskAnswer } from './task-thread.ts'
import { yieldToRequests } from './yield-to-requests.ts'

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

const paths: CommitterData = workerData

yieldToRequests()
const log = sqliteLog(openDatabaseToRead(paths.recordsPath))
const catalogDb = openDatabaseToRead(paths.catalogPath)
const catalog = sqliteCatalog(catalogDb)
const gatherAfter = passGatherer(paths)
const ahead = readAhead(paths)

const tasks: CommitterTasks = {
  async commit(after) {
    const { sequence, isFull, groups } = (await ahead.take(after)) ?? gatherAfter(after)
    if (isFull) ahead.begin(sequence)
    const pass: CommittedPass = { sequence, rows: 0 }
    for (const group of groups) {
      // A table that cannot be written is no reason to keep others waiting.
      await append(group, { after, sequence }).then(
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
    ahead.forget()
    return await changing(groupId, (files, group) => eraseFromTable(files, group, identifiers, Date.now()))
  },
  async eraseScope({ groupId, scope }) {
    ahead.forget()
    return await changing(groupId, (files, group) => eraseScope(files, group, scope, Date.now))
  },
  async maintain(settings) {
    const failures: unknown[] = []
    for (const { groupId } of sqliteCatalog(catalogDb).list()) {
      // A table that is damaged is no reason to leave others as they are.
      await changing(groupId, (files) => maintain(files, settings, Date.now())).catch((error) => failures.push(error))
    }
    if (failures.length > 0) throw failures[0]
  },
}

/** Appends the rows of a group that the log has up to `sequence`; answers how many. */
async function append(gathered: GatheredGroup, pass: { after: number; sequence: number }): Promise<number> {
  const { groupId } = gathered
  return await changing(groupId, async (files, group) => {
    if ('failure' in gathered) throw gathered.failure
    const { rows } = gathered
    const now = Date.now()
    if (await appendGathered(files, group, rows, now)) return rows.count
    // A crash came between their commit and their leaving the log.
    const logged = log.read(pass.after, PASS.rows, PASS.bytes)
    const again = logged.filter((row) => row.groupId === groupId && row.sequence <= pass.sequence)
    await appendRows(files, group, again, now)
    return again.length
  })
}

/** Changes a group's table. A change that fails leaves no files behind that the table does not need, and is named. */
async function changing<Answer>(
  groupId: string,
  change: (files: TableFiles, group: FeatureGroup) => Promise<Answer>,
): Promise<Answer> {
  const group = groupOf(catalog, groupId)
  const files = tableFiles(join(paths.offlinePath, tableDirectory(group)))
  try {
    return await change(files, group)
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
    (error: unknown) => ({ error: asError(error) }),
  )
  parentPort?.postMessage(answer)
})
