import type { Restorations } from '../catalog/restorations.ts'
import type { HistoryReplay } from '../offline/history-replay.ts'
import type { DeleteStores, SessionStores } from '../stores.ts'

/** What the operations of restores work on: the records themselves are the job's. */
export interface RestoreStores extends DeleteStores {
  restorations: Restorations
  /** Names of delete sessions that no restore honours. */
  ignoredDeletes: readonly string[]
}

/** What the job of a restore works on. */
export interface ReplayStores extends Omit<SessionStores, 'erasure'> {
  restorations: Restorations
  replay: HistoryReplay
}
