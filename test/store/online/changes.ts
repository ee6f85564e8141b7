import type {
  Evict,
  Expire,
  Forget,
  HardDelete,
  Purge,
  Put,
  Restore,
  Retract,
  SoftDelete,
  Target,
  Update,
} from '../../../store/records/change.ts'

/** Group ids end in a number of shards. */
export const GROUP = 'group-3'
export const OTHER = 'other-3'

export const target: Target = { groupId: GROUP, online: true, offline: true }

/** The features of both groups, in the order of their definitions: of no other order. */
export const FEATURE_ORDER = ['id', 'feature', 'z', '10', '9', 'constructor', 'a']

/** The features of a record whose value of `feature` is `value`, as JSON text. */
export function featuresText(identifier: string, value: string): string {
  return JSON.stringify([
    { FeatureName: 'id', ValueAsString: identifier },
    { FeatureName: 'feature', ValueAsString: value },
  ])
}

export function put(identifier: string, eventTime: number, value: string, ttlSeconds?: number): Put {
  const version = {
    identifier,
    eventTime: BigInt(eventTime) * 1_000_000n,
    eventTimeText: String(eventTime),
    features: featuresText(identifier, value),
    ...(ttlSeconds !== undefined && { ttlSeconds, expiresAt: eventTime + ttlSeconds }),
  }
  return { kind: 'put', target, identifier, receivedAt: 0, version }
}

function deletion(identifier: string, eventTime: number) {
  const time = { eventTime: BigInt(eventTime) * 1_000_000n, eventTimeText: String(eventTime) }
  return { target, identifier, receivedAt: 0, ...time }
}

export function softDelete(identifier: string, eventTime: number): SoftDelete {
  return { kind: 'softDelete', ...deletion(identifier, eventTime) }
}

export function hardDelete(identifier: string, eventTime: number): HardDelete {
  return { kind: 'hardDelete', ...deletion(identifier, eventTime) }
}

export function update(identifier: string, value: string | undefined, eventTime?: number): Update {
  const json = value === undefined ? undefined : JSON.stringify({ FeatureName: 'feature', ValueAsString: value })
  const time = eventTime === undefined ? {} : deletion(identifier, eventTime)
  return {
    kind: 'update',
    target,
    identifier,
    receivedAt: 0,
    features: [{ FeatureName: 'feature', json }],
    featureOrder: FEATURE_ORDER,
    ...time,
  }
}

/** Removes the version that was seen to expire at `expiresAt`, in seconds. */
export function expire(identifier: string, expiresAt: number): Expire {
  return { kind: 'expire', target, identifier, receivedAt: 0, expiresAt }
}

/** A put as a replay of the history makes it. */
export function replayed(identifier: string, eventTime: number, value: string): Put {
  return { ...put(identifier, eventTime, value), isReplayed: true }
}

/** Removes what was written by then, in milliseconds. */
export function evict(identifier: string, writtenBefore: number): Evict {
  return { kind: 'evict', target: { ...target, offline: false }, identifier, receivedAt: 0, writtenBefore }
}

/** When the delete sessions of the tests were accepted, in milliseconds. */
export const ACCEPTED = 950_000
export const SESSION = 'the session'

/** Makes the version of the event time `seen` a tombstone of the session. */
export function retract(identifier: string, seen: number, session = SESSION): Retract {
  const time = { seen: BigInt(seen) * 1_000_000n, seenText: String(seen) }
  return { kind: 'retract', target, identifier, receivedAt: 0, session, acceptedAt: ACCEPTED, ...time }
}

export function restore(identifier: string, session = SESSION): Restore {
  return { kind: 'restore', target, identifier, receivedAt: 0, session, featureOrder: FEATURE_ORDER }
}

export function purge(identifier: string, session = SESSION): Purge {
  return { kind: 'purge', target, identifier, receivedAt: 0, session }
}

export function forget(identifier: string, session = SESSION): Forget {
  return { kind: 'forget', target, identifier, receivedAt: 0, session }
}
