import {
  paginateSearch,
  SearchCommand,
  type SearchCommandInput,
  type SearchExpression,
  UpdateFeatureGroupCommand,
  UpdateFeatureMetadataCommand,
} from '@aws-sdk/client-sagemaker'
import { beforeAll, describe, expect, it } from 'vitest'
import { createGroup, type Group, groupRequest, sageMaker, uniqueName } from './deployment.ts'
import { expectSageMakerError } from './errors.ts'

/** In the names of all groups of this file and of no others. */
const mark = uniqueName().slice(-16)
const marked = { Name: 'FeatureGroupName', Operator: 'Contains' as const, Value: mark }

const groups: { [letter: string]: Group } = {}
beforeAll(async () => {
  const create = async (letter: string, input: Parameters<typeof createGroup>[0]) => {
    groups[letter] = await createGroup({ FeatureGroupName: `search-${mark}-${letter}`, ...input })
  }
  const features = groupRequest().FeatureDefinitions ?? []
  const price = { FeatureName: 'price', FeatureType: 'Fractional' as const }
  await create('a', { Description: 'orders of the shop', Tags: [{ Key: 'team', Value: 'shop' }] })
  await create('b', { FeatureDefinitions: [...features, price], OfflineStoreConfig: null })
  await create('c', { OnlineStoreConfig: { EnableOnlineStore: true, StorageType: 'InMemory' } })
  const TtlDuration = { Unit: 'Days' as const, Value: 7 }
  await create('d', {
    OnlineStoreConfig: { EnableOnlineStore: true, TtlDuration },
    Tags: [{ Key: 'team', Value: 'bank' }],
    FeatureDefinitions: [...features, { ...price, FeatureType: 'Integral' }],
  })
})

/** The last letters of the groups that are found, sorted. */
async function found(expression: SearchExpression): Promise<string> {
  const SubExpressions = [{ Filters: [marked] }, expression]
  const input: SearchCommandInput = { Resource: 'FeatureGroup', SearchExpression: { SubExpressions } }
  const { Results = [] } = await sageMaker.send(new SearchCommand(input))
  return Results.map(({ FeatureGroup }) => FeatureGroup?.FeatureGroupName?.at(-1))
    .sort()
    .join('')
}

describe('Search of feature groups', () => {
  it('answers each as DescribeFeatureGroup does, with its tags', async () => {
    const Filters = [marked, { Name: 'FeatureGroupName', Operator: 'Equals' as const, Value: groups['a']?.name }]
    const input = { Resource: 'FeatureGroup' as const, SearchExpression: { Filters } }
    const { Results = [], NextToken } = await sageMaker.send(new SearchCommand(input))
    expect(Results).toHaveLength(1)
    expect(NextToken).toBeUndefined()
    expect(Results[0]).toEqual({
      FeatureGroup: expect.objectContaining({
        FeatureGroupArn: groups['a']?.arn,
        FeatureGroupName: groups['a']?.name,
        RecordIdentifierFeatureName: 'id',
        EventTimeFeatureName: 'time',
        FeatureDefinitions: groupRequest().FeatureDefinitions,
        FeatureGroupStatus: 'Created',
        Description: 'orders of the shop',
        CreationTime: expect.any(Date),
        LastModifiedTime: expect.any(Date),
        Tags: [{ Key: 'team', Value: 'shop' }],
      }),
    })
  })

  it.each<[string, SearchExpression, string]>([
    ['Equals', { Filters: [{ Name: 'OnlineStoreConfig.StorageType', Operator: 'Equals', Value: 'InMemory' }] }, 'c'],
    ['Equals, which is the default', { Filters: [{ Name: 'OnlineStoreConfig.StorageType', Value: 'InMemory' }] }, 'c'],
    [
      'NotEquals',
      { Filters: [{ Name: 'OnlineStoreConfig.StorageType', Operator: 'NotEquals', Value: 'InMemory' }] },
      'abd',
    ],
    ['Contains', { Filters: [{ Name: 'Description', Operator: 'Contains', Value: 'of the' }] }, 'a'],
    [
      'In',
      { Filters: [{ Name: 'OnlineStoreConfig.StorageType', Operator: 'In', Value: 'InMemory,Standard_V2' }] },
      'c',
    ],
    ['Exists', { Filters: [{ Name: 'OfflineStoreConfig', Operator: 'Exists' }] }, 'acd'],
    ['NotExists', { Filters: [{ Name: 'OfflineStoreConfig', Operator: 'NotExists' }] }, 'b'],
    [
      'GreaterThan',
      { Filters: [{ Name: 'OnlineStoreConfig.TtlDuration.Value', Operator: 'GreaterThan', Value: '6' }] },
      'd',
    ],
    [
      'GreaterThanOrEqualTo',
      { Filters: [{ Name: 'OnlineStoreConfig.TtlDuration.Value', Operator: 'GreaterThanOrEqualTo', Value: '7' }] },
      'd',
    ],
    ['LessThan', { Filters: [{ Name: 'OnlineStoreConfig.TtlDuration.Value', Operator: 'LessThan', Value: '7' }] }, ''],
    [
      'LessThanOrEqualTo',
      { Filters: [{ Name: 'OnlineStoreConfig.TtlDuration.Value', Operator: 'LessThanOrEqualTo', Value: '7.0' }] },
      'd',
    ],
    ['a time', { Filters: [{ Name: 'CreationTime', Operator: 'GreaterThan', Value: '2020-01-01T00:00:00Z' }] }, 'abcd'],
    ['a tag', { Filters: [{ Name: 'Tags.team', Operator: 'Equals', Value: 'shop' }] }, 'a'],
    ['a tag that is there', { Filters: [{ Name: 'Tags.team', Operator: 'Exists' }] }, 'ad'],
    ['any tag', { Filters: [{ Name: 'AllTags', Operator: 'Contains', Value: 'ban' }] }, 'd'],
    [
      'a feature',
      { Filters: [{ Name: 'FeatureDefinitions.FeatureName', Operator: 'Contains', Value: 'price' }] },
      'bd',
    ],
  ])('filters by %s', async (_, expression, expected) => {
    expect(await found(expression)).toBe(expected)
  })

  it('wants all filters of an And, one of an Or', async () => {
    const Filters = [
      { Name: 'Tags.team', Value: 'bank' },
      { Name: 'OnlineStoreConfig.StorageType', Value: 'InMemory' },
    ]
    expect(await found({ Filters })).toBe('')
    expect(await found({ Filters, Operator: 'And' })).toBe('')
    expect(await found({ Filters, Operator: 'Or' })).toBe('cd')
  })
  it('nests boolean expressions', async () => {
    const tagged = { Filters: [{ Name: 'Tags.team', Operator: 'Exists' as const }] }
    const priced = { Filters: [{ Name: 'FeatureDefinitions.FeatureName', Value: 'price' }] }
    const both = { SubExpressions: [tagged, priced] }
    expect(await found(both)).toBe('d')
    expect(await found({ SubExpressions: [tagged, priced], Operator: 'Or' })).toBe('abd')
    const Filters = [{ Name: 'OnlineStoreConfig.StorageType', Value: 'InMemory' }]
    expect(await found({ Filters, SubExpressions: [both], Operator: 'Or' })).toBe('cd')
  })
  it('wants one and the same feature to meet all nested filters', async () => {
    const Filters = [
      { Name: 'FeatureDefinitions.FeatureName', Value: 'price' },
      { Name: 'FeatureDefinitions.FeatureType', Value: 'Integral' },
    ]
    expect(await found({ Filters })).toBe('bd')
    expect(await found({ NestedFilters: [{ NestedPropertyName: 'FeatureDefinitions', Filters }] })).toBe('d')
  })

  it('sorts by any property, and by the last change when none is given', async () => {
    const search = async (rest: Partial<SearchCommandInput>) => {
      const input = { Resource: 'FeatureGroup' as const, SearchExpression: { Filters: [marked] }, ...rest }
      const { Results = [] } = await sageMaker.send(new SearchCommand(input))
      return Results.map(({ FeatureGroup }) => FeatureGroup?.FeatureGroupName?.at(-1)).join('')
    }
    expect(await search({ SortBy: 'FeatureGroupName', SortOrder: 'Ascending' })).toBe('abcd')
    expect(await search({ SortBy: 'FeatureGroupName' })).toBe('dcba')
    const FeatureGroupName = groups['b']?.name
    const FeatureAdditions = [{ FeatureName: 'added', FeatureType: 'String' as const }]
    await sageMaker.send(new UpdateFeatureGroupCommand({ FeatureGroupName, FeatureAdditions }))
    expect((await search({})).at(0)).toBe('b')
    expect((await search({ SortOrder: 'Ascending' })).at(-1)).toBe('b')
  })
  it.each([1, 3, 4, 100])('pages through all of them, %s at a time', async (pageSize) => {
    const names: (string | undefined)[] = []
    const input = {
      Resource: 'FeatureGroup' as const,
      SearchExpression: { Filters: [marked] },
      SortBy: 'FeatureGroupName',
    }
    for await (const { Results = [] } of paginateSearch({ client: sageMaker, pageSize }, input)) {
      expect(Results.length).toBeLessThanOrEqual(pageSize)
      names.push(...Results.map(({ FeatureGroup }) => FeatureGroup?.FeatureGroupName?.at(-1)))
    }
    expect(names.join('')).toBe('dcba')
  })
})

describe('Search of feature metadata', () => {
  beforeAll(async () => {
    const FeatureGroupName = groups['b']?.name
    const update = { Description: 'what it costs', ParameterAdditions: [{ Key: 'currency', Value: 'CHF' }] }
    await sageMaker.send(new UpdateFeatureMetadataCommand({ FeatureGroupName, FeatureName: 'price', ...update }))
  })
  /** Group and name of the features that are found, sorted. */
  async function foundFeatures(...filters: { Name: string; Operator?: 'Contains' | 'Exists'; Value?: string }[]) {
    const input = { Resource: 'FeatureMetadata' as const, SearchExpression: { Filters: [marked, ...filters] } }
    const { Results = [] } = await sageMaker.send(new SearchCommand(input))
    return Results.map(
      ({ FeatureMetadata: feature }) => `${feature?.FeatureGroupName?.at(-1)}.${feature?.FeatureName}`,
    ).sort()
  }

  it('answers each feature as DescribeFeatureMetadata does', async () => {
    const Filters = [marked, { Name: 'Parameters.currency', Value: 'CHF' }]
    const input = { Resource: 'FeatureMetadata' as const, SearchExpression: { Filters } }
    const { Results } = await sageMaker.send(new SearchCommand(input))
    expect(Results).toEqual([
      {
        FeatureMetadata: {
          FeatureGroupArn: groups['b']?.arn,
          FeatureGroupName: groups['b']?.name,
          FeatureName: 'price',
          FeatureType: 'Fractional',
          CreationTime: expect.any(Date),
          LastModifiedTime: expect.any(Date),
          Description: 'what it costs',
          Parameters: [{ Key: 'currency', Value: 'CHF' }],
        },
      },
    ])
  })
  it('finds features nobody wrote about, too', async () => {
    expect(await foundFeatures({ Name: 'FeatureName', Value: 'price' })).toEqual(['b.price', 'd.price'])
  })
  it('filters by type, description and parameters', async () => {
    expect(await foundFeatures({ Name: 'FeatureType', Value: 'Integral' })).toEqual([
      'a.count',
      'b.count',
      'c.count',
      'd.count',
      'd.price',
    ])
    expect(await foundFeatures({ Name: 'Description', Operator: 'Contains', Value: 'costs' })).toEqual(['b.price'])
    expect(await foundFeatures({ Name: 'Parameters.currency', Operator: 'Exists' })).toEqual(['b.price'])
    expect(await foundFeatures({ Name: 'AllParameters', Operator: 'Contains', Value: 'curr' })).toEqual(['b.price'])
  })
})

describe('Search refuses', () => {
  const search = (input: Partial<SearchCommandInput>) =>
    sageMaker.send(new SearchCommand({ Resource: 'FeatureGroup', ...input }))
  const filter = (Name: string, Operator?: string, Value?: string) => ({
    SearchExpression: { Filters: [{ Name, Operator: Operator as 'Equals', Value }] },
  })

  it.each<[string, Partial<SearchCommandInput>, string]>([
    ['another resource', { Resource: 'TrainingJob' }, "'TrainingJob'"],
    ['a resource that is none', { Resource: 'Nothing' as 'Model' }, "'Nothing'"],
    ['a property that the resource does not have', filter('Color', 'Equals', 'red'), 'Color'],
    ['an operator that is none', filter('Description', 'Like', 'x'), "'Like'"],
    ['an operator that the type does not allow', filter('CreationTime', 'Contains', '2026'), "'CreationTime'"],
    ['a number that is none', filter('OnlineStoreConfig.TtlDuration.Value', 'Equals', 'x'), "'x'"],
    ['a time that is none', filter('CreationTime', 'LessThan', 'yesterday'), "'yesterday'"],
    ['a filter without its value', filter('Description', 'Equals'), "'Description'"],
    ['an empty expression', { SearchExpression: {} }, 'SearchExpression'],
    ['MaxResults 101', { MaxResults: 101 }, "'101'"],
    ['a NextToken that was made up', { NextToken: 'made-up' }, "'made-up'"],
    ['21 filters', { SearchExpression: { Filters: Array.from({ length: 21 }, () => marked) } }, 'filters'],
  ])('%s', async (_, input, text) => {
    await expectSageMakerError(search(input), 'ValidationException', text)
  })
})
