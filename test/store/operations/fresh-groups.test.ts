import { describe, expect, it } from 'vitest'
import type { Catalog } from '../../../store/catalog/catalog.ts'
import { groupCleanupStep } from '../../../store/jobs/group-cleanup.ts'
import { addTags } from '../../../store/operations/add-tags.ts'
import { createFeatureGroup } from '../../../store/operations/create-feature-group.ts'
import { deleteFeatureGroup } from '../../../store/operations/delete-feature-group.ts'
import { deleteTags } from '../../../store/operations/delete-tags.ts'
import { describeFeatureGroup } from '../../../store/operations/describe-feature-group.ts'
import { describeFeatureMetadata } from '../../../store/operations/describe-feature-metadata.ts'
import { listTags } from '../../../store/operations/list-tags.ts'
import { updateFeatureGroup } from '../../../store/operations/update-feature-group.ts'
import { updateFeatureMetadata } from '../../../store/operations/update-feature-metadata.ts'
import type { Stores } from '../../../store/stores.ts'
import { createGroup, groupRequest, openControlPlane } from '../control-plane.ts'

/** As a catalog may be: what it once said of a name it says for seconds, unless asked for the group as it is now. */
function remembering(catalog: Catalog): Catalog {
  const remembered = new Map<string, Awaited<ReturnType<Catalog['get']>>>()
  return {
    ...catalog,
    async get(name, options) {
      if (options?.isFresh === true) return await catalog.get(name, options)
      if (!remembered.has(name)) remembered.set(name, await catalog.get(name))
      return remembered.get(name)
    },
  }
}

async function openRemembering() {
  const plane = openControlPlane()
  const stores: Stores = { ...plane.stores, catalog: remembering(plane.stores.catalog) }
  return { ...plane, stores }
}

describe('the control plane on a catalog that remembers', () => {
  const FeatureGroupName = 'orders'
  const ResourceArn = 'arn:aws:sagemaker:us-east-1:123456789012:feature-group/orders'

  it('sees a group as soon as it is created', async () => {
    const { stores } = await openRemembering()
    expect(await stores.catalog.get('orders')).toBeUndefined()
    await createFeatureGroup(stores, groupRequest('orders'))
    await updateFeatureGroup(stores, {
      FeatureGroupName,
      FeatureAdditions: [{ FeatureName: 'new', FeatureType: 'String' }],
    })
    await updateFeatureMetadata(stores, { FeatureGroupName, FeatureName: 'new', Description: 'new' })
    await addTags(stores, { ResourceArn, Tags: [{ Key: 'a', Value: '1' }] })
    expect((await listTags(stores, { ResourceArn })).Tags).toHaveLength(1)
    await deleteTags(stores, { ResourceArn, TagKeys: ['a'] })
    expect((await describeFeatureGroup(stores, { FeatureGroupName })).FeatureDefinitions).toHaveLength(4)
    expect(await describeFeatureMetadata(stores, { FeatureGroupName, FeatureName: 'new' })).toMatchObject({
      Description: 'new',
    })
    await deleteFeatureGroup(stores, { FeatureGroupName })
  })

  it('removes the records of a group that it remembers as existing', async () => {
    const { stores, online } = await openRemembering()
    await createGroup(stores, 'orders')
    const group = await stores.catalog.get('orders')
    const groupId = group?.groupId ?? ''
    const version = { identifier: 'a', eventTime: 1n, eventTimeText: '0.000001', features: '[]' }
    const target = { groupId, online: true, offline: false }
    online.apply([{ kind: 'put', target, identifier: 'a', receivedAt: 0, version }], 0)
    await deleteFeatureGroup(stores, { FeatureGroupName })
    expect(await stores.catalog.get('orders')).toBe(group)
    while ((await groupCleanupStep(stores, { kind: 'group-cleanup', groupId })) === 'more');
    expect(online.get(groupId, 'a', 0)).toBeUndefined()
  })
})
