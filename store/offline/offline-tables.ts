import type { FeatureGroup } from '../groups/feature-group.ts'
import type { Awaitable } from '../online/online-store.ts'

/** The tables of the histories, as far as they must be there before rows are: for groups with an offline store. */
export interface OfflineTables {
  /**
   * Makes the table of a new group's history; answers the group with the place that the table has. May be repeated.
   * Throws ResourceInUse when the name is taken by another table, ValidationException for a table that cannot be.
   */
  create(group: FeatureGroup): Awaitable<FeatureGroup>
  /** Removes the table of a group, as `create` answered it, that did not come to be. */
  remove(group: FeatureGroup): Awaitable<void>
  /** Gives the table the columns of the group's features, those that it lacks. May be repeated. */
  evolve(group: FeatureGroup): Awaitable<void>
}
