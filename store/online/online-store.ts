import type { Change, Outcome, StoredVersion, Version } from '../records/change.ts'

/** A value, or a promise of it: SQLite answers at once, a network later. */
export type Awaitable<T> = T | Promise<T>

export interface IdentifierPage {
  identifiers: string[]
  /** Where the next page begins; absent on the last one. A page may be short, or empty, and still have a next one. */
  next?: string
}

export interface ListOptions {
  /** At most so many identifiers. */
  limit: number
  /** The `next` of the page before. */
  after?: string
  includeSoftDeleted: boolean
  /** Milliseconds since the epoch: what has expired by then is left out. */
  now: number
}

/** What was found for an identifier: its live version, nothing, or that the store could not say. */
export type Lookup = Version | undefined | 'unprocessed'

export interface ScanOptions {
  /** Which of the group's shards, of which there are `shardCountOf(groupId)`. */
  shard: number
  /** The `next` of the page before. */
  after?: string
  /** How many records are looked at, at most. */
  limit: number
  /** Only what this delete session has made a tombstone, and what an undo of it has restored. */
  tombstonesOf?: string
}

/** What lies in the store for an identifier, shown by reads or not. */
export interface ScannedRecord extends StoredVersion {
  /** Milliseconds since the epoch. */
  writtenAt: number
  /** Of a tombstone: the delete session that made it. Of a live version: the session whose undo restored it. */
  session?: string
  /** True for a tombstone that hides what the record was. */
  hasPayload?: boolean
}

export interface ScannedPage {
  records: ScannedRecord[]
  /** Where the next page begins; absent on the last one. A page may be short, or empty, and still have a next one. */
  next?: string
}

/** What is read of the latest version of each record. Times named `now` are the server's clock in milliseconds. */
export interface OnlineReader {
  /**
   * The live version of a record; undefined when there is none, it is soft-deleted, or it has expired. Throws
   * ServiceUnavailable when the store cannot say.
   */
  get(groupId: string, identifier: string, now: number): Awaitable<Version | undefined>
  /** As `get` for many identifiers, in their order. */
  getMany(groupId: string, identifiers: string[], now: number): Awaitable<Lookup[]>
  /**
   * The identifiers of live records, tombstones too if asked. Every record that is there throughout is listed once.
   * Throws ServiceUnavailable when the store cannot say.
   */
  list(groupId: string, options: ListOptions): Awaitable<IdentifierPage>
  /**
   * All that lies in a shard of the group, in the order of its keys: tombstones and expired versions too. Every record
   * that is there throughout is found once. Throws ServiceUnavailable when the store cannot say.
   */
  scan(groupId: string, options: ScanOptions): Awaitable<ScannedPage>
}

/** Where the latest version of each record lives. */
export interface OnlineStore extends OnlineReader {
  /**
   * Makes each change by the rules of `precedence`, those of one record in order, and says what became of it. After a
   * change that is `unprocessed`, those of the same record that follow it are so too.
   */
  apply(changes: Change[], now: number): Awaitable<Outcome[]>
  /** Removes up to `limit` records of a deleted group; false when none was left. */
  removeGroup(groupId: string, limit: number): Awaitable<boolean>
}

/** A version as the group of rules below sees it. */
export type Head = Omit<ScannedRecord, 'identifier' | 'eventTimeText' | 'features' | 'ttlSeconds'>

/** True when a version has expired by `now` (milliseconds): it is invisible and fences nothing. */
export function isExpired(head: Pick<Head, 'expiresAt'>, now: number): boolean {
  return head.expiresAt !== undefined && head.expiresAt * 1000 <= now
}
