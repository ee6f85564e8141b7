import type { Version } from '../records/change.ts'
import { type Item, readEnvelope, readFeatures } from './dynamodb-item.ts'
import type { FeatureOrder } from './feature-order.ts'

export interface VersionReading {
  groupId: string
  featureOrder: FeatureOrder
  /** The order of the features, where it is known already. */
  order?: readonly string[]
}

/** The version in an item that is no tombstone, its features in order: a fresh one if it has features the order lacks. */
export async function readVersion(item: Item, { groupId, featureOrder, order }: VersionReading): Promise<Version> {
  const { isDeleted: _, ...version } = readEnvelope(item)
  const { features, isInOrder } = readFeatures(item, order ?? (await featureOrder(groupId)))
  if (isInOrder) return { ...version, features }
  const fresh = await featureOrder(groupId, { isFresh: true })
  return { ...version, features: readFeatures(item, fresh).features }
}
