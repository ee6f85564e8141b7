import type { FeatureGroup } from '../groups/feature-group.ts'
import { isExpired, type ScannedRecord } from '../online/online-store.ts'
import type { DeleteSession } from './delete-session.ts'
import { compileFilter } from './filter.ts'
import { featuresOfText } from './stored-text.ts'

/**
 * What a record is to a delete session: a `victim`; written `later` than the session was accepted, and a victim but
 * for that; `marked` by the session before; or none of its business.
 */
export type Judgement = 'victim' | 'later' | 'marked' | 'other'

/** Which records a session, or a preview of one, is about. */
export type Criteria = Pick<DeleteSession, 'from' | 'to' | 'filter' | 'acceptedAt'> & { name?: string }

/** Judges the records of a group by the criteria of a session, at the time `now` (milliseconds since the epoch). */
export function judgeOf(group: FeatureGroup, { from, to, filter, acceptedAt, name }: Criteria) {
  const first = from === undefined ? undefined : BigInt(from)
  const end = to === undefined ? undefined : BigInt(to)
  const matches = filter.length === 0 ? () => true : compileFilter(group, filter as Parameters<typeof compileFilter>[1])
  return (record: ScannedRecord, now: number): Judgement => {
    if (record.isDeleted) return name !== undefined && record.session === name ? 'marked' : 'other'
    if (first !== undefined && record.eventTime < first) return 'other'
    if (end !== undefined && record.eventTime >= end) return 'other'
    if (isExpired(record, now) || !matches(featuresOfText(record.features))) return 'other'
    return record.writtenAt <= acceptedAt ? 'victim' : 'later'
  }
}
