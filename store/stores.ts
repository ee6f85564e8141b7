import { ApiError } from './api-error.ts'
import type { Catalog } from './catalog/catalog.ts'
import type { DeleteSessions } from './catalog/delete-sessions.ts'
import type { FindRecords } from './deletes/find-records.ts'
import type { JobQueue } from './jobs/job-queue.ts'
import type { HistoryErasure } from './offline/history-erasure.ts'
import type { OfflineTables } from './offline/offline-tables.ts'
import type { Awaitable, OnlineReader } from './online/online-store.ts'
import type { Change, Outcome } from './records/change.ts'

/** Writes to both stores of a feature group: what it acknowledges is in each of them. */
export interface RecordWriter {
  /**
   * Makes the changes, in order, and says what became of each; resolves when all are durable. A change that a store
   * would not take is `unprocessed`: repeating it is safe.
   */
  write(changes: Change[]): Promise<Outcome[]>
  /**
   * Removes up to `limit` online records of a deleted group, after all that was written to it before; false when none
   * was left.
   */
  removeGroup(groupId: string, limit: number): Promise<boolean>
}

/** What an operation works on. */
export interface Stores {
  catalog: Catalog
  online: OnlineReader
  writer: RecordWriter
  jobs: JobQueue
  tables: OfflineTables
  /** The account and region that ARNs name. */
  account: string
  region: string
  /** Over how many partitions the records of a new group are spread. */
  shardCount: number
  /** The server's clock: milliseconds since the epoch. */
  now: () => number
}

/** What the jobs of delete sessions work on. */
export interface SessionStores extends Pick<Stores, 'catalog' | 'online' | 'writer' | 'now'> {
  sessions: DeleteSessions
  erasure: HistoryErasure
  /** @default - finds by scanning the online store */
  find?: FindRecords
  /** How many records of a shard are looked at in one step. @default - 1,000 */
  recordsPerPage?: number
  /**
   * In how many milliseconds all writes whose time was taken by then, in milliseconds since the epoch, have come to the
   * online store; 0 when they have. @default - 0
   */
  quietIn?: (since: number) => Awaitable<number>
}

/** What finding a feature group takes. */
export type GroupStores = Pick<Stores, 'catalog' | 'account' | 'region'>

/** What the operations of the control plane work on: they touch no record. */
export type ControlStores = Omit<Stores, 'online' | 'writer'>

/** What the operations that read records work on. */
export type ReadStores = GroupStores & Pick<Stores, 'online' | 'now'>

/** What the operations that write records work on. */
export type WriteStores = GroupStores & Pick<Stores, 'writer' | 'now'>

/** What the operations of delete sessions work on: the records themselves are the job's. */
export interface DeleteStores extends GroupStores, Pick<Stores, 'online' | 'jobs' | 'now'> {
  sessions: DeleteSessions
  /** @default - finds by scanning the online store */
  find?: FindRecords
  /** For how many days after it was accepted a session of mode soft can be undone. @default - 7 */
  undoDays?: number
}

/** Makes one change. Throws ServiceUnavailable when a store would not take it: repeating it is safe. */
export async function writeOne(stores: Pick<Stores, 'writer'>, change: Change): Promise<Outcome> {
  const [outcome] = await stores.writer.write([change])
  if (outcome !== undefined && outcome.result !== 'unprocessed') return outcome
  throw new ApiError('ServiceUnavailable', 'the record was not written because a store did not take it; try again')
}
