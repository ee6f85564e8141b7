import type { EventTime } from './event-time.ts'
import { isoSeconds } from './event-time.ts'

/** Where a change goes: one creation of a feature group, and which of its stores. */
export interface Target {
  groupId: string
  online: boolean
  offline: boolean
}

/** One version of a record. `features` is the JSON text of its FeatureValue list, in the order of the definitions. */
export interface Version {
  identifier: string
  eventTime: EventTime
  /** The event time as the caller wrote it. */
  eventTimeText: string
  features: string
  /** Seconds since the epoch. */
  expiresAt?: number
  /** The time to live that `expiresAt` was computed from. */
  ttlSeconds?: number
}

/** What the online store holds for an identifier. A tombstone shows no features and never expires. */
export interface StoredVersion extends Version {
  isDeleted: boolean
}

interface ChangeOf<Kind extends string> {
  kind: Kind
  target: Target
  identifier: string
  /** When the service received the request, in milliseconds since the epoch. */
  receivedAt: number
}

export interface Put extends ChangeOf<'put'> {
  version: Version
  /** True for one from the history: it gives way to a live version of the same time too. */
  isReplayed?: true
}

export interface SoftDelete extends ChangeOf<'softDelete'> {
  eventTime: EventTime
  eventTimeText: string
  /** True for one from the history. */
  isReplayed?: true
}

export interface HardDelete extends ChangeOf<'hardDelete'> {
  eventTime: EventTime
  eventTimeText: string
}

/** A feature that UpdateRecord sets, as the JSON text of its FeatureValue, or removes. */
export interface FeatureUpdate {
  FeatureName: string
  json: string | undefined
}

export interface Update extends ChangeOf<'update'> {
  features: FeatureUpdate[]
  /** The names of all features, in the order of the definitions. */
  featureOrder: string[]
  eventTime?: EventTime
  eventTimeText?: string
  ttlSeconds?: number
}

/** Removes a version that has expired, unless a write has replaced it since it was seen. */
export interface Expire extends ChangeOf<'expire'> {
  expiresAt: number
}

/** Makes the version that a delete session saw a tombstone of that session, which hides what the record was. */
export interface Retract extends ChangeOf<'retract'> {
  session: string
  /** The event time that was seen, and as its writer wrote it. */
  seen: EventTime
  seenText: string
  /** A version written later than this, in milliseconds since the epoch, stays. */
  acceptedAt: number
}

/** Makes a session's tombstone the record again that it hides. */
export interface Restore extends ChangeOf<'restore'> {
  session: string
  /** The names of all features, in the order of the definitions. */
  featureOrder: readonly string[]
}

/** Removes a session's tombstone. */
export interface Purge extends ChangeOf<'purge'> {
  session: string
}

/** Removes what a session's tombstone hides. */
export interface Forget extends ChangeOf<'forget'> {
  session: string
}

/** Removes whatever was written at or before a time, in milliseconds since the epoch. It leaves no row. */
export interface Evict extends ChangeOf<'evict'> {
  writtenBefore: number
}

/** What a delete session does to a record. */
export type SessionChange = Retract | Restore | Purge | Forget

export type Change = Put | SoftDelete | HardDelete | Update | Expire | Evict | SessionChange

/**
 * What became of a change online.
 * `applied`: written; `historic`: a version at least as new stays; `absent`: there was nothing to change;
 * `stale`: refused, because the time is not later, or what a session saw is there no more; `repeated`: the session had
 * made the change before, and its row is in the history; `tooLarge`: refused, because the record would be larger than
 * one may be after the update; `skipped`: the change does not go to the online store;
 * `unprocessed`: a store would not take it, and writing it again is safe.
 */
export type Result = 'applied' | 'historic' | 'absent' | 'stale' | 'repeated' | 'tooLarge' | 'skipped' | 'unprocessed'

export interface Outcome {
  result: Result
  /** The whole record after an update, or when it is restored. */
  version?: Version
  /** The expired version that this change has removed. */
  expired?: { eventTimeText: string; expiresAt: number }
}

/** A row of a group's history. A deletion marker has no features. */
export interface HistoryRow {
  groupId: string
  identifier: string
  eventTime: EventTime
  eventTimeText: string
  isDeleted: boolean
  features: string | null
  /** Milliseconds since the epoch. */
  writeTime: number
  /** Milliseconds since the epoch. */
  apiInvocationTime: number
  /** The delete session that a marker is of. */
  deletionSession?: string
}

/**
 * The rows that a change leaves in the group's history: one for each accepted write, historic ones too, and one for
 * the expired version that it removed. A refused change leaves none.
 */
export function historyRows(change: Change, outcome: Outcome, writeTime: number): HistoryRow[] {
  if (!change.target.offline || outcome.result === 'unprocessed') return []
  const rows: HistoryRow[] = []
  if (outcome.expired !== undefined) {
    const { expiresAt, eventTimeText } = outcome.expired
    rows.push(marker(change, BigInt(expiresAt) * 1_000_000n, sameForm(eventTimeText, expiresAt), writeTime))
  }
  const row = ownRow(change, outcome, writeTime)
  if (row !== undefined) rows.push(row)
  return rows
}

function ownRow(change: Change, outcome: Outcome, writeTime: number): HistoryRow | undefined {
  if (outcome.result === 'stale') return undefined
  switch (change.kind) {
    case 'put':
      return versionRow(change, change.version, writeTime)
    case 'update':
    case 'restore':
      return outcome.version && versionRow(change, outcome.version, writeTime)
    case 'softDelete':
    case 'hardDelete':
      return marker(change, change.eventTime, change.eventTimeText, writeTime)
    case 'retract':
      return outcome.result === 'applied' ? sessionMarker(change, writeTime) : undefined
    case 'expire':
    case 'evict':
    case 'purge':
    case 'forget':
      return undefined
  }
}

function sessionMarker(change: Retract, writeTime: number): HistoryRow {
  return { ...marker(change, change.seen, change.seenText, writeTime), deletionSession: change.session }
}

function versionRow(change: Change, version: Version, writeTime: number): HistoryRow {
  return {
    groupId: change.target.groupId,
    identifier: version.identifier,
    eventTime: version.eventTime,
    eventTimeText: version.eventTimeText,
    isDeleted: false,
    features: version.features,
    writeTime,
    apiInvocationTime: change.receivedAt,
  }
}

function marker(change: Change, eventTime: EventTime, eventTimeText: string, writeTime: number): HistoryRow {
  return {
    groupId: change.target.groupId,
    identifier: change.identifier,
    eventTime,
    eventTimeText,
    isDeleted: true,
    features: null,
    writeTime,
    apiInvocationTime: change.receivedAt,
  }
}

/** `seconds` written as the group writes its event times. */
function sameForm(eventTimeText: string, seconds: number): string {
  return eventTimeText.endsWith('Z') ? (isoSeconds(seconds) ?? String(seconds)) : String(seconds)
}
