import {
  CreateFeatureGroupCommand,
  DeleteFeatureGroupCommand,
  DescribeFeatureGroupCommand,
  DescribeFeatureMetadataCommand,
  ListFeatureGroupsCommand,
  ListTagsCommand,
  ResourceNotFound,
  SearchCommand,
  UpdateFeatureGroupCommand,
  UpdateFeatureMetadataCommand,
} from '@aws-sdk/client-sagemaker'
import {
  BatchGetRecordCommand,
  BatchWriteRecordCommand,
  ListRecordsCommand,
  UpdateRecordCommand,
} from '@aws-sdk/client-sagemaker-featurestore-runtime'
import { describe, expect, it } from 'vitest'
import { createGroup, type Group, groupRequest, runtime, sageMaker, uniqueName } from './deployment.ts'
import { errorOf, expectError, expectSageMakerError } from './errors.ts'
import { at, deleteRecord, getRecord, putRecord, recordOf, toRecord } from './records.ts'

function deleteGroup(FeatureGroupName: string) {
  return sageMaker.send(new DeleteFeatureGroupCommand({ FeatureGroupName }))
}

async function createWithRecord(): Promise<Group> {
  const group = await createGroup()
  await putRecord(group, { id: 'a', time: at(5), text: 'before' })
  await deleteRecord(group, 'tombstone', at(5))
  return group
}

describe('DeleteFeatureGroup', () => {
  it('makes a group unreachable at once for every runtime operation', async () => {
    const group = await createWithRecord()
    const { name: FeatureGroupName } = group
    await deleteGroup(FeatureGroupName)
    await expectError(getRecord(group, 'a'), 'ResourceNotFound', FeatureGroupName)
    await expectError(runtime.send(new ListRecordsCommand({ FeatureGroupName })), 'ResourceNotFound', FeatureGroupName)
    const Features = toRecord({ text: 'x' })
    const update = new UpdateRecordCommand({ FeatureGroupName, RecordIdentifierValueAsString: 'a', Features })
    await expectError(runtime.send(update), 'ResourceNotFound', FeatureGroupName)
    await expectError(putRecord(group, { id: 'a', time: at(9) }), 'ValidationError', FeatureGroupName)
    await expectError(deleteRecord(group, 'a', at(9)), 'ValidationError', FeatureGroupName)
    const Identifiers = [{ FeatureGroupName, RecordIdentifiersValueAsString: ['a'] }]
    expect(await runtime.send(new BatchGetRecordCommand({ Identifiers }))).toMatchObject({
      Records: [],
      Errors: [{ ErrorCode: 'ResourceNotFound' }],
    })
    const Entries = [{ FeatureGroupName, Record: toRecord({ id: 'a', time: at(9) }) }]
    expect(await runtime.send(new BatchWriteRecordCommand({ Entries }))).toMatchObject({
      Errors: [{ ErrorCode: 'ResourceNotFound' }],
    })
  })
  it('makes a group unreachable at once for the control plane', async () => {
    const { name: FeatureGroupName, arn } = await createGroup()
    await deleteGroup(FeatureGroupName)
    const calls = [
      sageMaker.send(new DescribeFeatureGroupCommand({ FeatureGroupName })),
      sageMaker.send(
        new UpdateFeatureGroupCommand({
          FeatureGroupName,
          FeatureAdditions: [{ FeatureName: 'a', FeatureType: 'String' }],
        }),
      ),
      sageMaker.send(new DescribeFeatureMetadataCommand({ FeatureGroupName, FeatureName: 'text' })),
      sageMaker.send(new UpdateFeatureMetadataCommand({ FeatureGroupName, FeatureName: 'text', Description: 'x' })),
      sageMaker.send(new ListTagsCommand({ ResourceArn: arn })),
      deleteGroup(FeatureGroupName),
    ]
    await Promise.all(calls.map((call) => expectSageMakerError(call, 'ResourceNotFound', FeatureGroupName)))
    const list = new ListFeatureGroupsCommand({ NameContains: FeatureGroupName })
    expect((await sageMaker.send(list)).FeatureGroupSummaries).toEqual([])
    const Filters = [{ Name: 'FeatureGroupName', Value: FeatureGroupName }]
    const search = new SearchCommand({ Resource: 'FeatureGroup', SearchExpression: { Filters } })
    expect((await sageMaker.send(search)).Results).toEqual([])
  })
  it('leaves other groups alone', async () => {
    const kept = await createWithRecord()
    const { name } = await createWithRecord()
    await deleteGroup(name)
    expect(await recordOf(kept, 'a')).toMatchObject({ text: 'before' })
  })
  it('answers ResourceNotFound for an unknown name', async () => {
    const name = uniqueName()
    expect(await errorOf(deleteGroup(name))).toBeInstanceOf(ResourceNotFound)
    await expectSageMakerError(deleteGroup(name), 'ResourceNotFound', name)
  })
  it('refuses an ARN, and the group stays', async () => {
    const group = await createWithRecord()
    await expectSageMakerError(deleteGroup(group.arn), 'ValidationException', 'featureGroupName')
    expect(await recordOf(group, 'a')).toBeDefined()
  })
})

describe('a group that is created again under the name of a deleted one', () => {
  it('starts empty: no records, no fences, no listings', async () => {
    const group = await createWithRecord()
    await deleteGroup(group.name)
    const again = await createGroup({ FeatureGroupName: group.name })
    expect(await recordOf(again, 'a')).toBeUndefined()
    const list = { FeatureGroupName: again.name, IncludeSoftDeletedRecords: true }
    expect((await runtime.send(new ListRecordsCommand(list))).RecordIdentifiers).toEqual([])
    await putRecord(again, { id: 'a', time: at(1), text: 'after' })
    await putRecord(again, { id: 'tombstone', time: at(1) })
    expect(await recordOf(again, 'a')).toEqual({ id: 'a', time: at(1), text: 'after' })
    expect(await recordOf(again, 'tombstone')).toBeDefined()
  })
  it('keeps its records while those of the deleted one are cleaned up', async () => {
    const FeatureGroupName = uniqueName()
    for (let creation = 1; creation <= 5; creation++) {
      const group = await createGroup({ FeatureGroupName })
      const ids = Array.from({ length: 25 }, (_, index) => `${index}`)
      const Entries = ids.map((id) => ({
        FeatureGroupName,
        Record: toRecord({ id, time: at(1), count: `${creation}` }),
      }))
      await runtime.send(new BatchWriteRecordCommand({ Entries }))
      const records = await Promise.all(ids.map((id) => recordOf(group, id)))
      expect(records.map((record) => record?.['count'])).toEqual(ids.map(() => `${creation}`))
      await deleteGroup(FeatureGroupName)
    }
  })
  it('may have other features, and starts without tags and descriptions', async () => {
    const { name: FeatureGroupName } = await createGroup({ Tags: [{ Key: 'old', Value: 'tag' }] })
    const described = { FeatureGroupName, FeatureName: 'text' }
    await sageMaker.send(new UpdateFeatureMetadataCommand({ ...described, Description: 'old' }))
    await deleteGroup(FeatureGroupName)
    const FeatureDefinitions = (groupRequest().FeatureDefinitions ?? []).map((definition) =>
      definition.FeatureName === 'count' ? { ...definition, FeatureType: 'String' as const } : definition,
    )
    const again = await createGroup({ FeatureGroupName, FeatureDefinitions })
    await putRecord(again, { id: 'a', time: at(1), count: 'not a number' })
    expect(await recordOf(again, 'a')).toMatchObject({ count: 'not a number' })
    expect((await sageMaker.send(new ListTagsCommand({ ResourceArn: again.arn }))).Tags).toEqual([])
    expect((await sageMaker.send(new DescribeFeatureMetadataCommand(described))).Description).toBeUndefined()
  })
  it('does not take a NextToken of the deleted one', async () => {
    const group = await createGroup()
    for (const id of ['a', 'b', 'c']) await putRecord(group, { id, time: at(1) })
    const list = { FeatureGroupName: group.name, MaxResults: 1 }
    const { NextToken } = await runtime.send(new ListRecordsCommand(list))
    await deleteGroup(group.name)
    await createGroup({ FeatureGroupName: group.name })
    await expectError(runtime.send(new ListRecordsCommand({ ...list, NextToken })), 'ValidationError', 'NextToken')
  })
  it('can be created only once', async () => {
    const { name } = await createGroup()
    await deleteGroup(name)
    await createGroup({ FeatureGroupName: name })
    const call = sageMaker.send(new CreateFeatureGroupCommand(groupRequest({ FeatureGroupName: name })))
    await expectSageMakerError(call, 'ResourceInUse', name)
  })
})
