import type { DeleteSession, DeleteStatus } from '../deletes/delete-session.ts'
import type { Awaitable } from '../online/online-store.ts'

export interface SessionListOptions {
  /** Only those of that feature group, by its name. */
  table?: string
  status?: DeleteStatus
  /** At most so many. */
  limit: number
  /** The `next` of the page before. */
  after?: string
}

export interface SessionPage {
  sessions: DeleteSession[]
  /** Where the next page begins; absent on the last one. A page may be short, or empty, and still have a next one. */
  next?: string
}

/** The ledger of delete sessions. It is kept with the catalog, and is always read as it is now. */
export interface DeleteSessions {
  /** Adds the session; false, and nothing changed, when one of its name exists. */
  create(session: DeleteSession): Awaitable<boolean>
  get(name: string): Awaitable<DeleteSession | undefined>
  /** Stores the session if the stored one is still of the revision before; says whether it did. */
  replace(session: DeleteSession): Awaitable<boolean>
  /** Newest first, by the time of acceptance. */
  list(options: SessionListOptions): Awaitable<SessionPage>
  /** The name of the session of a group whose turn it is: of those with a `turn`, the one with the lowest. */
  current(groupId: string): Awaitable<string | undefined>
  /**
   * Up to `limit` sessions that sweeps are to go on with by `now`: of mode soft, whose undo window has ended and whose
   * payloads have not been removed, and those with a `completionDueAt`.
   */
  due(now: number, limit: number): Awaitable<DeleteSession[]>
}
