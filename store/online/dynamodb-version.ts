import type { Version } from '../records/change.ts'
import { type Item, readEnvelope, readFeatures } from './dynamodb-item.ts'
import type { FeatureOrder } from './feature-order.ts'

export interface VersionReading {
  groupId: string
  featureOrder: FeatureOrder
  /** The order of the features, where it is known already. */
  order?: readonly string[]
}

/** The version in an item that is no tombstone. */
export async function readVersion(item: Item, reading: VersionReading): Promise<Version> {
  const { isDeleted: _, writtenAt: __, session: ___, ...version } = readEnvelope(item)
  return { ...version, features: await orderedFeatures(item, reading) }
}

/** The features in an item, in order: a fresh one if there are some that the order lacks. */
export async function orderedFeatures(item: Item, { groupId, featureOrder, order }: VersionReading): Promise<string> {
  const { features, isInOrder } = readFeatures(item, order ?? (await featureOrder(groupId)))
  if (isInOrder) return features
  const fresh = await featureOrder(groupId, { isFresh: true })
  return readFeatures(item, fresh).features
}
