import type { Change, Result } from '../records/change.ts'
import { type Head, isExpired } from './online-store.ts'

/**
 * What becomes of a change that meets `stored`, by the table of `design.md` section 4.
 * A version that has expired by `now` counts as none.
 */
export function precedence(change: Change, stored: Head | undefined, now: number): Result {
  if (change.kind === 'expire') return expiry(change.expiresAt, stored, now)
  if (!change.target.online) return 'skipped'
  const current = stored !== undefined && isExpired(stored, now) ? undefined : stored
  switch (change.kind) {
    case 'put':
      return current === undefined || isNewer(change.version.eventTime, current) ? 'applied' : 'historic'
    case 'softDelete':
      return current === undefined || current.eventTime < change.eventTime ? 'applied' : 'historic'
    case 'hardDelete':
      if (current === undefined) return 'absent'
      return current.eventTime < change.eventTime ? 'applied' : 'stale'
    case 'update':
      if (current === undefined || current.isDeleted) return 'absent'
      return change.eventTime === undefined || change.eventTime >= current.eventTime ? 'applied' : 'stale'
  }
}

/** A put at the very time of a live version replaces it, but not a tombstone of that time. */
function isNewer(eventTime: bigint, current: Head): boolean {
  return current.eventTime < eventTime || (current.eventTime === eventTime && !current.isDeleted)
}

function expiry(expiresAt: number, stored: Head | undefined, now: number): Result {
  const isTheOneSeen = stored !== undefined && stored.expiresAt === expiresAt && isExpired(stored, now)
  return isTheOneSeen ? 'applied' : 'absent'
}
