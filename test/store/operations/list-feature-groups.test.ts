import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { deleteFeatureGroup } from '../../../store/operations/delete-feature-group.ts'
import { listFeatureGroups } from '../../../store/operations/list-feature-groups.ts'
import type { Stores } from '../../../store/stores.ts'
import { createGroup, openControlPlane } from '../control-plane.ts'

const OFFLINE = { OfflineStoreConfig: { S3StorageConfig: { S3Uri: 's3://bucket' } } }
const FIRST = 1_700_000_000.5

/** Groups of these names, a second between them. */
async function openGroups(names: string[], more: (name: string) => object = () => ({})) {
  const plane = openControlPlane()
  for (const name of names) {
    await createGroup(plane.stores, name, more(name))
    plane.tick()
  }
  const list = async (input: object) => names_(await listFeatureGroups(plane.stores, input))
  return { ...plane, list }
}

function names_({ FeatureGroupSummaries }: { FeatureGroupSummaries: { FeatureGroupName: string }[] }): string[] {
  return FeatureGroupSummaries.map((summary) => summary.FeatureGroupName)
}

/** The names on each page of a listing; `between` is called before each further page. */
async function pages(stores: Stores, input: object, between: () => Promise<void> = async () => {}) {
  const found: string[][] = []
  for (let NextToken: string | undefined, isFirst = true; isFirst || NextToken !== undefined; isFirst = false) {
    if (!isFirst) await between()
    const page = await listFeatureGroups(stores, { ...input, ...(NextToken !== undefined && { NextToken }) })
    found.push(names_(page))
    NextToken = page.NextToken
  }
  return found
}

describe('ListFeatureGroups', () => {
  it('answers a summary of each group, the newest first', async () => {
    const { stores } = await openGroups(['online', 'both'], (name) => (name === 'both' ? OFFLINE : {}))
    expect(await listFeatureGroups(stores, {})).toEqual({
      FeatureGroupSummaries: [
        {
          FeatureGroupName: 'both',
          FeatureGroupArn: 'arn:aws:sagemaker:us-east-1:123456789012:feature-group/both',
          CreationTime: FIRST + 1,
          FeatureGroupStatus: 'Created',
          OfflineStoreStatus: { Status: 'Active' },
        },
        {
          FeatureGroupName: 'online',
          FeatureGroupArn: 'arn:aws:sagemaker:us-east-1:123456789012:feature-group/online',
          CreationTime: FIRST,
          FeatureGroupStatus: 'Created',
        },
      ],
    })
  })

  it('answers an empty list when there are no groups', async () => {
    const { stores } = await openGroups([])
    expect(await listFeatureGroups(stores, {})).toEqual({ FeatureGroupSummaries: [] })
  })

  it('lists the groups that pass every filter', async () => {
    const { list } = await openGroups(['orders', 'old-orders', 'users'], (name) => (name === 'users' ? OFFLINE : {}))
    expect(await list({ NameContains: 'orders' })).toEqual(['old-orders', 'orders'])
    expect(await list({ NameContains: 'Orders' })).toEqual([])
    expect(await list({ FeatureGroupStatusEquals: 'Created' })).toHaveLength(3)
    expect(await list({ FeatureGroupStatusEquals: 'Deleting' })).toEqual([])
    expect(await list({ OfflineStoreStatusEquals: 'Active' })).toEqual(['users'])
    expect(await list({ OfflineStoreStatusEquals: 'Blocked' })).toEqual([])
    expect(await list({ CreationTimeAfter: FIRST })).toEqual(['users', 'old-orders'])
    expect(await list({ CreationTimeBefore: FIRST + 1 })).toEqual(['orders'])
    expect(await list({ CreationTimeAfter: FIRST - 0.001, CreationTimeBefore: FIRST + 0.001 })).toEqual(['orders'])
    expect(await list({ NameContains: 'orders', CreationTimeAfter: FIRST })).toEqual(['old-orders'])
  })

  it('sorts by each property in each order, and by name where it is the same', async () => {
    const { list } = await openGroups(['c', 'a', 'b'], (name) => (name === 'a' ? OFFLINE : {}))
    expect(await list({ SortBy: 'Name' })).toEqual(['c', 'b', 'a'])
    expect(await list({ SortBy: 'Name', SortOrder: 'Ascending' })).toEqual(['a', 'b', 'c'])
    expect(await list({ SortBy: 'CreationTime', SortOrder: 'Ascending' })).toEqual(['c', 'a', 'b'])
    expect(await list({ SortOrder: 'Descending' })).toEqual(['b', 'a', 'c'])
    expect(await list({ SortBy: 'FeatureGroupStatus' })).toEqual(['a', 'b', 'c'])
    expect(await list({ SortBy: 'OfflineStoreStatus' })).toEqual(['a', 'b', 'c'])
    expect(await list({ SortBy: 'OfflineStoreStatus', SortOrder: 'Ascending' })).toEqual(['b', 'c', 'a'])
  })

  it('has a next page only when groups are left', async () => {
    const { stores } = await openGroups(['a', 'b', 'c', 'd'])
    const input = { SortBy: 'Name', SortOrder: 'Ascending', MaxResults: 2 }
    expect(await pages(stores, input)).toEqual([
      ['a', 'b'],
      ['c', 'd'],
    ])
    expect(await pages(stores, { ...input, MaxResults: 3 })).toEqual([['a', 'b', 'c'], ['d']])
  })

  it('refuses a token of another listing, and one that was made up', async () => {
    const { stores } = await openGroups(['a', 'b', 'c'])
    const { NextToken } = await listFeatureGroups(stores, { SortBy: 'Name', MaxResults: 1 })
    const refused = expect.objectContaining({
      code: 'ValidationException',
      message: expect.stringMatching(/NextToken '.*' is not valid/),
    })
    for (const other of [
      {},
      { SortBy: 'Name', SortOrder: 'Ascending' },
      { SortBy: 'Name', NameContains: 'a' },
      { SortBy: 'Name', CreationTimeAfter: 1 },
    ]) {
      await expect(listFeatureGroups(stores, { ...other, NextToken })).rejects.toThrow(refused)
    }
    await expect(listFeatureGroups(stores, { NextToken: '' })).rejects.toThrow(refused)
    await expect(listFeatureGroups(stores, { NextToken: 'made-up' })).rejects.toThrow(refused)
    expect((await listFeatureGroups(stores, { SortBy: 'Name', MaxResults: 2, NextToken })).FeatureGroupSummaries) //
      .toHaveLength(2)
  })

  it('refuses what breaks the model', async () => {
    const { stores } = await openGroups([])
    for (const input of [
      { MaxResults: 0 },
      { MaxResults: 101 },
      { SortBy: 'CreatedAt' },
      { SortOrder: 'Up' },
      { NameContains: '' },
      { CreationTimeAfter: '2023-11-14' },
      { FeatureGroupStatusEquals: 'created' },
    ]) {
      await expect(listFeatureGroups(stores, input)).rejects.toThrow(
        expect.objectContaining({ code: 'ValidationException' }),
      )
    }
  })
})

describe('the pages of ListFeatureGroups', () => {
  const name = fc.stringMatching(/^[ab][0-9]$/)
  const listing = fc.record({
    SortBy: fc.constantFrom('Name', 'CreationTime', 'FeatureGroupStatus', 'OfflineStoreStatus'),
    SortOrder: fc.constantFrom('Ascending', 'Descending'),
    MaxResults: fc.integer({ min: 1, max: 5 }),
  })
  const stores = (names: string[]) => openGroups(names, (group) => (group.endsWith('1') ? OFFLINE : {}))

  it('hold each group once, in the order of the whole list', async () => {
    await fc.assert(
      fc.asyncProperty(fc.uniqueArray(name, { maxLength: 12 }), listing, async (names, input) => {
        const plane = await stores(names)
        const whole = await plane.list({ ...input, MaxResults: 100 })
        const found = await pages(plane.stores, input)
        expect(found.flat()).toEqual(whole)
        expect([...whole].sort()).toEqual([...names].sort())
        expect(found.slice(0, -1).every((page) => page.length === input.MaxResults)).toBe(true)
      }),
      { numRuns: 60 },
    )
  })

  it('hold each group that stays, once, when others come and go between them', async () => {
    const changes = fc.array(fc.tuple(fc.boolean(), fc.integer({ min: 0, max: 9 })), { minLength: 1, maxLength: 3 })
    await fc.assert(
      fc.asyncProperty(fc.uniqueArray(name, { maxLength: 12 }), listing, changes, async (names, input, edits) => {
        const plane = await stores(names)
        const gone = new Set<string>()
        let created = 0
        const found = await pages(plane.stores, input, async () => {
          for (const [isDeletion, n] of edits) {
            const victim = names[n % Math.max(1, names.length)]
            if (!isDeletion && created < 20) await createGroup(plane.stores, `${n % 2 === 0 ? 'A' : 'z'}${created++}`)
            if (!isDeletion || victim === undefined || gone.has(victim)) continue
            gone.add(victim)
            await deleteFeatureGroup(plane.stores, { FeatureGroupName: victim })
          }
        })
        const seen = found.flat()
        expect(new Set(seen).size).toBe(seen.length)
        expect(names.filter((group) => !gone.has(group) && !seen.includes(group))).toEqual([])
      }),
      { numRuns: 60 },
    )
  })
})
