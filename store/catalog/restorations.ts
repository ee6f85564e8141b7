import type { Awaitable } from '../online/online-store.ts'
import type { Restoration } from '../restores/restoration.ts'

/** The restores of online stores. They are kept with the catalog, and are always read as they are now. */
export interface Restorations {
  /** Adds the restore; false, and nothing changed, when one of its id exists or its group has one under way. */
  create(restoration: Restoration): Awaitable<boolean>
  get(id: string): Awaitable<Restoration | undefined>
  /** Stores the restore if the stored one is still of the revision before; says whether it did. */
  replace(restoration: Restoration): Awaitable<boolean>
  /** The id of the restore of a group that is under way: one that has not ended. */
  current(groupId: string): Awaitable<string | undefined>
  /** All that are under way. */
  underWay(): Awaitable<Restoration[]>
}
