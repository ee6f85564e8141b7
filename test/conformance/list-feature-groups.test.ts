import {
  ListFeatureGroupsCommand,
  type ListFeatureGroupsCommandInput,
  paginateListFeatureGroups,
} from '@aws-sdk/client-sagemaker'
import { beforeAll, describe, expect, it } from 'vitest'
import { createGroup, type Group, sageMaker, uniqueName } from './deployment.ts'
import { expectSageMakerError } from './errors.ts'

/** In the names of all groups of this file and of no others. */
const NameContains = uniqueName().slice(-16)

const groups: Group[] = []
beforeAll(async () => {
  for (const suffix of ['c', 'a', 'e', 'b', 'd']) {
    const name = `list-${NameContains}-${suffix}`
    const noOffline = suffix === 'e' ? { OfflineStoreConfig: null } : {}
    groups.push(await createGroup({ FeatureGroupName: name, ...noOffline }))
  }
})

async function list(rest: ListFeatureGroupsCommandInput = {}) {
  const { FeatureGroupSummaries = [], NextToken } = await sageMaker.send(
    new ListFeatureGroupsCommand({ NameContains, ...rest }),
  )
  return { summaries: FeatureGroupSummaries, NextToken }
}

/** The last letters of the listed names, in the order of the listing. */
async function suffixes(rest: ListFeatureGroupsCommandInput = {}): Promise<string> {
  const { summaries } = await list(rest)
  return summaries.map(({ FeatureGroupName }) => FeatureGroupName?.at(-1)).join('')
}

describe('ListFeatureGroups', () => {
  it('tells name, ARN, creation time and statuses', async () => {
    const { summaries } = await list({ SortBy: 'Name', SortOrder: 'Ascending' })
    const [first] = summaries
    const group = groups.find(({ name }) => name.endsWith('a'))
    expect(first).toEqual({
      FeatureGroupName: group?.name,
      FeatureGroupArn: group?.arn,
      CreationTime: expect.any(Date),
      FeatureGroupStatus: 'Created',
      OfflineStoreStatus: { Status: 'Active' },
    })
    expect(summaries.at(-1)).not.toHaveProperty('OfflineStoreStatus')
  })
  it('lists the newest first unless asked otherwise', async () => {
    const { summaries } = await list()
    const times = summaries.map(({ CreationTime }) => Number(CreationTime))
    expect(times).toEqual(times.toSorted((a, b) => b - a))
    expect(summaries).toHaveLength(5)
  })
  it('sorts by name, in both directions', async () => {
    expect(await suffixes({ SortBy: 'Name', SortOrder: 'Ascending' })).toBe('abcde')
    expect(await suffixes({ SortBy: 'Name', SortOrder: 'Descending' })).toBe('edcba')
  })
  it.each(['CreationTime', 'FeatureGroupStatus', 'OfflineStoreStatus'] as const)('sorts by %s', async (SortBy) => {
    const ascending = await suffixes({ SortBy, SortOrder: 'Ascending' })
    expect(ascending.split('').sort().join('')).toBe('abcde')
    if (SortBy === 'OfflineStoreStatus') expect(ascending[0]).toBe('e')
  })
  it('filters by a part of the name', async () => {
    expect(await suffixes({ NameContains: `${NameContains}-b` })).toBe('b')
    expect(await suffixes({ NameContains: uniqueName() })).toBe('')
  })
  it('filters by status', async () => {
    expect(await suffixes({ FeatureGroupStatusEquals: 'Created' })).toHaveLength(5)
    expect(await suffixes({ FeatureGroupStatusEquals: 'Deleting' })).toBe('')
    expect(await suffixes({ OfflineStoreStatusEquals: 'Active', SortBy: 'Name', SortOrder: 'Ascending' })).toBe('abcd')
    expect(await suffixes({ OfflineStoreStatusEquals: 'Blocked' })).toBe('')
  })
  it('filters by creation time', async () => {
    const hour = 3_600_000
    const past = new Date(Date.now() - hour)
    const future = new Date(Date.now() + hour)
    expect(await suffixes({ CreationTimeAfter: past, CreationTimeBefore: future })).toHaveLength(5)
    expect(await suffixes({ CreationTimeAfter: future })).toBe('')
    expect(await suffixes({ CreationTimeBefore: past })).toBe('')
  })
  it.each([1, 2, 4, 5, 100])('pages through all of them, %s at a time', async (pageSize) => {
    const names: (string | undefined)[] = []
    const input = { NameContains, SortBy: 'Name' as const, SortOrder: 'Ascending' as const }
    for await (const page of paginateListFeatureGroups({ client: sageMaker, pageSize }, input)) {
      expect(page.FeatureGroupSummaries?.length).toBeLessThanOrEqual(pageSize)
      names.push(...(page.FeatureGroupSummaries ?? []).map(({ FeatureGroupName }) => FeatureGroupName))
    }
    expect(names).toEqual(groups.map(({ name }) => name).sort())
  })
  it('refuses a NextToken of another listing and one that was made up', async () => {
    const { NextToken } = await list({ MaxResults: 2 })
    expect(NextToken).toBeDefined()
    await expectSageMakerError(list({ NextToken, SortBy: 'Name' }), 'ValidationException', 'NextToken')
    await expectSageMakerError(list({ NextToken: 'made-up' }), 'ValidationException', "'made-up'")
  })
  it.each<[string, ListFeatureGroupsCommandInput, string]>([
    ['MaxResults 0', { MaxResults: 0 }, "'0'"],
    ['MaxResults 101', { MaxResults: 101 }, "'101'"],
    ['an order that is none', { SortOrder: 'Up' as 'Ascending' }, "'Up'"],
    ['a property to sort by that is none', { SortBy: 'Size' as 'Name' }, "'Size'"],
    ['a status that is none', { FeatureGroupStatusEquals: 'Ready' as 'Created' }, "'Ready'"],
    ['an empty NameContains', { NameContains: '' }, 'nameContains'],
    ['a NameContains of 65 characters', { NameContains: 'x'.repeat(65) }, 'nameContains'],
  ])('refuses %s', async (_, input, text) => {
    await expectSageMakerError(list(input), 'ValidationException', text)
  })
})
