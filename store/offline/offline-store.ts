import type { HistoryRow } from '../change.ts'
import type { Awaitable } from '../online/online-store.ts'

/** The append-only history of every feature group. */
export interface OfflineStore {
  /** Appends the rows, all of them or none; durable when it returns. */
  append(rows: HistoryRow[]): Awaitable<void>
  /** How many rows have been accepted and are not in the history's tables yet. */
  waiting(): Awaitable<number>
}
