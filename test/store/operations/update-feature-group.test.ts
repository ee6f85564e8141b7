import { describe, expect, it } from 'vitest'
import type { Catalog } from '../../../store/catalog/catalog.ts'
import { describeFeatureGroup } from '../../../store/operations/describe-feature-group.ts'
import { updateFeatureGroup } from '../../../store/operations/update-feature-group.ts'
import { createGroup, openControlPlane } from '../control-plane.ts'

const ARN = 'arn:aws:sagemaker:us-east-1:123456789012:feature-group/orders'
const FeatureGroupName = 'orders'

async function openGroup(more: object = {}) {
  const plane = openControlPlane()
  await createGroup(plane.stores, 'orders', more)
  plane.tick()
  const describeIt = () => describeFeatureGroup(plane.stores, { FeatureGroupName })
  const update = (change: object) => updateFeatureGroup(plane.stores, { FeatureGroupName, ...change })
  return { ...plane, describeIt, update }
}

function strings(from: number, count: number) {
  return Array.from({ length: count }, (_, n) => ({ FeatureName: `f${from + n}`, FeatureType: 'String' }))
}

function refused(code: string, message: RegExp) {
  return expect.objectContaining({ code, message: expect.stringMatching(message) })
}

describe('UpdateFeatureGroup', () => {
  it('adds features behind the others', async () => {
    const { update, describeIt } = await openGroup()
    const before = await describeIt()
    const list = { FeatureName: 'list', FeatureType: 'Integral', CollectionType: 'List' }
    expect(await update({ FeatureAdditions: [...strings(0, 2), list] })).toEqual({ FeatureGroupArn: ARN })
    const after = await describeIt()
    expect(after.FeatureDefinitions).toEqual([...before.FeatureDefinitions, ...strings(0, 2), list])
    expect(after.LastUpdateStatus).toEqual({ Status: 'Successful' })
    expect(after.LastModifiedTime).toBe(before.LastModifiedTime + 1)
    expect(after.CreationTime).toBe(before.CreationTime)
  })

  it('takes an ARN', async () => {
    const { stores, describeIt } = await openGroup()
    await updateFeatureGroup(stores, { FeatureGroupName: ARN, FeatureAdditions: strings(0, 1) })
    expect((await describeIt()).FeatureDefinitions).toHaveLength(4)
  })

  it('holds additions to the rules of creation', async () => {
    const { update, describeIt } = await openGroup()
    const addition = (more: object) => update({ FeatureAdditions: [{ FeatureType: 'String', ...more }] })
    await expect(addition({ FeatureName: 'COUNT' })).rejects.toThrow(refused('ValidationException', /only in case/))
    await expect(addition({ FeatureName: 'Year' })).rejects.toThrow(refused('ValidationException', /reserved/))
    await expect(addition({ FeatureName: 'v', CollectionType: 'Vector' })).rejects.toThrow(/must be Fractional/)
    await expect(update({ FeatureAdditions: [] })).rejects.toThrow(/featureAdditions/)
    await expect(update({ FeatureAdditions: strings(0, 101) })).rejects.toThrow(/less than or equal to 100/)
    expect((await describeIt()).FeatureDefinitions).toHaveLength(3)
  })

  it('lets a group have one vector, added once', async () => {
    const { update } = await openGroup()
    const vector = (FeatureName: string) => ({
      FeatureName,
      FeatureType: 'Fractional',
      CollectionType: 'Vector',
      CollectionConfig: { VectorConfig: { Dimension: 2 } },
    })
    await update({ FeatureAdditions: [vector('v')] })
    await expect(update({ FeatureAdditions: [vector('w')] })).rejects.toThrow(/vectors 'v' and 'w'/)
  })

  it('stops at 2,500 features', async () => {
    const { update, describeIt } = await openGroup()
    for (let n = 0; n < 24; n++) await update({ FeatureAdditions: strings(n * 100, 100) })
    await expect(update({ FeatureAdditions: strings(2_400, 98) })).rejects.toThrow(
      refused('ResourceLimitExceeded', /2403 features, and 98 more are too many/),
    )
    await update({ FeatureAdditions: strings(2_400, 97) })
    expect((await describeIt()).FeatureDefinitions).toHaveLength(2_500)
  })

  it('sets, keeps and removes the default time to live', async () => {
    const { update, describeIt } = await openGroup()
    const ttlAfter = async (OnlineStoreConfig: object) => {
      await update({ OnlineStoreConfig })
      return (await describeIt()).OnlineStoreConfig?.TtlDuration
    }
    const twoDays = { Unit: 'Days', Value: 2 }
    expect(await ttlAfter({ TtlDuration: twoDays })).toEqual(twoDays)
    expect(await ttlAfter({ StorageType: 'Standard' })).toEqual(twoDays)
    expect(await ttlAfter({ TtlDuration: {} })).toBeUndefined()
    expect(await ttlAfter({ TtlDuration: twoDays })).toEqual(twoDays)
    expect(await ttlAfter({ TtlDuration: { Unit: null, Value: null } })).toBeUndefined()
    await expect(update({ OnlineStoreConfig: { TtlDuration: { Value: 2 } } })).rejects.toThrow(/both, or neither/)
  })

  it('moves Standard to Standard_V2 and no other storage type to another', async () => {
    const types = ['Standard', 'Standard_V2', 'InMemory']
    for (const from of types) {
      for (const to of types) {
        const { update, describeIt } = await openGroup({
          OnlineStoreConfig: { EnableOnlineStore: true, StorageType: from },
        })
        const updated = update({ OnlineStoreConfig: { StorageType: to } })
        if (from === to || (from === 'Standard' && to === 'Standard_V2')) {
          await updated
          expect((await describeIt()).OnlineStoreConfig?.StorageType).toBe(to)
        } else {
          await expect(updated).rejects.toThrow(refused('ValidationException', new RegExp(`'${to}' is not possible`)))
          expect((await describeIt()).OnlineStoreConfig?.StorageType).toBe(from)
        }
      }
    }
  })

  it('updates no online store that is not there, and none by nothing', async () => {
    const OfflineStoreConfig = { S3StorageConfig: { S3Uri: 's3://bucket' } }
    const offline = await openGroup({ OnlineStoreConfig: undefined, OfflineStoreConfig })
    await expect(offline.update({ OnlineStoreConfig: { StorageType: 'Standard' } })).rejects.toThrow(
      /has no OnlineStore/,
    )
    const online = await openGroup()
    await expect(online.update({ OnlineStoreConfig: {} })).rejects.toThrow(/OnlineStoreConfig is empty/)
  })

  it('accepts throughput on demand, which every group has, and no other', async () => {
    const { update, describeIt } = await openGroup()
    await update({ ThroughputConfig: { ThroughputMode: 'OnDemand' } })
    expect((await describeIt()).ThroughputConfig).toEqual({ ThroughputMode: 'OnDemand' })
    for (const config of [{ ThroughputMode: 'Provisioned' }, {}, { ProvisionedReadCapacityUnits: 5 }]) {
      await expect(update({ ThroughputConfig: config })).rejects.toThrow(/is not supported. It must be OnDemand/)
    }
  })

  it('makes one update at a time', async () => {
    const { update } = await openGroup()
    await expect(update({})).rejects.toThrow(refused('ValidationException', /has no update/))
    const both = { FeatureAdditions: strings(0, 1), ThroughputConfig: { ThroughputMode: 'OnDemand' } }
    await expect(update(both)).rejects.toThrow(/has FeatureAdditions and ThroughputConfig. It must have one/)
    await update({ FeatureAdditions: strings(0, 1), OnlineStoreConfig: null, ThroughputConfig: null })
  })

  it('refuses a group that does not exist', async () => {
    const { stores } = openControlPlane()
    await expect(updateFeatureGroup(stores, { FeatureGroupName, FeatureAdditions: strings(0, 1) })).rejects.toThrow(
      refused('ResourceNotFound', /with name orders/),
    )
  })
})

/** The catalog, but another request changes the group whenever it is about to be replaced. */
function racing(catalog: Catalog, races: number): Catalog {
  let left = races
  return {
    ...catalog,
    async replace(group) {
      const current = await catalog.get(group.FeatureGroupName)
      if (left-- > 0 && current !== undefined) {
        await catalog.replace({ ...current, revision: current.revision + 1, Description: `race ${left}` })
      }
      return await catalog.replace(group)
    },
  }
}

describe('an update that others get ahead of', () => {
  it('is made on what they left', async () => {
    const { stores, describeIt } = await openGroup()
    const raced = { ...stores, catalog: racing(stores.catalog, 4) }
    await updateFeatureGroup(raced, { FeatureGroupName, FeatureAdditions: strings(0, 1) })
    expect(await describeIt()).toMatchObject({ Description: 'race 0' })
    expect((await describeIt()).FeatureDefinitions).toHaveLength(4)
  })

  it('is given up in the end', async () => {
    const { stores } = await openGroup()
    const raced = { ...stores, catalog: racing(stores.catalog, 100) }
    await expect(updateFeatureGroup(raced, { FeatureGroupName, FeatureAdditions: strings(0, 1) })).rejects.toThrow(
      refused('ResourceInUse', /try again/),
    )
  })

  it('loses none of many that are made at once', async () => {
    const { update, describeIt } = await openGroup()
    const updates = Array.from({ length: 4 }, (_, n) => update({ FeatureAdditions: strings(n, 1) }))
    await Promise.all(updates)
    expect((await describeIt()).FeatureDefinitions).toHaveLength(7)
  })
})
