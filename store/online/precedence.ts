import type { Change, Restore, Result, Retract } from '../records/change.ts'
import { type Head, isExpired } from './online-store.ts'

/**
 * What becomes of a change that meets `stored`, by the table of `design.md` section 4.
 * A version that has expired by `now` counts as none, but an undo may find that it restored it before.
 */
export function precedence(change: Change, stored: Head | undefined, now: number): Result {
  if (change.kind === 'expire') return expiry(change.expiresAt, stored, now)
  if (!change.target.online) return 'skipped'
  const current = stored !== undefined && isExpired(stored, now) ? undefined : stored
  switch (change.kind) {
    case 'put':
      if (change.isReplayed) return isOlder(current, change.version.eventTime) ? 'applied' : 'historic'
      return current === undefined || isNewer(change.version.eventTime, current) ? 'applied' : 'historic'
    case 'softDelete':
      return isOlder(current, change.eventTime) ? 'applied' : 'historic'
    case 'hardDelete':
      if (current === undefined) return 'absent'
      return current.eventTime < change.eventTime ? 'applied' : 'stale'
    case 'update':
      if (current === undefined || current.isDeleted) return 'absent'
      return change.eventTime === undefined || change.eventTime >= current.eventTime ? 'applied' : 'stale'
    case 'evict':
      return stored !== undefined && stored.writtenAt <= change.writtenBefore ? 'applied' : 'absent'
    case 'retract':
      return retraction(change, current)
    case 'restore':
      return restoration(change, stored)
    case 'purge':
      return isTombstoneOf(change.session, stored) ? 'applied' : 'absent'
    case 'forget':
      return isTombstoneOf(change.session, stored) && stored?.hasPayload ? 'applied' : 'absent'
  }
}

function isOlder(current: Head | undefined, eventTime: bigint): boolean {
  return current === undefined || current.eventTime < eventTime
}

/** A put at the very time of a live version replaces it, but not a tombstone of that time. */
function isNewer(eventTime: bigint, current: Head): boolean {
  return current.eventTime < eventTime || (current.eventTime === eventTime && !current.isDeleted)
}

function expiry(expiresAt: number, stored: Head | undefined, now: number): Result {
  const isTheOneSeen = stored !== undefined && stored.expiresAt === expiresAt && isExpired(stored, now)
  return isTheOneSeen ? 'applied' : 'absent'
}

/** A session takes the very version that it saw, unless that was written again after the session was accepted. */
function retraction({ session, seen, acceptedAt }: Retract, current: Head | undefined): Result {
  if (current?.eventTime !== seen) return 'stale'
  if (current.isDeleted) return current.session === session ? 'repeated' : 'stale'
  return current.writtenAt <= acceptedAt ? 'applied' : 'stale'
}

function restoration({ session }: Restore, stored: Head | undefined): Result {
  if (stored?.session !== session) return 'absent'
  if (!stored.isDeleted) return 'repeated'
  return stored.hasPayload ? 'applied' : 'absent'
}

function isTombstoneOf(session: string, stored: Head | undefined): boolean {
  return stored?.isDeleted === true && stored.session === session
}
