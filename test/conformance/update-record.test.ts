import { DescribeFeatureGroupCommand, UpdateFeatureGroupCommand } from '@aws-sdk/client-sagemaker'
import { UpdateRecordCommand, type UpdateRecordCommandInput } from '@aws-sdk/client-sagemaker-featurestore-runtime'
import { beforeAll, describe, expect, it } from 'vitest'
import { createGroup, type Group, runtime, sageMaker } from './deployment.ts'
import { expectError } from './errors.ts'
import { at, deleteRecord, getRecord, isoTime, putRecord, recordOf, toRecord, type Values } from './records.ts'

const now = Math.floor(Date.now() / 1000)
const HOUR = 3_600
const hours = (Value: number) => ({ TtlDuration: { Unit: 'Hours' as const, Value } })

let group: Group
beforeAll(async () => {
  group = await createGroup()
})

function updateRecord(identifier: string, values: Values, rest: Partial<UpdateRecordCommandInput> = {}) {
  return runtime.send(
    new UpdateRecordCommand({
      FeatureGroupName: group.name,
      RecordIdentifierValueAsString: identifier,
      Features: toRecord(values),
      ...rest,
    }),
  )
}

async function expiryOf(identifier: string): Promise<string | undefined> {
  return (await getRecord(group, identifier, { ExpirationTimeResponse: 'Enabled' })).ExpiresAt
}

describe('UpdateRecord', () => {
  it('sets the named features and leaves the others', async () => {
    await putRecord(group, { id: 'partial', time: at(1), text: 'old', count: '1' })
    await updateRecord('partial', { text: 'new', ratio: '0.50' })
    const record = { id: 'partial', time: at(1), text: 'new', count: '1', ratio: '0.50' }
    expect(await recordOf(group, 'partial')).toEqual(record)
  })
  it('keeps the order of the definitions', async () => {
    await putRecord(group, { id: 'ordered', time: at(1), ratio: '1' })
    await updateRecord('ordered', { count: '2', text: 'x' })
    const { Record } = await getRecord(group, 'ordered')
    expect(Record?.map(({ FeatureName }) => FeatureName)).toEqual(['id', 'time', 'text', 'count', 'ratio'])
  })
  it('removes a feature that is named without a value', async () => {
    await putRecord(group, { id: 'removed', time: at(1), text: 'x', count: '1' })
    await updateRecord('removed', {}, { Features: [{ FeatureName: 'text' }] })
    expect(await recordOf(group, 'removed')).toEqual({ id: 'removed', time: at(1), count: '1' })
    await updateRecord('removed', {}, { Features: [{ FeatureName: 'text' }] })
    expect(await recordOf(group, 'removed')).toEqual({ id: 'removed', time: at(1), count: '1' })
  })
  it('sets an empty string, which is a value', async () => {
    await putRecord(group, { id: 'empty', time: at(1), text: 'x' })
    await updateRecord('empty', { text: '' })
    expect(await recordOf(group, 'empty')).toEqual({ id: 'empty', time: at(1), text: '' })
  })
  it('keeps the event time when none is given, so that an event in between is still late', async () => {
    await putRecord(group, { id: 'kept-time', time: at(5), text: 'x' })
    await updateRecord('kept-time', { text: 'updated' })
    await putRecord(group, { id: 'kept-time', time: at(4), text: 'late' })
    expect(await recordOf(group, 'kept-time')).toEqual({ id: 'kept-time', time: at(5), text: 'updated' })
  })
  it('moves the event time on when a newer one is given', async () => {
    await putRecord(group, { id: 'moved', time: at(1), count: '1' })
    await updateRecord('moved', { time: at(5), text: 'x' })
    expect(await recordOf(group, 'moved')).toEqual({ id: 'moved', time: at(5), text: 'x', count: '1' })
    await putRecord(group, { id: 'moved', time: at(4) })
    expect(await recordOf(group, 'moved')).toMatchObject({ time: at(5) })
  })
  it('applies at the same event time', async () => {
    await putRecord(group, { id: 'equal', time: at(1), text: 'old' })
    await updateRecord('equal', { time: at(1), text: 'new' })
    expect(await recordOf(group, 'equal')).toMatchObject({ text: 'new' })
  })
  it('is a ConflictException at an older event time, and the record stays', async () => {
    await putRecord(group, { id: 'older', time: at(5), text: 'stays' })
    await expectError(updateRecord('older', { time: at(4), text: 'x' }), 'ConflictException', `'${at(4)}'`)
    expect(await recordOf(group, 'older')).toEqual({ id: 'older', time: at(5), text: 'stays' })
  })
  it('may move the event time alone', async () => {
    await putRecord(group, { id: 'time-alone', time: at(1), text: 'x' })
    await updateRecord('time-alone', { time: at(2) })
    expect(await recordOf(group, 'time-alone')).toEqual({ id: 'time-alone', time: at(2), text: 'x' })
  })
  it('may name the identifier with the value that it has', async () => {
    await putRecord(group, { id: 'same', time: at(1) })
    await updateRecord('same', { id: 'same', text: 'x' })
    expect(await recordOf(group, 'same')).toEqual({ id: 'same', time: at(1), text: 'x' })
  })
  it('loses none of many updates at the same time', async () => {
    await putRecord(group, { id: 'parallel', time: at(1) })
    await Promise.all([
      updateRecord('parallel', { text: 'x' }),
      updateRecord('parallel', { count: '1' }),
      updateRecord('parallel', { ratio: '2' }),
      updateRecord('parallel', { time: at(2) }),
    ])
    expect(await recordOf(group, 'parallel')).toEqual({
      id: 'parallel',
      time: at(2),
      text: 'x',
      count: '1',
      ratio: '2',
    })
  })
  it.each(['Standard', 'Standard_V2', 'InMemory'] as const)('works on a group of type %s', async (StorageType) => {
    const typed = await createGroup({ OnlineStoreConfig: { EnableOnlineStore: true, StorageType } })
    await putRecord(typed, { id: 'a', time: at(1) })
    await updateRecord('a', { text: 'x' }, { FeatureGroupName: typed.name })
    expect(await recordOf(typed, 'a')).toEqual({ id: 'a', time: at(1), text: 'x' })
  })
  it('sets a feature that was added to the group after the record', async () => {
    const grown = await createGroup()
    await putRecord(grown, { id: 'a', time: at(1) })
    const FeatureAdditions = [{ FeatureName: 'added', FeatureType: 'String' as const }]
    await sageMaker.send(new UpdateFeatureGroupCommand({ FeatureGroupName: grown.name, FeatureAdditions }))
    const described = await sageMaker.send(new DescribeFeatureGroupCommand({ FeatureGroupName: grown.name }))
    expect(described.FeatureDefinitions?.at(-1)).toMatchObject({ FeatureName: 'added' })
    await updateRecord('a', { added: 'x' }, { FeatureGroupName: grown.name })
    expect(await recordOf(grown, 'a')).toEqual({ id: 'a', time: at(1), added: 'x' })
  })
})

describe('UpdateRecord finds nothing to update', () => {
  it('when the record was never written', async () => {
    await expectError(updateRecord('never', { text: 'x' }), 'ResourceNotFound', "'never'")
    expect(await recordOf(group, 'never')).toBeUndefined()
  })
  it('when the record is soft-deleted, and the fence stays', async () => {
    await putRecord(group, { id: 'deleted', time: at(1) })
    await deleteRecord(group, 'deleted', at(3))
    await expectError(updateRecord('deleted', { text: 'x', time: at(9) }), 'ResourceNotFound', "'deleted'")
    await putRecord(group, { id: 'deleted', time: at(2) })
    expect(await recordOf(group, 'deleted')).toBeUndefined()
  })
  it('when the record is hard-deleted', async () => {
    await putRecord(group, { id: 'hard', time: at(1) })
    await deleteRecord(group, 'hard', at(2), { DeletionMode: 'HardDelete' })
    await expectError(updateRecord('hard', { text: 'x' }), 'ResourceNotFound', "'hard'")
  })
})

describe('the time to live in UpdateRecord', () => {
  it('stays when none is given', async () => {
    await putRecord(group, { id: 'ttl-stays', time: isoTime(now) }, hours(1))
    await updateRecord('ttl-stays', { text: 'x' })
    expect(await expiryOf('ttl-stays')).toBe(isoTime(now + HOUR))
  })
  it('stays as a duration: a new event time moves ExpiresAt', async () => {
    await putRecord(group, { id: 'ttl-moves', time: isoTime(now) }, hours(1))
    await updateRecord('ttl-moves', { time: isoTime(now + 60) })
    expect(await expiryOf('ttl-moves')).toBe(isoTime(now + 60 + HOUR))
  })
  it('changes together with an event time', async () => {
    await putRecord(group, { id: 'ttl-changes', time: isoTime(now) }, hours(1))
    await updateRecord('ttl-changes', { time: isoTime(now) }, hours(3))
    expect(await expiryOf('ttl-changes')).toBe(isoTime(now + 3 * HOUR))
    await updateRecord('ttl-changes', { text: 'x', time: isoTime(now + 1) })
    expect(await expiryOf('ttl-changes')).toBe(isoTime(now + 1 + 3 * HOUR))
  })
  it('can be given to a record that had none', async () => {
    await putRecord(group, { id: 'ttl-new', time: isoTime(now) })
    await updateRecord('ttl-new', { time: isoTime(now) }, hours(1))
    expect(await expiryOf('ttl-new')).toBe(isoTime(now + HOUR))
  })
  it('can make the record expire at once', async () => {
    await putRecord(group, { id: 'ttl-past', time: isoTime(now - HOUR) })
    await updateRecord('ttl-past', { time: isoTime(now - HOUR) }, { TtlDuration: { Unit: 'Minutes', Value: 1 } })
    expect(await recordOf(group, 'ttl-past')).toBeUndefined()
  })
  it('is refused without an event time', async () => {
    await putRecord(group, { id: 'ttl-alone', time: isoTime(now) }, hours(1))
    await expectError(updateRecord('ttl-alone', { text: 'x' }, hours(2)), 'ValidationError', 'TtlDuration')
    expect(await recordOf(group, 'ttl-alone')).toEqual({ id: 'ttl-alone', time: isoTime(now) })
  })
})

describe('UpdateRecord refuses', () => {
  beforeAll(async () => {
    await putRecord(group, { id: 'intact', time: at(5), text: 'x' })
  })
  async function expectRefused(rest: Partial<UpdateRecordCommandInput>, naming: string): Promise<void> {
    await expectError(updateRecord('intact', {}, rest), 'ValidationError', naming)
    expect(await recordOf(group, 'intact')).toEqual({ id: 'intact', time: at(5), text: 'x' })
  }

  it('no features', async () => {
    await expectRefused({ Features: [] }, "'features'")
  })
  it('Features that are missing', async () => {
    await expectRefused({ Features: undefined }, "'features'")
  })
  it('more than 100 features, whatever they are', async () => {
    const Features = Array.from({ length: 101 }, () => ({ FeatureName: 'text', ValueAsString: 'y' }))
    await expectRefused({ Features }, '101')
  })
  it('a feature that is named twice', async () => {
    await expectRefused({ Features: [...toRecord({ text: 'y' }), ...toRecord({ text: 'y' })] }, "'text'")
  })
  it('a feature that the group does not have', async () => {
    await expectRefused({ Features: toRecord({ color: 'red' }) }, "'color'")
  })
  it('a value of another type', async () => {
    await expectRefused({ Features: toRecord({ text: 'y', count: '1.5' }) }, "'1.5'")
  })
  it('another identifier', async () => {
    await expectRefused({ Features: toRecord({ id: 'other' }) }, "'other'")
  })
  it('an identifier without a value', async () => {
    await expectRefused({ Features: [{ FeatureName: 'id' }] }, "'id'")
  })
  it('an event time without a value', async () => {
    await expectRefused({ Features: [{ FeatureName: 'time' }] }, "'time'")
  })
  it('an event time that is none', async () => {
    await expectRefused({ Features: toRecord({ time: 'noon' }) }, "'noon'")
  })
  it('an empty identifier', async () => {
    await expectRefused({ RecordIdentifierValueAsString: '', Features: toRecord({ text: 'y' }) }, "''")
  })
  it('an identifier of 2,049 bytes', async () => {
    const RecordIdentifierValueAsString = 'x'.repeat(2_049)
    await expectRefused({ RecordIdentifierValueAsString, Features: toRecord({ text: 'y' }) }, 'has 2049 bytes')
  })
  it('a record that would be larger than 350 KB', async () => {
    const wide = await createGroup({
      FeatureDefinitions: ['id', 'time', 'a', 'b'].map((FeatureName) => ({ FeatureName, FeatureType: 'String' })),
    })
    const half = 'x'.repeat(200 * 1_024)
    await putRecord(wide, { id: 'large', time: at(1), a: half })
    const call = updateRecord('large', { b: half }, { FeatureGroupName: wide.name })
    await expectError(call, 'ValidationError', String(350 * 1_024))
    expect(await recordOf(wide, 'large')).toEqual({ id: 'large', time: at(1), a: half })
  })
})

describe('UpdateRecord of 100 features', () => {
  it('is taken', async () => {
    const names = Array.from({ length: 100 }, (_, index) => `feature_${index}`)
    const FeatureDefinitions = ['id', 'time', ...names].map((FeatureName) => ({
      FeatureName,
      FeatureType: 'String' as const,
    }))
    const wide = await createGroup({ FeatureDefinitions })
    await putRecord(wide, { id: 'wide', time: at(1) })
    const values = Object.fromEntries(names.map((name) => [name, name]))
    await updateRecord('wide', values, { FeatureGroupName: wide.name })
    expect(await recordOf(wide, 'wide')).toEqual({ id: 'wide', time: at(1), ...values })
  })
})
