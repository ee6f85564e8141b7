import type { FeatureGroup } from '../groups/feature-group.ts'
import type { Awaitable, OnlineReader, ScannedRecord } from '../online/online-store.ts'
import { type Criteria, type Judgement, judgeOf } from './judge-record.ts'

/** Where in a group is looked, and how far. */
export interface FindOptions {
  shard: number
  /** The `next` of the page before. */
  after?: string
  /** How many records are looked at, at most; how many are found, where looking is in nobody's way. */
  limit: number
  /** Milliseconds since the epoch. */
  now: number
}

/** A record that a delete session has to do with. */
export interface FoundRecord extends Pick<ScannedRecord, 'identifier' | 'eventTime' | 'eventTimeText'> {
  judgement: Exclude<Judgement, 'other'>
}

export interface FoundPage {
  records: FoundRecord[]
  /** Where the next page begins; absent on the last one. A page may be empty and still have a next one. */
  next?: string
}

/** Finds the records of a shard that meet criteria, in the order of its keys. */
export type FindRecords = (group: FeatureGroup, criteria: Criteria, options: FindOptions) => Awaitable<FoundPage>

/** Finds records by scanning the store here, a page at a time. */
export function findByScan(online: Pick<OnlineReader, 'scan'>): FindRecords {
  return async (group, criteria, { now, ...options }) => {
    const page = await online.scan(group.groupId, options)
    const records = pick(page.records, judgeOf(group, criteria), now)
    return page.next === undefined ? { records } : { records, next: page.next }
  }
}

/** Those of the records that a session has to do with. */
export function pick(records: ScannedRecord[], judge: ReturnType<typeof judgeOf>, now: number): FoundRecord[] {
  const found: FoundRecord[] = []
  for (const record of records) {
    const judgement = judge(record, now)
    if (judgement === 'other') continue
    const { identifier, eventTime, eventTimeText } = record
    found.push({ identifier, eventTime, eventTimeText, judgement })
  }
  return found
}
