import type { FeatureGroup } from '../groups/feature-group.ts'
import type { EventTime } from '../records/event-time.ts'

/** Which rows of a group's history are replayed, and what the markers of delete sessions among them mean. */
export interface ReplayScope {
  /** The same for the same replay. */
  id: string
  /** When it began, in milliseconds: all that was written by then is replayed, unless `writtenBy` says else. */
  startedAt: number
  /** Milliseconds since the epoch; rows written later are left out. */
  writtenBy?: number
  /** Sessions whose markers are left out. */
  ignored: string[]
  /** Sessions that removed records: their markers end what was written before, and fence nothing. */
  removing: string[]
  /** Sessions whose undo had begun: their markers are what any deletion is. */
  undone: string[]
}

/** The latest of what the history has of a record. */
export interface ReplayedRecord {
  identifier: string
  eventTime: EventTime
  eventTimeText: string
  /** The JSON text of its FeatureValue list, in the order of the definitions; null for a tombstone. */
  features: string | null
}

export interface ReplayPage {
  records: ReplayedRecord[]
  /** Where the next page begins; absent on the last one. */
  next?: string
}

/** How far the history has been extracted: how many records there are to read, or when the next step is due. */
export type ReplayStep = { state: string; rowsTotal: number } | { state: string; afterMs: number }

/** Reads the latest version of each record of a history, in the order of whoever reads it. */
export interface HistoryReplay {
  /**
   * Does the next step of the extraction; `state` is what the step before answered, left out for the first. Every step
   * may be repeated. Throws ServiceUnavailable when trying again later may help.
   */
  step(group: FeatureGroup, scope: ReplayScope, state?: string): Promise<ReplayStep>
  /** A page of what was extracted: the same for the same `after`, which is the `next` of the page before. */
  read(group: FeatureGroup, scope: ReplayScope, after?: string): Promise<ReplayPage>
  /** Removes what was extracted, if anything was. */
  discard(id: string): Promise<void>
}
