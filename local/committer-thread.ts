import { join } from 'node:path'
import { parentPort, workerData } from 'node:worker_threads'
import { sqliteCatalog } from '../store/catalog/sqlite.ts'
import { appendRows } from '../store/offline/iceberg/append.ts'
import { tableFiles } from '../store/offline/iceberg/table-files.ts'
import { type LoggedRow, sqliteLog } from '../store/offline/sqlite-log.ts'
import { openDatabaseToRead } from './database.ts'
import { tableDirectory } from './table-directory.ts'

/** What the thread is given. */
export interface CommitterData {
  recordsPath: string
  catalogPath: string
  offlinePath: string
}

/** What the thread answers to the sequence of the last row that was committed before. */
export type CommitAnswer = { sequence: number; rows: number } | { error: Error }

/** Rows of one pass: they are in memory together, as columns too. */
const ROWS_PER_PASS = 25_000

const { recordsPath, catalogPath, offlinePath }: CommitterData = workerData
const log = sqliteLog(openDatabaseToRead(recordsPath))
const catalog = sqliteCatalog(openDatabaseToRead(catalogPath))

/** Commits the rows that follow `after`, those of each group to its table; all of them are there when it returns. */
async function commitAfter(after: number): Promise<{ sequence: number; rows: number }> {
  const rows = log.read(after, ROWS_PER_PASS)
  for (const [groupId, ofGroup] of byGroup(rows)) {
    const group = catalog.getById(groupId)
    if (group === undefined) throw new Error(`the log has rows of group ${groupId}, which the catalog does not know`)
    await appendRows(tableFiles(join(offlinePath, tableDirectory(group))), group, ofGroup, Date.now())
  }
  return { sequence: rows.at(-1)?.sequence ?? after, rows: rows.length }
}

function byGroup(rows: LoggedRow[]): Map<string, LoggedRow[]> {
  const groups = new Map<string, LoggedRow[]>()
  for (const row of rows) {
    const ofGroup = groups.get(row.groupId)
    if (ofGroup === undefined) groups.set(row.groupId, [row])
    else ofGroup.push(row)
  }
  return groups
}

parentPort?.on('message', async (after: number) => {
  const answer: CommitAnswer = await commitAfter(after).catch((error: unknown) => ({
    error: error instanceof Error ? error : new Error(String(error)),
  }))
  parentPort?.postMessage(answer)
})
