import type { FeatureGroup } from '../groups/feature-group.ts'
import type { ReplayedRecord } from '../offline/history-replay.ts'
import { isExpired } from '../online/online-store.ts'
import type { Put, SoftDelete } from '../records/change.ts'
import { cappedExpiresAt, ttlSeconds } from '../records/time-to-live.ts'

/**
 * The change that brings back what the history has of a record, and leaves no row there: a version, or a tombstone that
 * fences what is older. The history does not hold a record's own time to live: the group's applies. Undefined for a
 * version whose time is over at `receivedAt`, in milliseconds.
 */
export function replayChange(
  { groupId, OnlineStoreConfig }: FeatureGroup,
  { identifier, eventTime, eventTimeText, features }: ReplayedRecord,
  receivedAt: number,
): Put | SoftDelete | undefined {
  const change = { target: { groupId, online: true, offline: false }, identifier, receivedAt }
  if (features === null) return { ...change, kind: 'softDelete', eventTime, eventTimeText, isReplayed: true }
  const version = { identifier, eventTime, eventTimeText, features }
  const ttl = OnlineStoreConfig?.TtlDuration
  if (ttl === undefined) return { ...change, kind: 'put', version, isReplayed: true }
  const seconds = ttlSeconds(ttl)
  const ending = { ...version, ttlSeconds: seconds, expiresAt: cappedExpiresAt(eventTime, seconds) }
  return isExpired(ending, receivedAt) ? undefined : { ...change, kind: 'put', version: ending, isReplayed: true }
}
