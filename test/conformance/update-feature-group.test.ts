import {
  DescribeFeatureGroupCommand,
  ResourceLimitExceeded,
  ResourceNotFound,
  UpdateFeatureGroupCommand,
  type UpdateFeatureGroupCommandInput,
} from '@aws-sdk/client-sagemaker'
import { describe, expect, it } from 'vitest'
import { createGroup, type Group, sageMaker, uniqueName } from './deployment.ts'
import { errorOf, expectError, expectSageMakerError } from './errors.ts'
import { at, getRecord, putRecord, recordOf } from './records.ts'

function updateGroup(FeatureGroupName: string, update: Omit<UpdateFeatureGroupCommandInput, 'FeatureGroupName'>) {
  return sageMaker.send(new UpdateFeatureGroupCommand({ FeatureGroupName, ...update }))
}

function describeGroup({ name }: Group) {
  return sageMaker.send(new DescribeFeatureGroupCommand({ FeatureGroupName: name }))
}

const added = (FeatureName: string) => ({ FeatureName, FeatureType: 'String' as const })

describe('adding features to a group', () => {
  it('answers the ARN, and puts them behind the others', async () => {
    const group = await createGroup()
    const before = await describeGroup(group)
    const vector = {
      FeatureName: 'vector',
      FeatureType: 'Fractional' as const,
      CollectionType: 'Vector' as const,
      CollectionConfig: { VectorConfig: { Dimension: 2 } },
    }
    const { FeatureGroupArn } = await updateGroup(group.name, { FeatureAdditions: [added('b'), vector] })
    expect(FeatureGroupArn).toBe(group.arn)
    const after = await describeGroup(group)
    expect(after.FeatureDefinitions).toEqual([...(before.FeatureDefinitions ?? []), added('b'), vector])
    expect(after.LastUpdateStatus).toEqual({ Status: 'Successful' })
    expect(after.FeatureGroupStatus).toBe('Created')
    expect(after.CreationTime).toEqual(before.CreationTime)
    expect(Number(after.LastModifiedTime)).toBeGreaterThanOrEqual(Number(before.LastModifiedTime))
  })
  it('leaves the records that are there, and takes new ones with and without them', async () => {
    const group = await createGroup()
    await putRecord(group, { id: 'old', time: at(1), text: 'x' })
    await expectError(putRecord(group, { id: 'a', time: at(1), more: 'x' }), 'ValidationError', "'more'")
    await updateGroup(group.name, { FeatureAdditions: [added('more')] })
    await putRecord(group, { id: 'with', time: at(1), more: 'x' })
    await putRecord(group, { id: 'without', time: at(1) })
    expect(await recordOf(group, 'old')).toEqual({ id: 'old', time: at(1), text: 'x' })
    expect(await recordOf(group, 'with')).toEqual({ id: 'with', time: at(1), more: 'x' })
    expect(await recordOf(group, 'without')).toEqual({ id: 'without', time: at(1) })
    const projection = { FeatureNames: ['more', 'text'] }
    expect((await getRecord(group, 'old', projection)).Record).toEqual([{ FeatureName: 'text', ValueAsString: 'x' }])
  })
  it('can be done by ARN, again and again', async () => {
    const group = await createGroup()
    await updateGroup(group.arn, { FeatureAdditions: [added('first')] })
    await updateGroup(group.arn, { FeatureAdditions: [added('second')] })
    const { FeatureDefinitions = [] } = await describeGroup(group)
    expect(FeatureDefinitions.slice(-2)).toEqual([added('first'), added('second')])
  })
  it('loses none of several additions at the same time', async () => {
    const group = await createGroup()
    const names = ['a', 'b', 'c', 'd']
    await Promise.all(names.map((name) => updateGroup(group.name, { FeatureAdditions: [added(name)] })))
    const { FeatureDefinitions = [] } = await describeGroup(group)
    expect(
      FeatureDefinitions.slice(5)
        .map(({ FeatureName }) => FeatureName)
        .sort(),
    ).toEqual(names)
  })
  it('takes 100 at once and refuses 101', async () => {
    const group = await createGroup()
    const additions = Array.from({ length: 101 }, (_, index) => added(`feature_${index}`))
    const tooMany = updateGroup(group.name, { FeatureAdditions: additions })
    await expectSageMakerError(tooMany, 'ValidationException', 'length less than or equal to 100')
    await updateGroup(group.name, { FeatureAdditions: additions.slice(1) })
    expect((await describeGroup(group)).FeatureDefinitions).toHaveLength(105)
  })
  it('is a ResourceLimitExceeded beyond 2,500 features', async () => {
    const FeatureDefinitions = ['id', 'time', ...Array.from({ length: 2_497 }, (_, index) => `feature_${index}`)]
    const group = await createGroup({ FeatureDefinitions: FeatureDefinitions.map(added) })
    const update = { FeatureAdditions: [added('one'), added('two')] }
    expect(await errorOf(updateGroup(group.name, update))).toBeInstanceOf(ResourceLimitExceeded)
    await expectSageMakerError(updateGroup(group.name, update), 'ResourceLimitExceeded', '2500')
    await updateGroup(group.name, { FeatureAdditions: [added('one')] })
  })
  it.each([
    ['that the group has', added('text'), "'text'"],
    ['that the group has in another case', added('TEXT'), "'TEXT' differs from 'text' only in case"],
    ['with a reserved name', added('write_time'), "'write_time'"],
    ['with a name that none can have', added('_a'), "'_a'"],
    ['of a type that is none', { ...added('a'), FeatureType: 'Date' as 'String' }, "'Date'"],
  ])('refuses a feature %s', async (_, definition, text) => {
    const group = await createGroup()
    const call = updateGroup(group.name, { FeatureAdditions: [added('good'), definition] })
    await expectSageMakerError(call, 'ValidationException', text)
    expect((await describeGroup(group)).FeatureDefinitions).toHaveLength(5)
  })
  it('refuses a second Vector', async () => {
    const vector = (FeatureName: string) => ({
      FeatureName,
      FeatureType: 'Fractional' as const,
      CollectionType: 'Vector' as const,
      CollectionConfig: { VectorConfig: { Dimension: 2 } },
    })
    const group = await createGroup()
    await updateGroup(group.name, { FeatureAdditions: [vector('v')] })
    const call = updateGroup(group.name, { FeatureAdditions: [vector('w')] })
    await expectSageMakerError(call, 'ValidationException', "'v' and 'w'")
  })
})

describe('updating the online store of a group', () => {
  it('sets the default time to live, and an empty one takes it away', async () => {
    const group = await createGroup()
    const TtlDuration = { Unit: 'Weeks' as const, Value: 2 }
    await updateGroup(group.name, { OnlineStoreConfig: { TtlDuration } })
    expect((await describeGroup(group)).OnlineStoreConfig).toMatchObject({ TtlDuration })
    await updateGroup(group.name, { OnlineStoreConfig: { TtlDuration: {} } })
    expect((await describeGroup(group)).OnlineStoreConfig?.TtlDuration).toBeUndefined()
  })
  it('migrates from Standard to Standard_V2, and keeps the records and the time to live', async () => {
    const TtlDuration = { Unit: 'Weeks' as const, Value: 1_000 }
    const group = await createGroup({ OnlineStoreConfig: { EnableOnlineStore: true, TtlDuration } })
    await putRecord(group, { id: 'a', time: at(1) })
    await updateGroup(group.name, { OnlineStoreConfig: { StorageType: 'Standard_V2' } })
    expect((await describeGroup(group)).OnlineStoreConfig).toEqual({
      EnableOnlineStore: true,
      StorageType: 'Standard_V2',
      TtlDuration,
    })
    expect(await recordOf(group, 'a')).toEqual({ id: 'a', time: at(1) })
  })
  it.each([
    ['Standard_V2', 'Standard'],
    ['Standard', 'InMemory'],
    ['InMemory', 'Standard_V2'],
  ] as const)('refuses to migrate from %s to %s', async (from, StorageType) => {
    const group = await createGroup({ OnlineStoreConfig: { EnableOnlineStore: true, StorageType: from } })
    const call = updateGroup(group.name, { OnlineStoreConfig: { StorageType } })
    await expectSageMakerError(call, 'ValidationException', `'${StorageType}'`)
    expect((await describeGroup(group)).OnlineStoreConfig?.StorageType).toBe(from)
  })
  it('refuses a group without an online store', async () => {
    const group = await createGroup({ OnlineStoreConfig: null })
    const call = updateGroup(group.name, { OnlineStoreConfig: { TtlDuration: { Unit: 'Days', Value: 1 } } })
    await expectSageMakerError(call, 'ValidationException', `'${group.name}' has no OnlineStore`)
  })
  it.each([
    [{ Unit: 'Days' }, 'TtlDuration'],
    [{ Value: 1 }, 'TtlDuration'],
    [{ Unit: 'Days', Value: 0 }, "'0'"],
    [{ Unit: 'Years', Value: 1 }, "'Years'"],
  ])('refuses the time to live %j', async (ttl, text) => {
    const group = await createGroup()
    const call = updateGroup(group.name, { OnlineStoreConfig: { TtlDuration: ttl as { Unit: 'Days' } } })
    await expectSageMakerError(call, 'ValidationException', text)
  })
})

describe('UpdateFeatureGroup', () => {
  it('takes on-demand throughput, which every group has, and refuses provisioned', async () => {
    const group = await createGroup()
    await updateGroup(group.name, { ThroughputConfig: { ThroughputMode: 'OnDemand' } })
    expect((await describeGroup(group)).ThroughputConfig).toEqual({ ThroughputMode: 'OnDemand' })
    const ThroughputConfig = {
      ThroughputMode: 'Provisioned' as const,
      ProvisionedReadCapacityUnits: 5,
      ProvisionedWriteCapacityUnits: 5,
    }
    await expectSageMakerError(updateGroup(group.name, { ThroughputConfig }), 'ValidationException', "'Provisioned'")
  })
  it('refuses two updates at once, and none', async () => {
    const group = await createGroup()
    const both = { FeatureAdditions: [added('a')], OnlineStoreConfig: { StorageType: 'Standard_V2' as const } }
    await expectSageMakerError(
      updateGroup(group.name, both),
      'ValidationException',
      'FeatureAdditions and OnlineStoreConfig',
    )
    await expectSageMakerError(updateGroup(group.name, {}), 'ValidationException', 'no update')
    expect((await describeGroup(group)).FeatureDefinitions).toHaveLength(5)
  })
  it('answers ResourceNotFound for an unknown group', async () => {
    const name = uniqueName()
    const update = { FeatureAdditions: [added('a')] }
    expect(await errorOf(updateGroup(name, update))).toBeInstanceOf(ResourceNotFound)
    await expectSageMakerError(updateGroup(name, update), 'ResourceNotFound', name)
  })
})
