import type { ShardCursor } from '../deletes/delete-session.ts'
import type { ReplayScope } from '../offline/history-replay.ts'

export type RestoreStatus = 'Processing' | 'Completed' | 'Failed'

/**
 * What the worker does now. `wait`: waits until no delete session of the group runs. `survey`: takes out what has
 * expired, so that the history knows, and looks whether records are in the way. `extract`: has the history brought into
 * a form that is read in pages. `evict`: removes what was online before. `replay`: writes what the history has. `tidy`:
 * removes what was extracted.
 */
export type RestorePhase = 'wait' | 'survey' | 'extract' | 'evict' | 'replay' | 'tidy'

/** What a restore has come to. What a worker did and did not write down counts as kept when it is done again. */
export interface RestoreCounts {
  /** Records that the history has: the sum of those written, kept, expired and of the tombstones written. */
  rowsRead: number
  recordsWritten: number
  tombstones: number
  /** Records, tombstones too, at least as new as what the history has: left as they are. */
  recordsKept: number
  /** Records whose time to live is over: not written. */
  recordsExpired: number
  /** Live records that were online before, and were removed. */
  recordsRemoved: number
}

/** A restore of a group's online store from its history, as the catalog keeps it. Times are milliseconds. */
export interface Restoration {
  id: string
  /** Goes up by one with each change; a change names the revision that it was made on. */
  revision: number
  groupId: string
  featureGroupName: string
  /** Only what was written to the history by then. */
  writtenBy?: number
  /** Names of delete sessions that are not honoured. */
  ignored: string[]
  /** Whether live records may be replaced. */
  doesReplace: boolean
  actor: string
  status: RestoreStatus
  /** When it was accepted; then, when it had waited for its turn. What was written online by then is replaced. */
  startedAt: number
  updatedAt: number
  endedAt?: number
  error?: string
  phase: RestorePhase
  /** How far the phase has come in each shard of the group. */
  cursors: ShardCursor[]
  /** What of the history is replayed, once that is settled. */
  scope?: ReplayScope
  /** How far the phase `extract` has come, in the words of whoever does it. */
  historyState?: string
  /** How many records were extracted, once that is known. */
  rowsTotal?: number
  /** Where the next page of them begins. */
  after?: string
  counts: RestoreCounts
}
