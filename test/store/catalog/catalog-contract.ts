import { describe, expect, it } from 'vitest'
import type { Catalog, FeatureMetadata } from '../../../store/catalog/catalog.ts'
import type { FeatureGroup } from '../../../store/groups/feature-group.ts'

/** A group as CreateFeatureGroup makes it. */
export function featureGroup(name: string, more: Partial<FeatureGroup> = {}): FeatureGroup {
  return {
    groupId: `id-of-${name}`,
    revision: 1,
    FeatureGroupName: name,
    FeatureGroupArn: `arn:aws:sagemaker:us-east-1:123456789012:feature-group/${name}`,
    RecordIdentifierFeatureName: 'id',
    EventTimeFeatureName: 'time',
    FeatureDefinitions: [
      { FeatureName: 'id', FeatureType: 'String' },
      { FeatureName: 'time', FeatureType: 'Fractional' },
      {
        FeatureName: 'vector',
        FeatureType: 'Fractional',
        CollectionType: 'Vector',
        CollectionConfig: { VectorConfig: { Dimension: 3 } },
      },
    ],
    OnlineStoreConfig: { StorageType: 'Standard', TtlDuration: { Unit: 'Days', Value: 2 } },
    Description: 'Ünïcode ✓',
    Tags: [{ Key: 'team', Value: '' }],
    creationTime: 1_700_000_000_123,
    lastModifiedTime: 1_700_000_000_456,
    isUpdated: false,
    additions: [],
    ...more,
  }
}

function metadata(FeatureName: string, more: Partial<FeatureMetadata> = {}): FeatureMetadata {
  const Parameters = [{ Key: 'source', Value: 'web' }]
  return { revision: 1, FeatureName, Parameters, lastModifiedTime: 1_700_000_000_789, ...more }
}

/** What every catalog does. `open` opens an empty one. */
export function catalogContract(open: () => Promise<Catalog>): void {
  describe('feature groups', () => groupContract(open))
  describe('feature metadata', () => metadataContract(open))
}

function groupContract(open: () => Promise<Catalog>): void {
  it('gives back a group by name and by id as it was created', async () => {
    const catalog = await open()
    expect(await catalog.create(featureGroup('orders'))).toBe(true)
    expect(await catalog.get('orders')).toEqual(featureGroup('orders'))
    expect(await catalog.getById('id-of-orders')).toEqual(featureGroup('orders'))
  })

  it('knows no group that was not created', async () => {
    const catalog = await open()
    await catalog.create(featureGroup('orders'))
    expect(await catalog.get('Orders')).toBeUndefined()
    expect(await catalog.get('constructor')).toBeUndefined()
    expect(await catalog.getById('orders')).toBeUndefined()
  })

  it('keeps the first of two groups of one name', async () => {
    const catalog = await open()
    await catalog.create(featureGroup('orders'))
    expect(await catalog.create(featureGroup('orders', { groupId: 'second' }))).toBe(false)
    expect((await catalog.get('orders'))?.groupId).toBe('id-of-orders')
    expect(await catalog.getById('second')).toBeUndefined()
  })

  it('creates one group when many ask for its name at once', async () => {
    const catalog = await open()
    const attempts = Array.from({ length: 10 }, (_, n) => catalog.create(featureGroup('orders', { groupId: `g${n}` })))
    const created = await Promise.all(attempts)
    expect(created.filter(Boolean)).toHaveLength(1)
    expect((await catalog.get('orders'))?.groupId).toBe(`g${created.indexOf(true)}`)
  })

  it('hands out the same frozen object until the group changes', async () => {
    const catalog = await open()
    await catalog.create(featureGroup('orders'))
    await catalog.create(featureGroup('others'))
    const first = await catalog.get('orders')
    await catalog.replace(featureGroup('others', { revision: 2 }))
    expect(await catalog.get('orders')).toBe(first)
    expect(Object.isFrozen(first)).toBe(true)
    await catalog.replace(featureGroup('orders', { revision: 2 }))
    expect(await catalog.get('orders')).not.toBe(first)
    expect(Object.isFrozen(await catalog.get('orders'))).toBe(true)
    expect(first?.revision).toBe(1)
  })

  it('replaces a group by its next revision', async () => {
    const catalog = await open()
    await catalog.create(featureGroup('orders'))
    const next = featureGroup('orders', { revision: 2, Description: 'new', lastModifiedTime: 1_800_000_000_000 })
    expect(await catalog.replace(next)).toBe(true)
    expect(await catalog.get('orders')).toEqual(next)
    expect(await catalog.getById('id-of-orders')).toEqual(next)
  })

  it('changes nothing for a stale revision, or for one too far ahead', async () => {
    const catalog = await open()
    await catalog.create(featureGroup('orders'))
    const second = featureGroup('orders', { revision: 2, Description: 'second' })
    await catalog.replace(second)
    expect(await catalog.replace(featureGroup('orders', { revision: 2, Description: 'lost' }))).toBe(false)
    expect(await catalog.replace(featureGroup('orders', { revision: 1, Description: 'lost' }))).toBe(false)
    expect(await catalog.replace(featureGroup('orders', { revision: 4, Description: 'lost' }))).toBe(false)
    expect(await catalog.get('orders')).toEqual(second)
    expect(await catalog.getById('id-of-orders')).toEqual(second)
  })

  it('replaces no group that does not exist', async () => {
    const catalog = await open()
    expect(await catalog.replace(featureGroup('orders', { revision: 2 }))).toBe(false)
    expect(await catalog.get('orders')).toBeUndefined()
  })

  it('lets one of several changes on the same revision win', async () => {
    const catalog = await open()
    await catalog.create(featureGroup('orders'))
    const changes = Array.from({ length: 10 }, (_, n) =>
      catalog.replace(featureGroup('orders', { revision: 2, Description: String(n) })),
    )
    const won = await Promise.all(changes)
    expect(won.filter(Boolean)).toHaveLength(1)
    expect((await catalog.get('orders'))?.Description).toBe(String(won.indexOf(true)))
  })

  it('makes a removed group unreachable by name, and still finds it by id', async () => {
    const catalog = await open()
    const group = featureGroup('orders')
    await catalog.create(group)
    expect(await catalog.remove(group)).toBe(true)
    expect(await catalog.get('orders')).toBeUndefined()
    expect(await catalog.list()).toEqual([])
    expect(await catalog.getById('id-of-orders')).toEqual(group)
  })

  it('removes a group once, and none that was not there', async () => {
    const catalog = await open()
    const group = featureGroup('orders')
    expect(await catalog.remove(group)).toBe(false)
    await catalog.create(group)
    await catalog.remove(group)
    expect(await catalog.remove(group)).toBe(false)
    expect(await catalog.replace(featureGroup('orders', { revision: 2 }))).toBe(false)
  })

  it('removes a group that was changed since it was read', async () => {
    const catalog = await open()
    const group = featureGroup('orders')
    await catalog.create(group)
    await catalog.replace(featureGroup('orders', { revision: 2 }))
    expect(await catalog.remove(group)).toBe(true)
    expect(await catalog.get('orders')).toBeUndefined()
  })

  it('lets a name be used again, and leaves the new group alone when the old one is removed again', async () => {
    const catalog = await open()
    const old = featureGroup('orders')
    await catalog.create(old)
    await catalog.remove(old)
    expect(await catalog.create(featureGroup('orders', { groupId: 'new' }))).toBe(true)
    expect(await catalog.remove(old)).toBe(false)
    expect((await catalog.get('orders'))?.groupId).toBe('new')
    expect((await catalog.getById('id-of-orders'))?.groupId).toBe('id-of-orders')
  })

  it('lists the groups that exist by name', async () => {
    const catalog = await open()
    for (const name of ['b', 'a', 'B', 'c-1', 'c']) await catalog.create(featureGroup(name))
    await catalog.remove(featureGroup('b'))
    expect((await catalog.list()).map((group) => group.FeatureGroupName)).toEqual(['B', 'a', 'c', 'c-1'])
  })
}

function metadataContract(open: () => Promise<Catalog>): void {
  it('knows nothing about features that nobody described', async () => {
    const catalog = await open()
    expect(await catalog.getFeatureMetadata('group', 'price')).toBeUndefined()
    expect(await catalog.listFeatureMetadata('group')).toEqual([])
  })

  it('gives back what was written about each feature of each group', async () => {
    const catalog = await open()
    const price = metadata('price', { Description: 'in euro' })
    expect(await catalog.replaceFeatureMetadata('group', price)).toBe(true)
    expect(await catalog.replaceFeatureMetadata('group', metadata('amount'))).toBe(true)
    expect(await catalog.replaceFeatureMetadata('other', metadata('price'))).toBe(true)
    expect(await catalog.getFeatureMetadata('group', 'price')).toEqual(price)
    expect(await catalog.getFeatureMetadata('other', 'price')).toEqual(metadata('price'))
    expect(await catalog.listFeatureMetadata('group')).toEqual([metadata('amount'), price])
  })

  it('changes nothing for a stale revision, or for one too far ahead', async () => {
    const catalog = await open()
    expect(await catalog.replaceFeatureMetadata('group', metadata('price', { revision: 2 }))).toBe(false)
    await catalog.replaceFeatureMetadata('group', metadata('price'))
    expect(await catalog.replaceFeatureMetadata('group', metadata('price', { Description: 'lost' }))).toBe(false)
    const second = metadata('price', { revision: 2, Description: 'second' })
    expect(await catalog.replaceFeatureMetadata('group', second)).toBe(true)
    expect(await catalog.replaceFeatureMetadata('group', metadata('price', { revision: 2 }))).toBe(false)
    expect(await catalog.replaceFeatureMetadata('group', metadata('price', { revision: 4 }))).toBe(false)
    expect(await catalog.getFeatureMetadata('group', 'price')).toEqual(second)
  })
}
