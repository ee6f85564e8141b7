import type { StoredVersion, Update, Version } from '../records/change.ts'
import { cappedExpiresAt } from '../records/time-to-live.ts'

/** The version that an update makes of the stored one: named features are set or removed, the others stay. */
export function mergeUpdate(stored: StoredVersion, update: Update): Version {
  const values = new Map<string, string>()
  for (const value of JSON.parse(stored.features) as { FeatureName: string }[]) {
    values.set(value.FeatureName, JSON.stringify(value))
  }
  for (const { FeatureName, json } of update.features) {
    if (json === undefined) values.delete(FeatureName)
    else values.set(FeatureName, json)
  }
  const features = update.featureOrder.flatMap((name) => values.get(name) ?? [])
  const eventTime = update.eventTime ?? stored.eventTime
  const ttlSeconds = update.ttlSeconds ?? stored.ttlSeconds
  return {
    identifier: stored.identifier,
    eventTime,
    eventTimeText: update.eventTimeText ?? stored.eventTimeText,
    features: `[${features.join(',')}]`,
    ...(ttlSeconds !== undefined && { ttlSeconds, expiresAt: cappedExpiresAt(eventTime, ttlSeconds) }),
  }
}
