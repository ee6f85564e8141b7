import type { FeatureGroup } from '../groups/feature-group.ts'

/** What was done so that nothing of the erased records is left. */
export interface Erasure {
  onlineRecordsRemoved: number
  historyRowsRemoved: number
  filesRewritten: number
  filesRemoved: number
  snapshotsExpired: number
}

/** What can be done with a history besides appending to it. */
export interface History {
  /** Moves the rows that wait into their tables; answers how many. All that was acknowledged before is there then. */
  flush(): Promise<number>
  /**
   * Removes the records of these identifiers from the online store, from what waits and from the tables, old
   * snapshots and files included, and verifies it by reading the tables. Throws when something is left.
   */
  erase(group: FeatureGroup, identifiers: string[]): Promise<Erasure>
}
