import { describe, expect, it, vi } from 'vitest'
import { createGroup, type Group } from '../conformance/deployment.ts'
import { isoTime, putRecord } from '../conformance/records.ts'
import { invoke, onlineItem, rowsOf } from './emulated-aws.ts'

const WAIT = { timeout: 60_000, interval: 500 }
const HOUR = { Unit: 'Hours', Value: 1 } as const
const now = Math.floor(Date.now() / 1000)

const BY_TIME_TO_LIVE = { type: 'Service', principalId: 'dynamodb.amazonaws.com' }

/** The event of the removal of a record, as a stream of DynamoDB tells it. */
async function removalOf(group: Group, identifier: string, userIdentity?: object) {
  const OldImage = await onlineItem(group, identifier)
  return {
    eventID: 'c9fbe7d0261a5163fcb6940593e41797',
    eventName: 'REMOVE',
    eventVersion: '1.1',
    eventSource: 'aws:dynamodb',
    awsRegion: 'us-east-1',
    dynamodb: {
      ApproximateCreationDateTime: now,
      Keys: { pk: OldImage['pk'], sk: OldImage['sk'] },
      OldImage,
      SequenceNumber: '4421584500000000017450439092',
      SizeBytes: 59,
      StreamViewType: 'OLD_IMAGE',
    },
    ...(userIdentity !== undefined && { userIdentity }),
    eventSourceARN: 'arn:aws:dynamodb:us-east-1:000000000000:table/online/stream/2026-11-21T00:00:00.000',
  }
}

describe('the expiry function', () => {
  it('appends a deletion marker at the end of the time to live, for removals by time to live only', async () => {
    const group = await createGroup()
    for (const id of ['expired', 'removed']) await putRecord(group, { id, time: isoTime(now) }, { TtlDuration: HOUR })
    const Records = [await removalOf(group, 'expired', BY_TIME_TO_LIVE), await removalOf(group, 'removed')]
    expect(await invoke('BackgroundExpiryFunction', { Records })).toEqual({ batchItemFailures: [] })
    await vi.waitUntil(async () => (await rowsOf(group, 'expired')).length === 2, WAIT)
    const end = now + 3_600
    const marker = { time: isoTime(end), _event_time: end * 1_000_000, is_deleted: true, text: null }
    expect((await rowsOf(group, 'expired'))[1]).toMatchObject(marker)
    expect(await rowsOf(group, 'removed')).toMatchObject([{ is_deleted: false }])
  })
  it('appends nothing for a group without an offline store', async () => {
    const group = await createGroup({ OfflineStoreConfig: null })
    await putRecord(group, { id: 'online', time: isoTime(now) }, { TtlDuration: HOUR })
    const Records = [await removalOf(group, 'online', BY_TIME_TO_LIVE)]
    expect(await invoke('BackgroundExpiryFunction', { Records })).toEqual({ batchItemFailures: [] })
    expect(await rowsOf(group, 'online')).toEqual([])
  })
})
