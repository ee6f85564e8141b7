import type { ErasureProof } from '../deletes/delete-session.ts'
import type { FeatureGroup } from '../groups/feature-group.ts'

/**
 * Which rows of a group's history an erasing session removes: those written by a time, or by the session itself, that
 * have their event time in the window, and that match the filter or are of an identifier that the session has left a
 * marker of. A deletion marker has no values but its identifier and its event time: it matches a filter of these
 * alone, and no filter that names another column, since what it lacks says nothing about the record.
 */
export interface ErasureScope {
  /** The name of the session, as its markers have it. */
  session: string
  /** Milliseconds since the epoch; rows written then or before go. */
  writtenBefore: number
  /** Microseconds since the epoch, as digits: event times from `from` on and before `to`. */
  from?: string
  to?: string
  /** Triples of operator, column and value, checked against the group. An empty list matches every row. */
  filter: [string, string, unknown][]
}

/** The proof that no such row is left, or how far the erasure has come and when its next step is due. */
export type ErasureStep = { proof: ErasureProof } | { state: string; afterMs: number }

/** Removes rows from the history of a group for good. */
export interface HistoryErasure {
  /**
   * Does the next step of an erasure; `state` is what the step before answered, left out for the first. Every step may
   * be repeated. Throws when rows cannot be removed, ServiceUnavailable when trying again later may help.
   */
  step(group: FeatureGroup, scope: ErasureScope, state?: string): Promise<ErasureStep>
}
