import { describe, expect, it } from 'vitest'
import { groupCleanupStep } from '../../../store/jobs/group-cleanup.ts'
import { deleteFeatureGroup } from '../../../store/operations/delete-feature-group.ts'
import { describeFeatureGroup } from '../../../store/operations/describe-feature-group.ts'
import { createGroup, openControlPlane } from '../control-plane.ts'

const ARN = 'arn:aws:sagemaker:us-east-1:123456789012:feature-group/orders'

async function openWithRecords(count: number) {
  const plane = openControlPlane()
  await createGroup(plane.stores, 'orders')
  const group = await plane.stores.catalog.get('orders')
  if (group === undefined) throw new Error('the group was not created')
  const target = { groupId: group.groupId, online: true, offline: false }
  for (let n = 0; n < count; n++) {
    const identifier = String(n)
    const version = { identifier, eventTime: 1n, eventTimeText: '0.000001', features: '[]' }
    plane.online.apply([{ kind: 'put', target, identifier, receivedAt: 0, version }], plane.stores.now())
  }
  return { ...plane, groupId: group.groupId }
}

describe('DeleteFeatureGroup', () => {
  it('makes the group unreachable at once and answers nothing', async () => {
    const { stores } = await openWithRecords(0)
    expect(await deleteFeatureGroup(stores, { FeatureGroupName: 'orders' })).toBeUndefined()
    await expect(describeFeatureGroup(stores, { FeatureGroupName: 'orders' })).rejects.toThrow(
      expect.objectContaining({ code: 'ResourceNotFound' }),
    )
  })

  it('asks for the removal of the records before and after the group is unreachable', async () => {
    const { stores, groupId } = await openWithRecords(0)
    const reachable: boolean[] = []
    stores.jobs = {
      async enqueue(job) {
        expect(job).toEqual({ kind: 'group-cleanup', groupId })
        reachable.push((await stores.catalog.get('orders')) !== undefined)
      },
    }
    await deleteFeatureGroup(stores, { FeatureGroupName: 'orders' })
    expect(reachable).toEqual([true, false])
  })

  it('refuses a group that does not exist, and one that was deleted already', async () => {
    const { stores } = await openWithRecords(0)
    const notFound = expect.objectContaining({ code: 'ResourceNotFound' })
    await expect(deleteFeatureGroup(stores, { FeatureGroupName: 'others' })).rejects.toThrow(notFound)
    await deleteFeatureGroup(stores, { FeatureGroupName: 'orders' })
    await expect(deleteFeatureGroup(stores, { FeatureGroupName: 'orders' })).rejects.toThrow(notFound)
  })

  it('takes a name and no ARN', async () => {
    const { stores } = await openWithRecords(0)
    await expect(deleteFeatureGroup(stores, { FeatureGroupName: ARN })).rejects.toThrow(
      expect.objectContaining({ code: 'ValidationException' }),
    )
  })
})

describe('groupCleanupStep', () => {
  it('removes the records of a deleted group, a thousand in a step', async () => {
    const { stores, online, groupId } = await openWithRecords(2_500)
    await deleteFeatureGroup(stores, { FeatureGroupName: 'orders' })
    let steps = 1
    while ((await groupCleanupStep(stores, { kind: 'group-cleanup', groupId })) === 'more') steps += 1
    expect(steps).toBeGreaterThanOrEqual(3)
    const page = online.list(groupId, { limit: 100, includeSoftDeleted: true, now: stores.now() })
    expect(page.identifiers).toEqual([])
  })

  it('leaves the records of a group that exists', async () => {
    const { stores, online, groupId } = await openWithRecords(2)
    expect(await groupCleanupStep(stores, { kind: 'group-cleanup', groupId })).toBe('done')
    expect(online.get(groupId, '1', stores.now())).toBeDefined()
  })

  it('leaves the records of a group that was created again under the name', async () => {
    const { stores, online, groupId } = await openWithRecords(1)
    await deleteFeatureGroup(stores, { FeatureGroupName: 'orders' })
    await createGroup(stores, 'orders')
    const again = await stores.catalog.get('orders')
    const target = { groupId: again?.groupId ?? '', online: true, offline: false }
    const version = { identifier: 'new', eventTime: 1n, eventTimeText: '0.000001', features: '[]' }
    online.apply([{ kind: 'put', target, identifier: 'new', receivedAt: 0, version }], stores.now())
    while ((await groupCleanupStep(stores, { kind: 'group-cleanup', groupId })) === 'more');
    expect(online.get(groupId, '0', stores.now())).toBeUndefined()
    expect(online.get(target.groupId, 'new', stores.now())).toBeDefined()
  })
})
