import {
  DescribeFeatureMetadataCommand,
  ResourceNotFound,
  UpdateFeatureGroupCommand,
  UpdateFeatureMetadataCommand,
  type UpdateFeatureMetadataCommandInput,
} from '@aws-sdk/client-sagemaker'
import { beforeAll, describe, expect, it } from 'vitest'
import { createGroup, type Group, sageMaker, uniqueName } from './deployment.ts'
import { errorOf, expectSageMakerError } from './errors.ts'

let group: Group
beforeAll(async () => {
  group = await createGroup()
})

function describeFeature(FeatureName: string, FeatureGroupName = group.name) {
  return sageMaker.send(new DescribeFeatureMetadataCommand({ FeatureGroupName, FeatureName }))
}

function updateFeature(FeatureName: string, update: Partial<UpdateFeatureMetadataCommandInput>) {
  return sageMaker.send(new UpdateFeatureMetadataCommand({ FeatureGroupName: group.name, FeatureName, ...update }))
}

const parameters = (count: number, prefix = 'key') =>
  Array.from({ length: count }, (_, index) => ({ Key: `${prefix}-${index}`, Value: `${index}` }))

describe('the metadata of a feature', () => {
  it('is its definition before anybody wrote about it', async () => {
    const { $metadata: _, ...described } = await describeFeature('count')
    expect(described).toEqual({
      FeatureGroupArn: group.arn,
      FeatureGroupName: group.name,
      FeatureName: 'count',
      FeatureType: 'Integral',
      CreationTime: expect.any(Date),
      LastModifiedTime: described.CreationTime,
      Parameters: [],
    })
  })
  it('has the description and the parameters that were written last', async () => {
    await updateFeature('text', { Description: 'first', ParameterAdditions: [{ Key: 'unit', Value: 'km' }] })
    await updateFeature('text', {
      ParameterAdditions: [
        { Key: 'owner', Value: 'shop' },
        { Key: 'unit', Value: 'm' },
      ],
    })
    await updateFeature('text', { Description: 'second, é 🦉' })
    const { Description, Parameters = [], CreationTime, LastModifiedTime } = await describeFeature('text')
    expect(Description).toBe('second, é 🦉')
    expect(Object.fromEntries(Parameters.map(({ Key, Value }) => [Key, Value]))).toEqual({ owner: 'shop', unit: 'm' })
    expect(Number(LastModifiedTime)).toBeGreaterThanOrEqual(Number(CreationTime))
  })
  it('loses the parameters that are removed, and only those', async () => {
    await updateFeature('ratio', { ParameterAdditions: parameters(3) })
    await updateFeature('ratio', { ParameterRemovals: ['key-1', 'never-there'] })
    const { Parameters = [] } = await describeFeature('ratio')
    expect(Parameters.map(({ Key }) => Key).sort()).toEqual(['key-0', 'key-2'])
  })
  it('is the same by the ARN of its group', async () => {
    await updateFeature('id', { FeatureGroupName: group.arn, Description: 'by ARN' })
    expect((await describeFeature('id', group.arn)).Description).toBe('by ARN')
    expect((await describeFeature('id')).Description).toBe('by ARN')
  })
  it('is there for a feature that was added to the group', async () => {
    const FeatureAdditions = [{ FeatureName: 'added', FeatureType: 'Fractional' as const }]
    await sageMaker.send(new UpdateFeatureGroupCommand({ FeatureGroupName: group.name, FeatureAdditions }))
    await updateFeature('added', { Description: 'later' })
    const { CreationTime, Description, FeatureType } = await describeFeature('added')
    expect({ Description, FeatureType }).toEqual({ Description: 'later', FeatureType: 'Fractional' })
    expect(Number(CreationTime)).toBeGreaterThanOrEqual(Number((await describeFeature('id')).CreationTime))
  })
  it('has at most 25 parameters', async () => {
    const own = await createGroup()
    const FeatureGroupName = own.name
    await updateFeature('text', { FeatureGroupName, ParameterAdditions: parameters(25) })
    const more = updateFeature('text', { FeatureGroupName, ParameterAdditions: parameters(1, 'more') })
    await expectSageMakerError(more, 'ValidationException', '26 parameters')
    const swap = { ParameterAdditions: parameters(1, 'more'), ParameterRemovals: ['key-0'] }
    await updateFeature('text', { FeatureGroupName, ...swap })
    expect((await describeFeature('text', own.name)).Parameters).toHaveLength(25)
  })
})

describe('UpdateFeatureMetadata refuses', () => {
  it.each<[string, Partial<UpdateFeatureMetadataCommandInput>, string]>([
    ['nothing to update', {}, 'no update'],
    ['a description of 256 characters', { Description: 'x'.repeat(256) }, 'description'],
    ['26 additions', { ParameterAdditions: parameters(26) }, 'parameterAdditions'],
    ['26 removals', { ParameterRemovals: parameters(26).map(({ Key }) => Key) }, 'parameterRemovals'],
    ['an empty key', { ParameterAdditions: [{ Key: '', Value: 'x' }] }, 'parameterAdditions.1.member.key'],
    ['a value of 256 characters', { ParameterAdditions: [{ Key: 'a', Value: 'x'.repeat(256) }] }, 'value'],
    ['a key that is named twice', { ParameterAdditions: [...parameters(1), ...parameters(1)] }, "'key-0'"],
    ['a key to add and to remove', { ParameterAdditions: parameters(1), ParameterRemovals: ['key-0'] }, "'key-0'"],
  ])('%s', async (_, update, text) => {
    await expectSageMakerError(updateFeature('time', update), 'ValidationException', text)
    expect(await describeFeature('time')).toMatchObject({ Parameters: [] })
  })
})

describe('the metadata of what is not there', () => {
  it('is a ResourceNotFound for an unknown feature', async () => {
    expect(await errorOf(describeFeature('color'))).toBeInstanceOf(ResourceNotFound)
    await expectSageMakerError(describeFeature('color'), 'ResourceNotFound', "'color'")
    await expectSageMakerError(updateFeature('color', { Description: 'x' }), 'ResourceNotFound', "'color'")
  })
  it('is a ResourceNotFound for an unknown group', async () => {
    const name = uniqueName()
    await expectSageMakerError(describeFeature('text', name), 'ResourceNotFound', name)
    const update = updateFeature('text', { FeatureGroupName: name, Description: 'x' })
    await expectSageMakerError(update, 'ResourceNotFound', name)
  })
})
