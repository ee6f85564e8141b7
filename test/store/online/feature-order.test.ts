import { describe, expect, it } from 'vitest'
import { catalogFeatureOrder } from '../../../store/online/feature-order.ts'
import { updateFeatureGroup } from '../../../store/operations/update-feature-group.ts'
import { createGroup, openControlPlane } from '../control-plane.ts'

async function openOrder() {
  const { stores } = openControlPlane()
  await createGroup(stores, 'orders')
  const groupId = (await stores.catalog.get('orders'))?.groupId ?? ''
  let lookups = 0
  const featureOrder = catalogFeatureOrder({
    getById(id) {
      lookups += 1
      return stores.catalog.getById(id)
    },
  })
  return { stores, groupId, featureOrder, lookups: () => lookups }
}

describe('catalogFeatureOrder', () => {
  it('is that of the definitions, looked up once', async () => {
    const { groupId, featureOrder, lookups } = await openOrder()
    for (let time = 0; time < 3; time++) expect(await featureOrder(groupId)).toEqual(['id', 'time', 'count'])
    expect(lookups()).toBe(1)
  })
  it('has the features that were added since when a fresh one is asked for, and from then on', async () => {
    const { stores, groupId, featureOrder } = await openOrder()
    await featureOrder(groupId)
    const added = { FeatureName: 'a', FeatureType: 'String' }
    await updateFeatureGroup(stores, { FeatureGroupName: 'orders', FeatureAdditions: [added] })
    expect(await featureOrder(groupId)).toEqual(['id', 'time', 'count'])
    expect(await featureOrder(groupId, { isFresh: true })).toEqual(['id', 'time', 'count', 'a'])
    expect(await featureOrder(groupId)).toEqual(['id', 'time', 'count', 'a'])
  })
  it('is known of a deleted group', async () => {
    const { stores, groupId, featureOrder } = await openOrder()
    const group = await stores.catalog.get('orders')
    if (group !== undefined) await stores.catalog.remove(group)
    expect(await featureOrder(groupId)).toEqual(['id', 'time', 'count'])
  })
  it('fails for an id that no group has had', async () => {
    const { featureOrder } = await openOrder()
    await expect(featureOrder('none-1')).rejects.toThrow("no feature group has the id 'none-1'")
  })
})
