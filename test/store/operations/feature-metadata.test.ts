import { describe, expect, it } from 'vitest'
import type { Catalog } from '../../../store/catalog/catalog.ts'
import { deleteFeatureGroup } from '../../../store/operations/delete-feature-group.ts'
import { describeFeatureMetadata } from '../../../store/operations/describe-feature-metadata.ts'
import { updateFeatureGroup } from '../../../store/operations/update-feature-group.ts'
import { updateFeatureMetadata } from '../../../store/operations/update-feature-metadata.ts'
import { createGroup, openControlPlane } from '../control-plane.ts'

const ARN = 'arn:aws:sagemaker:us-east-1:123456789012:feature-group/orders'
const COUNT = { FeatureGroupName: 'orders', FeatureName: 'count' }

async function openGroup() {
  const plane = openControlPlane()
  await createGroup(plane.stores, 'orders')
  plane.tick()
  return {
    ...plane,
    update: (change: object) => updateFeatureMetadata(plane.stores, { ...COUNT, ...change }),
    describeIt: () => describeFeatureMetadata(plane.stores, COUNT),
  }
}

function parameters(from: number, count: number) {
  return Array.from({ length: count }, (_, n) => ({ Key: `k${from + n}`, Value: 'v' }))
}

function refused(code: string, message: RegExp) {
  return expect.objectContaining({ code, message: expect.stringMatching(message) })
}

describe('UpdateFeatureMetadata and DescribeFeatureMetadata', () => {
  it('describe a feature that nothing was written about', async () => {
    const { describeIt } = await openGroup()
    expect(await describeIt()).toEqual({
      FeatureGroupArn: ARN,
      FeatureGroupName: 'orders',
      FeatureName: 'count',
      FeatureType: 'Integral',
      CreationTime: 1_700_000_000.5,
      LastModifiedTime: 1_700_000_000.5,
      Parameters: [],
    })
  })

  it('write a description and parameters, and answer nothing', async () => {
    const { update, describeIt } = await openGroup()
    const ParameterAdditions = [
      { Key: 'source', Value: 'web' },
      { Key: 'größe', Value: 'S/M = 2' },
    ]
    expect(await update({ Description: 'how many', ParameterAdditions })).toBeUndefined()
    expect(await describeIt()).toMatchObject({
      Description: 'how many',
      Parameters: ParameterAdditions,
      CreationTime: 1_700_000_000.5,
      LastModifiedTime: 1_700_000_001.5,
    })
  })

  it('leave what is not named, overwrite by key and remove by key', async () => {
    const { update, describeIt } = await openGroup()
    await update({ Description: 'first', ParameterAdditions: parameters(0, 3) })
    await update({ ParameterAdditions: [{ Key: 'k1', Value: 'new' }], ParameterRemovals: ['k0', 'unknown'] })
    expect(await describeIt()).toMatchObject({
      Description: 'first',
      Parameters: [
        { Key: 'k1', Value: 'new' },
        { Key: 'k2', Value: 'v' },
      ],
    })
    await update({ Description: 'second' })
    expect((await describeIt()).Parameters).toHaveLength(2)
  })

  it('remove a description by an empty one', async () => {
    const { update, describeIt } = await openGroup()
    await update({ Description: 'first' })
    await update({ Description: '' })
    expect(await describeIt()).not.toHaveProperty('Description')
  })

  it('keep 25 parameters and no more', async () => {
    const { update, describeIt } = await openGroup()
    await update({ ParameterAdditions: parameters(0, 25) })
    await expect(update({ ParameterAdditions: parameters(25, 1) })).rejects.toThrow(
      refused('ValidationException', /would have 26 parameters. It can have 25/),
    )
    await update({ ParameterAdditions: parameters(25, 1), ParameterRemovals: ['k0'] })
    expect((await describeIt()).Parameters).toHaveLength(25)
    await expect(update({ ParameterAdditions: parameters(0, 26) })).rejects.toThrow(/less than or equal to 25/)
  })

  it('refuse an update of nothing, and a key that is named twice', async () => {
    const { update } = await openGroup()
    await expect(update({})).rejects.toThrow(/has no update/)
    const [first] = parameters(0, 1)
    await expect(update({ ParameterAdditions: [first, first] })).rejects.toThrow(/'k0' is named more than once/)
    await expect(update({ ParameterAdditions: [first], ParameterRemovals: ['k0'] })).rejects.toThrow(/more than once/)
  })

  it('refuse what breaks the model', async () => {
    const { update } = await openGroup()
    await expect(update({ Description: 'x'.repeat(256) })).rejects.toThrow(/less than or equal to 255/)
    await expect(update({ Description: 'two\nlines' })).rejects.toThrow(/regular expression/)
    await expect(update({ ParameterAdditions: [{ Key: 'a' }] })).rejects.toThrow(/must not be null/)
    await expect(update({ ParameterAdditions: [{ Key: 'a', Value: '' }] })).rejects.toThrow(
      /greater than or equal to 1/,
    )
    await expect(update({ ParameterRemovals: ['a@b'] })).rejects.toThrow(/regular expression/)
  })

  it('refuse groups and features that do not exist', async () => {
    const { stores } = await openGroup()
    for (const operation of [updateFeatureMetadata, describeFeatureMetadata]) {
      const more = operation === updateFeatureMetadata ? { Description: 'x' } : {}
      await expect(operation(stores, { ...COUNT, ...more, FeatureGroupName: 'others' })).rejects.toThrow(
        refused('ResourceNotFound', /with name others/),
      )
      await expect(operation(stores, { ...COUNT, ...more, FeatureName: 'constructor' })).rejects.toThrow(
        refused('ResourceNotFound', /FeatureGroup orders has no feature with name 'constructor'/),
      )
    }
  })

  it('take an ARN', async () => {
    const { stores, describeIt } = await openGroup()
    await updateFeatureMetadata(stores, { ...COUNT, FeatureGroupName: ARN, Description: 'by ARN' })
    expect((await describeFeatureMetadata(stores, { ...COUNT, FeatureGroupName: ARN })).Description).toBe('by ARN')
    expect((await describeIt()).Description).toBe('by ARN')
  })

  it('know when a feature was added', async () => {
    const { stores, tick } = await openGroup()
    const add = (FeatureName: string) =>
      updateFeatureGroup(stores, {
        FeatureGroupName: 'orders',
        FeatureAdditions: [{ FeatureName, FeatureType: 'String' }],
      })
    await add('early')
    tick()
    await add('late')
    const timeOf = async (FeatureName: string) => {
      const described = await describeFeatureMetadata(stores, { FeatureGroupName: 'orders', FeatureName })
      return [described.CreationTime, described.LastModifiedTime]
    }
    expect(await timeOf('count')).toEqual([1_700_000_000.5, 1_700_000_000.5])
    expect(await timeOf('early')).toEqual([1_700_000_001.5, 1_700_000_001.5])
    expect(await timeOf('late')).toEqual([1_700_000_002.5, 1_700_000_002.5])
  })

  it('begin anew with a group that is created again', async () => {
    const { stores, update, describeIt } = await openGroup()
    await update({ Description: 'of the first' })
    await deleteFeatureGroup(stores, { FeatureGroupName: 'orders' })
    await createGroup(stores, 'orders')
    expect(await describeIt()).not.toHaveProperty('Description')
  })

  it('lose none of many updates that are made at once', async () => {
    const { update, describeIt } = await openGroup()
    await Promise.all(parameters(0, 4).map((parameter) => update({ ParameterAdditions: [parameter] })))
    expect((await describeIt()).Parameters).toHaveLength(4)
  })

  it('give up when others keep changing the feature', async () => {
    const { stores } = await openGroup()
    const catalog: Catalog = { ...stores.catalog, replaceFeatureMetadata: () => false }
    await expect(updateFeatureMetadata({ ...stores, catalog }, { ...COUNT, Description: 'x' })).rejects.toThrow(
      refused('ResourceInUse', /try again/),
    )
  })
})
