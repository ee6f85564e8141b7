import { join } from 'node:path'
import { parentPort, workerData } from 'node:worker_threads'
import { storedGroups } from '../store/catalog/sqlite.ts'
import type { ErasureProof } from '../store/deletes/delete-session.ts'
import type { FeatureGroup } from '../store/groups/feature-group.ts'
import type { ErasureScope } from '../store/offline/history-erasure.ts'
import { eraseFromTable, type TableErasure } from '../store/offline/iceberg/erase.ts'
import { eraseScope } from '../store/offline/iceberg/erase-scope.ts'
import { type MaintenanceSettings, maintain } from '../store/offline/iceberg/maintain.ts'
import { type TableFiles, tableFiles } from '../store/offline/iceberg/table-files.ts'
import { sqliteLog } from '../store/offline/sqlite-log.ts'
import { asError } from './as-error.ts'
import { garbageCollector, MUCH_GARBAGE } from './collect-garbage.ts'
import { PASS, PASSES_PER_SNAPSHOT, SHORT_PASS } from './commit-pass.ts'
import { openDatabaseToRead } from './database.ts'
import { groupOf, passGatherer } from './gather-pass.ts'
import { type GroupTable, groupAppend } from './group-append.ts'
import { type ReadAheadOptions, readAhead } from './read-ahead.ts'
import { tableDirectory } from './table-directory.ts'
import type { TaskAnswer } from './task-thread.ts'
import { yieldToRequests } from './yield-to-requests.ts'

/** What the thread is given. */
export interface CommitterData extends ReadAheadOptions {
  offlinePath: string
}

/** The rows up to `sequence` are in their tables, unless there is a `failure`: then so many of them are. */
export interface Committed {
  sequence: number
  rows: number
  failure?: Error
}

/** What the thread does: one thing at a time, so that no two of them change a table at once. */
export interface CommitterTasks {
  /** Commits some of the rows that follow `after`, as a snapshot of each of their groups' tables. */
  commit(after: number): Promise<Committed>
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
const groups = storedGroups(openDatabaseToRead(paths.catalogPath))
const gatherAfter = passGatherer(paths)
const ahead = readAhead(paths)
const collectGarbage = paths.isSmall ? garbageCollector() : undefined

const tasks: CommitterTasks = {
  async commit(after) {
    const { sequence, appends } = await gathered(after)
    const committed: Committed = { sequence, rows: 0 }
    for (const [groupId, append] of appends) {
      // A table that cannot be written is no reason to keep others waiting.
      await commitGroup(groupId, append).then(
        (rows) => {
          committed.rows += rows
        },
        (error: Error) => {
          committed.failure ??= error
        },
      )
    }
    return committed
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
    for (const { groupId } of groups.list()) {
      // A table that is damaged is no reason to leave others as they are.
      await changing(groupId, (files) => maintain(files, settings, Date.now())).catch((error) => failures.push(error))
    }
    if (failures.length > 0) throw failures[0]
  },
}

/** Rows that follow `after`, up to that sequence, as what they add to the tables of their groups. */
async function gathered(after: number) {
  const appends = new Map<string, ReturnType<typeof groupAppend>>()
  let sequence = after
  if (log.last() - after > PASS.rows) ahead.begin(after)
  for (let passes = 0; passes < PASSES_PER_SNAPSHOT; passes++) {
    const pass = (await ahead.take(sequence)) ?? gatherAfter(sequence, paths.isSmall ? SHORT_PASS : undefined)
    // The next rows are gathered while these are encoded.
    if (pass.isFull) ahead.begin(pass.sequence)
    for (const group of pass.groups) {
      const append = appends.get(group.groupId) ?? groupAppend(log, () => tableOf(group.groupId))
      appends.set(group.groupId, append)
      append.add(group, { after: sequence, sequence: pass.sequence })
    }
    sequence = pass.sequence
    collectGarbage?.(MUCH_GARBAGE)
    if (!pass.isFull) break
  }
  return { sequence, appends }
}

async function commitGroup(groupId: string, append: ReturnType<typeof groupAppend>): Promise<number> {
  // Passes may have come with features that the group has got meanwhile.
  const group = groupOf(groups, groupId)
  return await append.commit(group).catch((cause) => {
    append.abandon()
    throw unwritable(group, cause)
  })
}

/** Changes a group's table. A change that fails leaves no files behind that the table does not need, and is named. */
async function changing<Answer>(
  groupId: string,
  change: (files: TableFiles, group: FeatureGroup) => Promise<Answer>,
): Promise<Answer> {
  const { files, group } = tableOf(groupId)
  try {
    return await change(files, group)
  } catch (cause) {
    files.abandon()
    throw unwritable(group, cause)
  }
}

function tableOf(groupId: string): GroupTable {
  const group = groupOf(groups, groupId)
  return { group, files: tableFiles(join(paths.offlinePath, tableDirectory(group))) }
}

function unwritable({ FeatureGroupName }: FeatureGroup, cause: unknown): Error {
  return new Error(`the history of feature group ${FeatureGroupName} cannot be written: ${asError(cause).message}`, {
    cause,
  })
}

parentPort?.on('message', async ({ task, argument }: TaskMessage) => {
  const run = tasks[task] as (argument: unknown) => Promise<unknown>
  const answer: TaskAnswer = await run(argument).then(
    (result) => ({ result }),
    (error: unknown) => ({ error: asError(error) }),
  )
  parentPort?.postMessage(answer)
  collectGarbage?.(0)
})
