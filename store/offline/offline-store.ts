import type { Awaitable } from '../online/online-store.ts'
import type { HistoryRow } from '../records/change.ts'

/** The append-only history of every feature group. */
export interface OfflineStore {
  /** Appends the rows; answers those that it would not take. The others are durable when it returns. */
  append(rows: HistoryRow[]): Awaitable<HistoryRow[]>
}
