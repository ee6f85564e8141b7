import type { FeatureGroup } from '../feature-group.ts'
import type { Awaitable } from '../online/online-store.ts'

/** What users wrote about a feature. Times are epoch milliseconds. */
export interface FeatureMetadata {
  FeatureName: string
  Description?: string
  Parameters: { Key: string; Value: string }[]
  lastModifiedTime: number
}

/** The feature groups of a deployment and what is said about them. */
export interface Catalog {
  /** Adds the group; false, and nothing changed, when a group of its name exists. */
  create(group: FeatureGroup): Awaitable<boolean>
  /** The group of that name, frozen: the same object until it changes. */
  get(name: string): Awaitable<FeatureGroup | undefined>
  /** The group of that id, deleted ones included. */
  getById(groupId: string): Awaitable<FeatureGroup | undefined>
  /** Stores the group if the stored revision is the one before; says whether it did. */
  replace(group: FeatureGroup): Awaitable<boolean>
  /** Makes the group unreachable by its name at once; false when it was not there. */
  remove(group: FeatureGroup): Awaitable<boolean>
  /** All groups that exist, by name. */
  list(): Awaitable<FeatureGroup[]>
  getFeatureMetadata(groupId: string, featureName: string): Awaitable<FeatureMetadata | undefined>
  putFeatureMetadata(groupId: string, metadata: FeatureMetadata): Awaitable<void>
  /** What is stored about the features of a group; features that nobody described are not in it. */
  listFeatureMetadata(groupId: string): Awaitable<FeatureMetadata[]>
}
