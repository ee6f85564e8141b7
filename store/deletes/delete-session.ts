export type DeleteMode = 'soft' | 'hard' | 'erase'

/** `processing` includes waiting for one's turn; the last four are ends, and an undo may begin from three of them. */
export type DeleteStatus = 'processing' | 'undoing' | 'completed' | 'failed' | 'cancelled' | 'undone'

/** A change of state: what to, when (milliseconds since the epoch), by whom, and why if that was said. */
export interface LedgerEntry {
  status: DeleteStatus
  at: number
  actor: string
  reason?: string
}

/** What a session has come to, each record counted once. */
export interface DeleteCounts {
  /** Records that were found to be victims. */
  matched: number
  deleted: number
  /** Victims that another write was faster at. */
  conflicts: number
  /** Records written after the session was accepted: untouched. */
  later: number
  /** Records that an undo brought back. */
  restored: number
}

/** What was done so that nothing of an erased record is left in the history's table. */
export interface ErasureProof {
  rowsRemoved: number
  filesRewritten?: number
  filesRemoved?: number
  /** The snapshot that removed them, as the table numbers it. */
  snapshotId?: string
  /** Ids of the snapshots that had them. */
  snapshotsExpired: string[]
  /** Milliseconds since the epoch. */
  removedAt: number
  verifiedAt: number
}

/**
 * What the worker does now. `count`: looks whether more match than `maxRows`. `mark`: makes victims tombstones that
 * hide what they were. `settle`: counts what a worker that was stopped made and did not write down, and writes the
 * markers that may be missing. `purge`: removes the tombstones. `evict`: removes the records that are named one by one.
 * `history`: removes rows from the history. `restore`: makes tombstones records again. `forget`: removes what
 * tombstones hide, when the undo window is over.
 */
export type DeletePhase = 'count' | 'mark' | 'settle' | 'purge' | 'evict' | 'history' | 'restore' | 'forget'

/** A delete session as the catalog keeps it. Times are milliseconds since the epoch unless they say otherwise. */
export interface DeleteSession {
  name: string
  /** Goes up by one with each change; a change names the revision that it was made on. */
  revision: number
  groupId: string
  /** The name of the feature group. */
  table: string
  mode: DeleteMode
  /** Microseconds since the epoch, as digits: event times from `from` on and before `to`. */
  from?: string
  to?: string
  /** Triples of operator, column and value, checked against the group when the session was accepted. */
  filter: [string, string, unknown][]
  maxRows?: number
  /** The same for the same request. */
  fingerprint: string
  status: DeleteStatus
  acceptedAt: number
  updatedAt: number
  /** Until when an undo may begin; what the records were is removed then. Only for mode soft. */
  undoUntil?: number
  payloadsRemovedAt?: number
  actor: string
  counts: DeleteCounts
  /** Why it failed. */
  error: string[]
  ledger: LedgerEntry[]
  phase: DeletePhase
  /** How far the phase has come in each shard of the group: after which record, or that it is done. */
  cursors: ShardCursor[]
  /** Said for a session that is to run or runs: sessions of a group run in the order of their turns. */
  turn?: string
  /** The phase in which it failed; not said when more matched than it may delete, or when its group was deleted. */
  failedIn?: DeletePhase
  /** From when on sweeps go on with the phase: said for a session that was stopped before what it did was complete. */
  completionDueAt?: number
  /** How far the phase `history` has come, in the words of whoever does it. */
  historyState?: string
  /** When the next step of that phase is due: a worker that comes before does nothing. */
  historyDueAt?: number
  erasure?: ErasureProof
}

export interface ShardCursor {
  after?: string
  isDone: boolean
}
