import type { FeatureGroup } from '../groups/feature-group.ts'
import type { Awaitable } from '../online/online-store.ts'

/** What users wrote about a feature. Times are epoch milliseconds. */
export interface FeatureMetadata {
  /** 1 at first, and up by one with each change. */
  revision: number
  FeatureName: string
  Description?: string
  Parameters: { Key: string; Value: string }[]
  lastModifiedTime: number
}

/** The feature groups of a deployment and what is said about them. */
export interface Catalog {
  /** Adds the group; false, and nothing changed, when a group of its name exists. */
  create(group: FeatureGroup): Awaitable<boolean>
  /**
   * The group of that name, frozen: the same object until it changes. It may be some seconds old, unless `isFresh`.
   */
  get(name: string, options?: { isFresh: boolean }): Awaitable<FeatureGroup | undefined>
  /** The group of that id, deleted ones included. It may be some seconds old, unless `isFresh`. */
  getById(groupId: string, options?: { isFresh: boolean }): Awaitable<FeatureGroup | undefined>
  /** Stores the group if the stored revision is the one before; says whether it did. */
  replace(group: FeatureGroup): Awaitable<boolean>
  /** Makes the group unreachable by its name at once; false when it was not there. */
  remove(group: FeatureGroup): Awaitable<boolean>
  /** All groups that exist, by name. */
  list(): Awaitable<FeatureGroup[]>
  getFeatureMetadata(groupId: string, featureName: string): Awaitable<FeatureMetadata | undefined>
  /** Stores the metadata if the stored revision, 0 for none, is the one before; says whether it did. */
  replaceFeatureMetadata(groupId: string, metadata: FeatureMetadata): Awaitable<boolean>
  /** What is stored about the features of a group; features that nobody described are not in it. */
  listFeatureMetadata(groupId: string): Awaitable<FeatureMetadata[]>
}
