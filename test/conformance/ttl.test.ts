import { type TtlDuration, UpdateFeatureGroupCommand } from '@aws-sdk/client-sagemaker'
import {
  BatchGetRecordCommand,
  BatchWriteRecordCommand,
  ListRecordsCommand,
  UpdateRecordCommand,
} from '@aws-sdk/client-sagemaker-featurestore-runtime'
import { beforeAll, describe, expect, it } from 'vitest'
import { createGroup, type Group, runtime, sageMaker } from './deployment.ts'
import { expectError } from './errors.ts'
import { deleteRecord, getRecord, isoTime, putRecord, recordOf, toRecord } from './records.ts'

const MINUTE = 60
const HOUR = 3_600

/** The time of the test, in seconds since the epoch. */
const now = Math.floor(Date.now() / 1000)

const hours = (Value: number) => ({ TtlDuration: { Unit: 'Hours', Value } as const })

async function expiryOf(group: Group, identifier: string): Promise<string | undefined> {
  return (await getRecord(group, identifier, { ExpirationTimeResponse: 'Enabled' })).ExpiresAt
}

async function setDefaultTtl(group: Group, ttl: TtlDuration): Promise<void> {
  const OnlineStoreConfig = { TtlDuration: ttl }
  await sageMaker.send(new UpdateFeatureGroupCommand({ FeatureGroupName: group.name, OnlineStoreConfig }))
}

describe('the time to live of a record', () => {
  let group: Group
  beforeAll(async () => {
    group = await createGroup()
  })

  it.each([
    { Unit: 'Seconds', Value: 7_200, seconds: 7_200 },
    { Unit: 'Minutes', Value: 90, seconds: 5_400 },
    { Unit: 'Hours', Value: 2, seconds: 7_200 },
    { Unit: 'Days', Value: 3, seconds: 259_200 },
    { Unit: 'Weeks', Value: 4, seconds: 2_419_200 },
    { Unit: 'Seconds', Value: 2_147_483_647, seconds: 2_147_483_647 },
  ] as const)('counts from the event time, exact to the second: $Value $Unit', async ({ Unit, Value, seconds }) => {
    const id = `${Value} ${Unit}`
    await putRecord(group, { id, time: isoTime(now - MINUTE) }, { TtlDuration: { Unit, Value } })
    expect(await expiryOf(group, id)).toBe(isoTime(now - MINUTE + seconds))
  })
  it('drops the milliseconds of the event time', async () => {
    await putRecord(group, { id: 'milliseconds', time: isoTime(now).replace('Z', '.999Z') }, hours(1))
    expect(await expiryOf(group, 'milliseconds')).toBe(isoTime(now + HOUR))
  })
  it('is told only when it is asked for', async () => {
    await putRecord(group, { id: 'untold', time: isoTime(now) }, hours(1))
    expect((await getRecord(group, 'untold')).ExpiresAt).toBeUndefined()
    expect((await getRecord(group, 'untold', { ExpirationTimeResponse: 'Disabled' })).ExpiresAt).toBeUndefined()
  })
  it('is told beside the named features too', async () => {
    await putRecord(group, { id: 'projected', time: isoTime(now), text: 'x' }, hours(1))
    const rest = { FeatureNames: ['text'], ExpirationTimeResponse: 'Enabled' as const }
    expect(await getRecord(group, 'projected', rest)).toMatchObject({
      Record: toRecord({ text: 'x' }),
      ExpiresAt: isoTime(now + HOUR),
    })
  })
  it('is told by BatchGetRecord, for the records that have one', async () => {
    await putRecord(group, { id: 'with', time: isoTime(now) }, hours(1))
    await putRecord(group, { id: 'without', time: isoTime(now) })
    const block = { FeatureGroupName: group.name, RecordIdentifiersValueAsString: ['with', 'without'] }
    const ask = { Identifiers: [block], ExpirationTimeResponse: 'Enabled' as const }
    const { Records = [] } = await runtime.send(new BatchGetRecordCommand(ask))
    const told = Records.map(({ RecordIdentifierValueAsString: id, ExpiresAt }) => [String(id), ExpiresAt])
    expect(Object.fromEntries(told)).toEqual({ with: isoTime(now + HOUR), without: undefined })
    const { Records: plain = [] } = await runtime.send(new BatchGetRecordCommand({ Identifiers: [block] }))
    expect(plain.map(({ ExpiresAt }) => ExpiresAt)).toEqual([undefined, undefined])
  })
  it('ends with the record: a newer one without any does not expire', async () => {
    await putRecord(group, { id: 'ended', time: isoTime(now) }, hours(1))
    await putRecord(group, { id: 'ended', time: isoTime(now + 1) })
    expect(await expiryOf(group, 'ended')).toBeUndefined()
  })
  it('of a late record changes nothing', async () => {
    await putRecord(group, { id: 'late', time: isoTime(now) }, hours(1))
    await putRecord(group, { id: 'late', time: isoTime(now - 1) }, hours(9))
    expect(await expiryOf(group, 'late')).toBe(isoTime(now + HOUR))
  })
  it('of an entry wins over that of its batch, which is for the entries without one', async () => {
    const time = isoTime(now)
    await runtime.send(
      new BatchWriteRecordCommand({
        Entries: [
          { FeatureGroupName: group.name, Record: toRecord({ id: 'entry', time }), ...hours(2) },
          { FeatureGroupName: group.name, Record: toRecord({ id: 'batch', time }) },
        ],
        ...hours(1),
      }),
    )
    expect(await expiryOf(group, 'entry')).toBe(isoTime(now + 2 * HOUR))
    expect(await expiryOf(group, 'batch')).toBe(isoTime(now + HOUR))
  })

  it.each([
    { ttl: { Unit: 'Seconds', Value: 0 }, naming: "'0'" },
    { ttl: { Unit: 'Seconds', Value: -1 }, naming: "'-1'" },
    { ttl: { Unit: 'Seconds', Value: 1.5 }, naming: "'1.5'" },
    { ttl: { Unit: 'Months', Value: 1 }, naming: "'Months'" },
    { ttl: { Unit: 'Seconds' }, naming: "'ttlDuration.value'" },
    { ttl: { Value: 1 }, naming: "'ttlDuration.unit'" },
    { ttl: {}, naming: "'ttlDuration.unit'" },
    { ttl: { Unit: 'Weeks', Value: 2_147_483_647 }, naming: 'year 10000' },
  ])('must not be $ttl', async ({ ttl, naming }) => {
    const call = putRecord(group, { id: 'refused', time: isoTime(now) }, { TtlDuration: ttl as TtlDuration as never })
    await expectError(call, 'ValidationError', naming)
    expect(await recordOf(group, 'refused')).toBeUndefined()
  })
})

describe('an expired record', () => {
  let group: Group
  beforeAll(async () => {
    group = await createGroup()
  })
  /** A record of one hour ago whose time to live was one minute. */
  function putExpired(id: string) {
    const TtlDuration = { Unit: 'Minutes', Value: 1 } as const
    return putRecord(group, { id, time: isoTime(now - HOUR), text: 'expired' }, { TtlDuration })
  }

  it('is invisible at once, without an ExpiresAt', async () => {
    await putExpired('gone')
    const { Record, ExpiresAt } = await getRecord(group, 'gone', { ExpirationTimeResponse: 'Enabled' })
    expect({ Record, ExpiresAt }).toEqual({})
  })
  it('is in no list of BatchGetRecord', async () => {
    await putExpired('in-no-list')
    const block = { FeatureGroupName: group.name, RecordIdentifiersValueAsString: ['in-no-list'] }
    expect(await runtime.send(new BatchGetRecordCommand({ Identifiers: [block] }))).toMatchObject({
      Records: [],
      Errors: [],
      UnprocessedIdentifiers: [],
    })
  })
  it.each([true, false])('is not listed by ListRecords (IncludeSoftDeletedRecords: %s)', async (included) => {
    await putExpired('not-listed')
    await putRecord(group, { id: 'listed', time: isoTime(now) })
    const input = { FeatureGroupName: group.name, IncludeSoftDeletedRecords: included }
    const { RecordIdentifiers } = await runtime.send(new ListRecordsCommand(input))
    expect(RecordIdentifiers).toContain('listed')
    expect(RecordIdentifiers).not.toContain('not-listed')
  })
  it('fences nothing: an older record is taken', async () => {
    await putExpired('no-fence')
    await putRecord(group, { id: 'no-fence', time: isoTime(now - 2 * HOUR), text: 'older' })
    expect(await recordOf(group, 'no-fence')).toMatchObject({ text: 'older' })
  })
  it('cannot be updated', async () => {
    await putExpired('no-update')
    const command = new UpdateRecordCommand({
      FeatureGroupName: group.name,
      RecordIdentifierValueAsString: 'no-update',
      Features: toRecord({ text: 'x' }),
    })
    await expectError(runtime.send(command), 'ResourceNotFound', "'no-update'")
  })
  it('gives way to a tombstone, however old', async () => {
    await putExpired('tombstone')
    await deleteRecord(group, 'tombstone', isoTime(now - 2 * HOUR))
    await putRecord(group, { id: 'tombstone', time: isoTime(now - 3 * HOUR) })
    expect(await recordOf(group, 'tombstone')).toBeUndefined()
    await putRecord(group, { id: 'tombstone', time: isoTime(now - HOUR - MINUTE), text: 'after' })
    expect(await recordOf(group, 'tombstone')).toMatchObject({ text: 'after' })
  })
  it('that arrives late leaves the live record alone', async () => {
    await putRecord(group, { id: 'live', time: isoTime(now), text: 'live' })
    await putExpired('live')
    expect(await recordOf(group, 'live')).toMatchObject({ text: 'live' })
  })
  it('that is newer takes the place of the live record, which is gone', async () => {
    await putRecord(group, { id: 'replaced', time: isoTime(now - 2 * HOUR), text: 'live' })
    await putExpired('replaced')
    expect(await recordOf(group, 'replaced')).toBeUndefined()
  })
})

describe('the default time to live of a group', () => {
  it('is for the records without one of their own', async () => {
    const group = await createGroup({ OnlineStoreConfig: { EnableOnlineStore: true, ...hours(1) } })
    await putRecord(group, { id: 'default', time: isoTime(now) })
    await putRecord(group, { id: 'own', time: isoTime(now) }, hours(2))
    await putRecord(group, { id: 'past', time: isoTime(now - 2 * HOUR) })
    await putRecord(group, { id: 'past-own', time: isoTime(now - 2 * HOUR) }, hours(3))
    expect(await expiryOf(group, 'default')).toBe(isoTime(now + HOUR))
    expect(await expiryOf(group, 'own')).toBe(isoTime(now + 2 * HOUR))
    expect(await recordOf(group, 'past')).toBeUndefined()
    expect(await expiryOf(group, 'past-own')).toBe(isoTime(now + HOUR))
  })
  it('gives way to that of a batch, and that to that of its entry', async () => {
    const group = await createGroup({ OnlineStoreConfig: { EnableOnlineStore: true, ...hours(1) } })
    const write = (id: string, entry: object, batch: object) => {
      const Record = toRecord({ id, time: isoTime(now) })
      const Entries = [{ FeatureGroupName: group.name, Record, ...entry }]
      return runtime.send(new BatchWriteRecordCommand({ Entries, ...batch }))
    }
    await write('group', {}, {})
    await write('batch', {}, hours(2))
    await write('entry', hours(3), hours(2))
    expect(await expiryOf(group, 'group')).toBe(isoTime(now + HOUR))
    expect(await expiryOf(group, 'batch')).toBe(isoTime(now + 2 * HOUR))
    expect(await expiryOf(group, 'entry')).toBe(isoTime(now + 3 * HOUR))
  })
  it('does not make tombstones expire', async () => {
    const group = await createGroup({ OnlineStoreConfig: { EnableOnlineStore: true, ...hours(1) } })
    await deleteRecord(group, 'deleted', isoTime(now - 2 * HOUR))
    await putRecord(group, { id: 'deleted', time: isoTime(now - 3 * HOUR) }, hours(9))
    expect(await recordOf(group, 'deleted')).toBeUndefined()
  })

  it('holds for records that are added after it was changed, and for no others', async () => {
    const group = await createGroup()
    await putRecord(group, { id: 'before', time: isoTime(now) })
    await setDefaultTtl(group, { Unit: 'Hours', Value: 1 })
    await untilNewRecordsExpire(group, isoTime(now + HOUR))
    await putRecord(group, { id: 'between', time: isoTime(now) })
    await setDefaultTtl(group, { Unit: 'Days', Value: 1 })
    await untilNewRecordsExpire(group, isoTime(now + 24 * HOUR))
    await putRecord(group, { id: 'own', time: isoTime(now) }, hours(2))
    expect(await expiryOf(group, 'before')).toBeUndefined()
    expect(await expiryOf(group, 'between')).toBe(isoTime(now + HOUR))
    expect(await expiryOf(group, 'own')).toBe(isoTime(now + 2 * HOUR))
  })
  it('is taken away by an empty TtlDuration, for later records', async () => {
    const group = await createGroup({ OnlineStoreConfig: { EnableOnlineStore: true, ...hours(1) } })
    await putRecord(group, { id: 'before', time: isoTime(now) })
    await setDefaultTtl(group, {})
    await untilNewRecordsExpire(group, undefined)
    expect(await expiryOf(group, 'before')).toBe(isoTime(now + HOUR))
  })
})

/** A deployment may take seconds to see a change of the default everywhere. */
async function untilNewRecordsExpire(group: Group, expiresAt: string | undefined): Promise<void> {
  let writes = 0
  const writeAnother = async () => {
    const id = `probe-${writes++}`
    await putRecord(group, { id, time: isoTime(now) })
    return await expiryOf(group, id)
  }
  await expect.poll(writeAnother, { timeout: 30_000 }).toBe(expiresAt)
}
