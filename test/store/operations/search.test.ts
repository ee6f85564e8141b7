import { describe, expect, it } from 'vitest'
import { addTags } from '../../../store/operations/add-tags.ts'
import { search } from '../../../store/operations/search.ts'
import { updateFeatureGroup } from '../../../store/operations/update-feature-group.ts'
import { updateFeatureMetadata } from '../../../store/operations/update-feature-metadata.ts'
import { createGroup, openControlPlane } from '../control-plane.ts'

const OFFLINE = { S3StorageConfig: { S3Uri: 's3://bucket' } }

/** Three groups, a second between them: online (2023-11-14T22:13:20.500Z), offline and both. */
async function openGroups() {
  const plane = openControlPlane()
  const { stores, tick } = plane
  await createGroup(stores, 'online', {
    OnlineStoreConfig: { EnableOnlineStore: true, TtlDuration: { Unit: 'Days', Value: 30 } },
    Description: 'fast, and forgetful',
    Tags: [{ Key: 'org', Value: 'Sage' }],
  })
  tick()
  await createGroup(stores, 'offline', { OnlineStoreConfig: undefined, OfflineStoreConfig: OFFLINE })
  tick()
  await createGroup(stores, 'both', {
    FeatureDefinitions: [
      { FeatureName: 'id', FeatureType: 'String' },
      { FeatureName: 'time', FeatureType: 'String' },
      {
        FeatureName: 'embedding',
        FeatureType: 'Fractional',
        CollectionType: 'Vector',
        CollectionConfig: { VectorConfig: { Dimension: 128 } },
      },
    ],
    OnlineStoreConfig: { EnableOnlineStore: true, StorageType: 'InMemory' },
    OfflineStoreConfig: OFFLINE,
    Tags: [
      { Key: 'org', Value: 'Thyme' },
      { Key: 'Sage', Value: 'green' },
    ],
  })
  tick()
  const find = async (...Filters: object[]) =>
    (await search(stores, { Resource: 'FeatureGroup', SearchExpression: { Filters } })).Results.map(
      ({ FeatureGroup }) => FeatureGroup?.['FeatureGroupName'],
    )
  return { ...plane, find }
}

const filter = (Name: string, Operator?: string, Value?: string) => ({
  Name,
  ...(Operator !== undefined && { Operator }),
  ...(Value !== undefined && { Value }),
})

function refused(message: RegExp) {
  return expect.objectContaining({ code: 'ValidationException', message: expect.stringMatching(message) })
}

describe('Search for feature groups', () => {
  it('answers all of them, the last modified first, with what Describe answers and their tags', async () => {
    const { stores } = await openGroups()
    await updateFeatureGroup(stores, { FeatureGroupName: 'online', OnlineStoreConfig: { TtlDuration: {} } })
    const { Results, ...rest } = await search(stores, { Resource: 'FeatureGroup' })
    expect(rest).toEqual({ TotalHits: { Value: 3, Relation: 'EqualTo' } })
    expect(Results.map(({ FeatureGroup }) => FeatureGroup?.['FeatureGroupName'])).toEqual(['online', 'both', 'offline'])
    expect(Results[0]).toEqual({
      FeatureGroup: {
        FeatureGroupArn: 'arn:aws:sagemaker:us-east-1:123456789012:feature-group/online',
        FeatureGroupName: 'online',
        RecordIdentifierFeatureName: 'id',
        EventTimeFeatureName: 'time',
        FeatureDefinitions: [
          { FeatureName: 'id', FeatureType: 'String' },
          { FeatureName: 'time', FeatureType: 'Fractional' },
          { FeatureName: 'count', FeatureType: 'Integral' },
        ],
        CreationTime: 1_700_000_000.5,
        LastModifiedTime: 1_700_000_003.5,
        OnlineStoreConfig: { EnableOnlineStore: true, StorageType: 'Standard' },
        FeatureGroupStatus: 'Created',
        LastUpdateStatus: { Status: 'Successful' },
        Description: 'fast, and forgetful',
        Tags: [{ Key: 'org', Value: 'Sage' }],
      },
    })
  })

  it('compares text whole, in part or with one of several, and case counts', async () => {
    const { find } = await openGroups()
    expect(await find(filter('FeatureGroupName', 'Equals', 'both'))).toEqual(['both'])
    expect(await find(filter('FeatureGroupName', undefined, 'both'))).toEqual(['both'])
    expect(await find(filter('FeatureGroupName', 'Equals', 'Both'))).toEqual([])
    expect(await find(filter('FeatureGroupName', 'NotEquals', 'both'))).toEqual(['offline', 'online'])
    expect(await find(filter('FeatureGroupName', 'Contains', 'line'))).toEqual(['offline', 'online'])
    expect(await find(filter('FeatureGroupName', 'In', 'both, online,other'))).toEqual(['both', 'online'])
    expect(await find(filter('FeatureGroupName', 'In', 'bot'))).toEqual([])
  })

  it('compares numbers as numbers', async () => {
    const { find } = await openGroups()
    const ttl = 'OnlineStoreConfig.TtlDuration.Value'
    expect(await find(filter(ttl, 'GreaterThan', '4'))).toEqual(['online'])
    expect(await find(filter(ttl, 'LessThan', '4'))).toEqual([])
    expect(await find(filter(ttl, 'Equals', '30.0'))).toEqual(['online'])
    expect(await find(filter(ttl, 'GreaterThanOrEqualTo', '30'))).toEqual(['online'])
    expect(await find(filter(ttl, 'GreaterThan', '3e1'))).toEqual([])
    expect(await find(filter(ttl, 'LessThanOrEqualTo', '29.9'))).toEqual([])
    await expect(find(filter(ttl, 'GreaterThan', 'many'))).rejects.toThrow(refused(/must be an integer or a decimal/))
  })

  it('compares times as times', async () => {
    const { find } = await openGroups()
    expect(await find(filter('CreationTime', 'GreaterThan', '2023-11-14T22:13:21'))).toEqual(['both', 'offline'])
    expect(await find(filter('CreationTime', 'LessThan', '2023-11-14T22:13:21Z'))).toEqual(['online'])
    expect(await find(filter('CreationTime', 'Equals', '2023-11-14T22:13:20.500Z'))).toEqual(['online'])
    expect(await find(filter('CreationTime', 'LessThanOrEqualTo', '2023-11-14T23:13:20.500+01:00'))).toEqual(['online'])
    for (const value of ['2023-11-14', '1700000000', 'yesterday', '2023-13-01T00:00:00']) {
      await expect(find(filter('CreationTime', 'GreaterThan', value))).rejects.toThrow(refused(/ISO 8601/))
    }
  })

  it('compares booleans, and takes a store that is not there for none', async () => {
    const { find } = await openGroups()
    const enabled = 'OnlineStoreConfig.EnableOnlineStore'
    const place = 'OfflineStoreConfig.S3StorageConfig.S3Uri'
    expect(await find(filter(enabled, 'NotEquals', 'true'), filter(place, 'Exists'))).toEqual(['offline'])
    expect(await find(filter(enabled, 'Equals', 'True'), filter(place, 'NotExists'))).toEqual(['online'])
    expect(await find(filter(enabled, 'Equals', 'true'), filter(place, 'Exists'))).toEqual(['both'])
    await expect(find(filter(enabled, 'Equals', 'yes'))).rejects.toThrow(refused(/must be true or false/))
  })

  it('finds tags by key, and keys and values alike', async () => {
    const { stores, find } = await openGroups()
    expect(await find(filter('Tags.org', 'Equals', 'Sage'))).toEqual(['online'])
    expect(await find(filter('Tags.org', 'Contains', 'yme'))).toEqual(['both'])
    expect(await find(filter('Tags.org', 'Equals', 'green'))).toEqual([])
    expect(await find(filter('Tags.org', 'NotExists'))).toEqual(['offline'])
    expect(await find(filter('AllTags', 'Contains', 'Sag'))).toEqual(['both', 'online'])
    expect(await find(filter('Tags', 'NotExists'))).toEqual(['offline'])
    const ResourceArn = 'arn:aws:sagemaker:us-east-1:123456789012:feature-group/offline'
    await addTags(stores, { ResourceArn, Tags: [{ Key: 'a.b:c/d', Value: 'x' }] })
    expect(await find(filter('Tags.a.b:c/d', 'Equals', 'x'))).toEqual(['offline'])
  })

  it('takes a list for a match when any element is one, and for unequal when none is', async () => {
    const { find } = await openGroups()
    expect(await find(filter('FeatureDefinitions.FeatureName', 'Equals', 'count'))).toEqual(['offline', 'online'])
    expect(await find(filter('FeatureDefinitions.FeatureName', 'NotEquals', 'count'))).toEqual(['both'])
    const dimension = 'FeatureDefinitions.CollectionConfig.VectorConfig.Dimension'
    expect(await find(filter(dimension, 'GreaterThan', '100'))).toEqual(['both'])
    expect(await find(filter(dimension, 'NotExists'))).toEqual(['offline', 'online'])
  })

  it('finds statuses and whole members', async () => {
    const { find } = await openGroups()
    expect(await find(filter('FeatureGroupStatus', 'Equals', 'Created'))).toHaveLength(3)
    expect(await find(filter('OfflineStoreStatus.Status', 'Equals', 'Active'))).toEqual(['both', 'offline'])
    expect(await find(filter('OnlineStoreConfig.TtlDuration', 'Exists'))).toEqual(['online'])
    expect(await find(filter('LastUpdateStatus', 'Exists'))).toEqual([])
  })

  it('lets one element of a list meet all of the nested filters', async () => {
    const { stores, find } = await openGroups()
    const definition = (member: string, value: string) => filter(`FeatureDefinitions.${member}`, 'Equals', value)
    const nested = async (NestedPropertyName: string, ...Filters: object[]) => {
      const SearchExpression = { NestedFilters: [{ NestedPropertyName, Filters }] }
      const { Results } = await search(stores, { Resource: 'FeatureGroup', SearchExpression })
      return Results.map(({ FeatureGroup }) => FeatureGroup?.['FeatureGroupName'])
    }
    const timeAsString = [definition('FeatureName', 'time'), definition('FeatureType', 'String')]
    expect(await find(...timeAsString)).toEqual(['both', 'offline', 'online'])
    expect(await nested('FeatureDefinitions', ...timeAsString)).toEqual(['both'])
    await expect(nested('Tags', filter('Tags.org', 'Exists'))).rejects.toThrow(refused(/must be FeatureDefinitions/))
    await expect(nested('FeatureDefinitions', filter('Description', 'Exists'))).rejects.toThrow(
      refused(/must begin with 'FeatureDefinitions.'/),
    )
  })

  it('hides groups whose tags are visible to others only', async () => {
    const { stores } = await openGroups()
    const visible = async (...VisibilityConditions: object[]) => {
      const { Results } = await search(stores, { Resource: 'FeatureGroup', VisibilityConditions })
      return Results.map(({ FeatureGroup }) => FeatureGroup?.['FeatureGroupName'])
    }
    expect(await visible({ Key: 'Tags.org', Value: 'Sage' })).toEqual(['offline', 'online'])
    expect(await visible({ Key: 'Tags.org', Value: 'Sage' }, { Key: 'Tags.x', Value: 'y' })).toEqual([
      'offline',
      'online',
    ])
    expect(await visible({ Key: 'Tags.Sage', Value: 'green' })).toEqual(['both', 'offline', 'online'])
    await expect(visible({ Key: 'org', Value: 'Sage' })).rejects.toThrow(refused(/form Tags.<key>/))
  })

  it('finds nothing in other accounts', async () => {
    const { stores } = await openGroups()
    const hits = async (CrossAccountFilterOption: string | null) =>
      (await search(stores, { Resource: 'FeatureGroup', CrossAccountFilterOption })).TotalHits.Value
    expect(await hits('CrossAccount')).toBe(0)
    expect(await hits('SameAccount')).toBe(3)
    expect(await hits(null)).toBe(3)
  })

  it('sorts by any property, those without it first when ascending', async () => {
    const { stores } = await openGroups()
    const sorted = async (SortBy: string, SortOrder?: string) => {
      const { Results } = await search(stores, { Resource: 'FeatureGroup', SortBy, SortOrder })
      return Results.map(({ FeatureGroup }) => FeatureGroup?.['FeatureGroupName'])
    }
    expect(await sorted('FeatureGroupName')).toEqual(['online', 'offline', 'both'])
    expect(await sorted('FeatureGroupName', 'Ascending')).toEqual(['both', 'offline', 'online'])
    expect(await sorted('Tags.org', 'Ascending')).toEqual(['offline', 'online', 'both'])
    expect(await sorted('OnlineStoreConfig.EnableOnlineStore', 'Descending')).toEqual(['both', 'online', 'offline'])
    expect(await sorted('FeatureGroupStatus')).toEqual(['both', 'offline', 'online'])
    await expect(sorted('Size')).rejects.toThrow(refused(/^Validation Error: Unknown property name: Size/))
    await expect(sorted('OnlineStoreConfig')).rejects.toThrow(refused(/has members/))
  })

  it('refuses properties, operators and values that mean nothing', async () => {
    const { find } = await openGroups()
    for (const name of ['Name', 'constructor', 'FeatureDefinitions.', 'Tags_x', 'OnlineStoreConfig.__proto__']) {
      await expect(find(filter(name, 'Exists'))).rejects.toThrow(refused(/Unknown property name: /))
    }
    for (const operator of ['GreaterThan', 'GreaterThanOrEqualTo', 'LessThan', 'LessThanOrEqualTo']) {
      await expect(find(filter('FeatureGroupName', operator, 'a'))).rejects.toThrow(refused(/not supported/))
    }
    await expect(find(filter('CreationTime', 'Contains', '2023'))).rejects.toThrow(refused(/not supported/))
    await expect(find(filter('OnlineStoreConfig', 'Equals', 'x'))).rejects.toThrow(refused(/type object/))
    await expect(find(filter('FeatureGroupName', 'Equals'))).rejects.toThrow(refused(/needs a Value/))
    await expect(find(filter('FeatureGroupName'))).rejects.toThrow(refused(/needs a Value/))
    await expect(find(filter('FeatureGroupName', 'Exists', 'x'))).rejects.toThrow(refused(/must have none/))
    await expect(find(filter('FeatureGroupName', 'Matches', 'x'))).rejects.toThrow(refused(/enum value set/))
  })

  it('refuses expressions that are empty, too large or too deep', async () => {
    const { stores } = await openGroups()
    const find = (SearchExpression: object) => search(stores, { Resource: 'FeatureGroup', SearchExpression })
    const Filters = [filter('FeatureGroupName', 'Exists')]
    await expect(find({})).rejects.toThrow(refused(/is empty/))
    await expect(find({ Operator: 'Or' })).rejects.toThrow(refused(/is empty/))
    await expect(find({ SubExpressions: [{ Filters }, {}] })).rejects.toThrow(refused(/is empty/))
    await expect(find({ Filters: [] })).rejects.toThrow(refused(/greater than or equal to 1/))
    await expect(find({ Filters: Array(21).fill(Filters[0]) })).rejects.toThrow(refused(/less than or equal to 20/))
    const full = { Filters: Array(20).fill(Filters[0]) }
    await expect(find({ ...full, SubExpressions: [full, { Filters: Array(9).fill(Filters[0]) }] })).rejects.toThrow(
      refused(/has 51 elements/),
    )
    await find({ ...full, SubExpressions: [full, { Filters: Array(8).fill(Filters[0]) }] })
    let deep: object = { Filters }
    for (let level = 0; level < 10_000; level++) deep = { SubExpressions: [deep] }
    await expect(find(deep)).rejects.toThrow(refused(/nested deeper than 50/))
  })

  it('refuses resources that a feature store does not have', async () => {
    const { stores } = await openGroups()
    await expect(search(stores, { Resource: 'TrainingJob' })).rejects.toThrow(
      refused(/Resource 'TrainingJob' cannot be searched here. It must be FeatureGroup or FeatureMetadata/),
    )
    await expect(search(stores, { Resource: 'FeatureGroups' })).rejects.toThrow(refused(/enum value set/))
    await expect(search(stores, {})).rejects.toThrow(refused(/must not be null/))
  })
})

describe('Search for features', () => {
  async function openFeatures() {
    const plane = await openGroups()
    const { stores, tick } = plane
    const feature = { FeatureGroupName: 'online', FeatureName: 'count' }
    const ParameterAdditions = [{ Key: 'org', Value: 'Sage' }]
    await updateFeatureMetadata(stores, { ...feature, Description: 'how many', ParameterAdditions })
    tick()
    const find = async (...Filters: object[]) => {
      const { Results } = await search(stores, { Resource: 'FeatureMetadata', SearchExpression: { Filters } })
      return Results.map(({ FeatureMetadata: found }) => `${found?.['FeatureGroupName']}.${found?.['FeatureName']}`)
    }
    return { ...plane, find }
  }

  it('answers every feature, described or not', async () => {
    const { stores } = await openFeatures()
    const { Results, TotalHits } = await search(stores, { Resource: 'FeatureMetadata' })
    expect(TotalHits.Value).toBe(9)
    expect(Results[0]).toEqual({
      FeatureMetadata: {
        FeatureGroupArn: 'arn:aws:sagemaker:us-east-1:123456789012:feature-group/online',
        FeatureGroupName: 'online',
        FeatureName: 'count',
        FeatureType: 'Integral',
        CreationTime: 1_700_000_000.5,
        LastModifiedTime: 1_700_000_003.5,
        Description: 'how many',
        Parameters: [{ Key: 'org', Value: 'Sage' }],
      },
    })
  })

  it('finds features by what is known and written about them', async () => {
    const { find } = await openFeatures()
    expect(await find(filter('FeatureType', 'Equals', 'Integral'))).toEqual(['online.count', 'offline.count'])
    expect(await find(filter('FeatureGroupName', 'Equals', 'both'), filter('FeatureName', 'Contains', 'd'))).toEqual([
      'both.embedding',
      'both.id',
    ])
    expect(await find(filter('Description', 'Contains', 'many'))).toEqual(['online.count'])
    expect(await find(filter('Parameters.org', 'Equals', 'Sage'))).toEqual(['online.count'])
    expect(await find(filter('AllParameters', 'Contains', 'or'))).toEqual(['online.count'])
    expect(await find(filter('Parameters', 'Exists'))).toEqual(['online.count'])
    expect(await find(filter('LastModifiedTime', 'GreaterThan', '2023-11-14T22:13:23'))).toEqual(['online.count'])
    await expect(find(filter('Tags.org', 'Exists'))).rejects.toThrow(refused(/Unknown property name/))
  })

  it('has no list that nested filters can look into', async () => {
    const { stores } = await openFeatures()
    const NestedFilters = [{ NestedPropertyName: 'Parameters', Filters: [filter('Parameters.org', 'Exists')] }]
    await expect(search(stores, { Resource: 'FeatureMetadata', SearchExpression: { NestedFilters } })).rejects.toThrow(
      refused(/is not a list that can be searched/),
    )
  })
})
