import { parentPort, workerData } from 'node:worker_threads'
import { type FindOptions, type FoundPage, type FoundRecord, pick } from '../store/deletes/find-records.ts'
import { type Criteria, judgeOf } from '../store/deletes/judge-record.ts'
import type { FeatureGroup } from '../store/groups/feature-group.ts'
import { sqliteOnlineStore } from '../store/online/sqlite.ts'
import { asError } from './as-error.ts'
import { openDatabaseToRead } from './database.ts'
import { yieldToRequests } from './yield-to-requests.ts'

/** What the thread is asked: which records meet the criteria. */
export interface FindMessage {
  id: number
  group: FeatureGroup
  criteria: Criteria
  options: FindOptions
}

export type FindAnswer = { id: number } & ({ page: FoundPage } | { error: Error })

/** Where little is found a page goes on, for about a tenth of a second. */
const LOOKED_PER_PAGE = 20_000
/** As much as SQLite gives at once without the memory of it being felt. */
const RECORDS_PER_READ = 500
/** Records are read once, from one end to the other. */
const CACHE_KIB = 2 * 1024
yieldToRequests()
const { scan } = sqliteOnlineStore(openDatabaseToRead(workerData.recordsPath, CACHE_KIB))

function find({ group, criteria, options: { now, limit, after, shard } }: FindMessage): FoundPage {
  const judge = judgeOf(group, criteria)
  const records: FoundRecord[] = []
  let next = after
  for (let looked = 0; looked < LOOKED_PER_PAGE && records.length < limit; looked += RECORDS_PER_READ) {
    const page = scan(group.groupId, { shard, limit: RECORDS_PER_READ, ...(next !== undefined && { after: next }) })
    for (const record of pick(page.records, judge, now)) records.push(record)
    next = page.next
    if (next === undefined) return { records }
  }
  return next === undefined ? { records } : { records, next }
}

function answer(message: FindMessage): FindAnswer {
  try {
    return { id: message.id, page: find(message) }
  } catch (error) {
    return { id: message.id, error: asError(error) }
  }
}

parentPort?.on('message', (message: FindMessage) => parentPort?.postMessage(answer(message)))
