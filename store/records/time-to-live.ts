import { quote, validationError } from '../api-error.ts'
import type { TtlDuration, TtlUnit } from '../groups/feature-group.ts'
import { type EventTime, floorSeconds, isoSeconds, MAX_SECONDS } from './event-time.ts'

export const TTL_UNIT_SECONDS: Record<TtlUnit, number> = {
  Seconds: 1,
  Minutes: 60,
  Hours: 3_600,
  Days: 86_400,
  Weeks: 604_800,
}

/** The length of a TtlDuration in seconds. */
export function ttlSeconds(ttl: TtlDuration): number {
  return ttl.Value * TTL_UNIT_SECONDS[ttl.Unit]
}

/**
 * When a record expires, in seconds since the epoch: its event time plus its time to live, exact to the second
 * (SageMaker developer guide, feature-store-time-to-live). Throws ValidationError past the year 9999.
 */
export function expiresAt(eventTime: EventTime, seconds: number): number {
  const at = floorSeconds(eventTime) + seconds
  if (isoSeconds(at) === undefined) {
    throw validationError(
      `TtlDuration of ${quote(String(seconds))} seconds is not valid. The record must expire before the year 10000.`,
    )
  }
  return at
}

/** As `expiresAt`, but the last second of the year 9999 for what would expire later. */
export function cappedExpiresAt(eventTime: EventTime, seconds: number): number {
  return Math.min(floorSeconds(eventTime) + seconds, MAX_SECONDS)
}
