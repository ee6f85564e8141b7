import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createFeatureGroup } from '../../../store/operations/create-feature-group.ts'
import { describeFeatureGroup } from '../../../store/operations/describe-feature-group.ts'
import { groupRequest, openControlPlane } from '../control-plane.ts'

const ARN = 'arn:aws:sagemaker:us-east-1:123456789012:feature-group/my-orders'
const OFFLINE = { S3StorageConfig: { S3Uri: 's3://bucket/prefix' } }

async function createAndDescribe(more: object) {
  const { stores } = openControlPlane()
  await createFeatureGroup(stores, groupRequest('my-orders', more))
  return await describeFeatureGroup(stores, { FeatureGroupName: 'my-orders' })
}

async function refusal(more: object): Promise<string> {
  const { stores } = openControlPlane()
  const refused = createFeatureGroup(stores, groupRequest('my-orders', more))
  await expect(refused).rejects.toThrow(expect.objectContaining({ code: 'ValidationException' }))
  expect(await stores.catalog.list()).toEqual([])
  return await refused.then(
    () => '',
    (error: Error) => error.message,
  )
}

function definitions(...more: object[]) {
  return { FeatureDefinitions: [...groupRequest('x').FeatureDefinitions, ...more] }
}

describe('CreateFeatureGroup and DescribeFeatureGroup', () => {
  it('answer an ARN, and a group that is created at once with everything it was given', async () => {
    const { stores } = openControlPlane()
    const request = groupRequest('my-orders', {
      OnlineStoreConfig: {
        EnableOnlineStore: true,
        StorageType: 'InMemory',
        TtlDuration: { Unit: 'Hours', Value: 2 },
        SecurityConfig: {},
      },
      OfflineStoreConfig: { ...OFFLINE, TableFormat: 'Iceberg' },
      ThroughputConfig: { ThroughputMode: 'OnDemand' },
      RoleArn: 'arn:aws:iam::123456789012:role/service-role/store',
      Description: 'Bestellungen für alle',
      Tags: [{ Key: 'team', Value: 'data' }],
    })
    expect(await createFeatureGroup(stores, request)).toEqual({ FeatureGroupArn: ARN })
    expect(await describeFeatureGroup(stores, { FeatureGroupName: 'my-orders' })).toEqual({
      FeatureGroupArn: ARN,
      FeatureGroupName: 'my-orders',
      RecordIdentifierFeatureName: 'id',
      EventTimeFeatureName: 'time',
      FeatureDefinitions: request.FeatureDefinitions,
      CreationTime: 1_700_000_000.5,
      LastModifiedTime: 1_700_000_000.5,
      OnlineStoreConfig: {
        EnableOnlineStore: true,
        StorageType: 'InMemory',
        TtlDuration: { Unit: 'Hours', Value: 2 },
      },
      OfflineStoreConfig: {
        S3StorageConfig: {
          S3Uri: 's3://bucket/prefix',
          ResolvedOutputS3Uri:
            's3://bucket/prefix/123456789012/sagemaker/us-east-1/offline-store/my-orders-1700000000/data',
        },
        DisableGlueTableCreation: false,
        DataCatalogConfig: {
          TableName: 'my_orders_1700000000',
          Catalog: 'AwsDataCatalog',
          Database: 'sagemaker_featurestore',
        },
        TableFormat: 'Iceberg',
      },
      ThroughputConfig: { ThroughputMode: 'OnDemand' },
      RoleArn: 'arn:aws:iam::123456789012:role/service-role/store',
      FeatureGroupStatus: 'Created',
      OfflineStoreStatus: { Status: 'Active' },
      Description: 'Bestellungen für alle',
    })
  })

  it('answer no members for what the group does not have', async () => {
    const group = await createAndDescribe({})
    expect(group.OnlineStoreConfig).toEqual({ EnableOnlineStore: true, StorageType: 'Standard' })
    for (const member of ['OfflineStoreConfig', 'OfflineStoreStatus', 'RoleArn', 'LastUpdateStatus', 'NextToken']) {
      expect(group).not.toHaveProperty(member)
    }
  })

  it('describe a group by its ARN, and none of another account, region or kind', async () => {
    const { stores } = openControlPlane()
    await createFeatureGroup(stores, groupRequest('my-orders'))
    expect((await describeFeatureGroup(stores, { FeatureGroupName: ARN })).FeatureGroupName).toBe('my-orders')
    for (const other of [ARN.replace('123456789012', '999999999999'), ARN.replace('us-east-1', 'eu-west-1')]) {
      await expect(describeFeatureGroup(stores, { FeatureGroupName: other })).rejects.toThrow(
        expect.objectContaining({ code: 'ResourceNotFound' }),
      )
    }
    await expect(describeFeatureGroup(stores, { FeatureGroupName: ARN.replace('feature-group', 'model') }))
      .rejects //
      .toThrow(expect.objectContaining({ code: 'ValidationException' }))
  })

  it('refuse a NextToken, since all definitions are in one answer', async () => {
    const { stores } = openControlPlane()
    await createFeatureGroup(stores, groupRequest('my-orders'))
    await expect(describeFeatureGroup(stores, { FeatureGroupName: 'my-orders', NextToken: 'abc' })).rejects.toThrow(
      /NextToken 'abc' is not valid/,
    )
  })

  it('refuse a name that is taken with the sentence of the service', async () => {
    const { stores } = openControlPlane()
    await createFeatureGroup(stores, groupRequest('my-orders'))
    await expect(createFeatureGroup(stores, groupRequest('my-orders'))).rejects.toThrow(
      expect.objectContaining({
        code: 'ResourceInUse',
        message:
          "Resource Already Exists: FeatureGroup with name my-orders already exists. Choose a different name.\nInfo: Feature Group 'my-orders' already exists.",
      }),
    )
  })

  it('give each creation an id of its own', async () => {
    const { stores } = openControlPlane()
    await createFeatureGroup(stores, groupRequest('a'))
    await createFeatureGroup(stores, groupRequest('b'))
    const ids = (await stores.catalog.list()).map((group) => group.groupId)
    expect(new Set(ids).size).toBe(2)
  })
})

describe('the stores of a new group', () => {
  it('need to be one at least', async () => {
    for (const OnlineStoreConfig of [undefined, null, {}, { EnableOnlineStore: false }, { StorageType: 'InMemory' }]) {
      expect(await refusal({ OnlineStoreConfig })).toBe(
        'Validation Error: OnlineStore and OfflineStore cannot be both disabled. Please enable at least one of them and retry the request.',
      )
    }
  })

  it('have no online one unless EnableOnlineStore says so', async () => {
    for (const OnlineStoreConfig of [undefined, null, {}, { EnableOnlineStore: false }]) {
      const group = await createAndDescribe({ OnlineStoreConfig, OfflineStoreConfig: OFFLINE })
      expect(group).not.toHaveProperty('OnlineStoreConfig')
    }
  })

  it('cannot have a time to live without an online one', async () => {
    const OnlineStoreConfig = { EnableOnlineStore: false, TtlDuration: { Unit: 'Days', Value: 1 } }
    expect(await refusal({ OnlineStoreConfig, OfflineStoreConfig: OFFLINE })).toMatch(/TtlDuration is not permitted/)
  })

  it('take a whole TtlDuration, and an empty one for none', async () => {
    const config = (TtlDuration: object) => ({ OnlineStoreConfig: { EnableOnlineStore: true, TtlDuration } })
    for (const ttl of [{}, { Unit: null, Value: null }]) {
      expect((await createAndDescribe(config(ttl))).OnlineStoreConfig).not.toHaveProperty('TtlDuration')
    }
    expect(await refusal(config({ Unit: 'Days' }))).toMatch(/must have both, or neither/)
    expect(await refusal(config({ Unit: 'Days', Value: 0 }))).toMatch(/greater than or equal to 1/)
    expect(await refusal(config({ Unit: 'Years', Value: 1 }))).toMatch(/Seconds, Minutes, Hours, Days, Weeks/)
  })

  it('cannot have keys or a provisioned throughput of their own', async () => {
    const KmsKeyId = 'arn:aws:kms:us-east-1:123456789012:key/1'
    const OnlineStoreConfig = { EnableOnlineStore: true, SecurityConfig: { KmsKeyId } }
    expect(await refusal({ OnlineStoreConfig })).toMatch(
      /OnlineStoreConfig.SecurityConfig.KmsKeyId '.*' is not supported/,
    )
    const OfflineStoreConfig = { S3StorageConfig: { S3Uri: 's3://bucket', KmsKeyId } }
    expect(await refusal({ OfflineStoreConfig })).toMatch(/S3StorageConfig.KmsKeyId '.*' is not supported/)
    const provisioned = { ThroughputMode: 'Provisioned', ProvisionedReadCapacityUnits: 1 }
    expect(await refusal({ ThroughputConfig: provisioned })).toMatch(/'Provisioned' is not supported/)
    const onDemand = { ThroughputMode: 'OnDemand', ProvisionedWriteCapacityUnits: 1 }
    expect(await refusal({ ThroughputConfig: onDemand })).toMatch(/not applicable/)
  })

  it('need a valid place for the history', async () => {
    for (const S3Uri of ['', 'bucket', 's3://', 'ftp://bucket/x', 's3:///x']) {
      expect(await refusal({ OfflineStoreConfig: { S3StorageConfig: { S3Uri } } })).toContain('Invalid S3Uri provided')
    }
    const group = await createAndDescribe({ OfflineStoreConfig: { S3StorageConfig: { S3Uri: 's3://bucket//' } } })
    expect(group.OfflineStoreConfig?.S3StorageConfig).toEqual({
      S3Uri: 's3://bucket//',
      ResolvedOutputS3Uri: 's3://bucket/123456789012/sagemaker/us-east-1/offline-store/my-orders-1700000000/data',
    })
  })
})

describe('the table of a new group', () => {
  const config = (DataCatalogConfig: object | undefined, more: object = {}) => ({
    OfflineStoreConfig: { ...OFFLINE, DataCatalogConfig, ...more },
  })
  const custom = { TableName: 'my_table', Catalog: 'AwsDataCatalog', Database: 'my_db' }

  it('has the names that were asked for, and its own without any', async () => {
    const group = await createAndDescribe(config(custom))
    expect(group.OfflineStoreConfig?.DataCatalogConfig).toEqual(custom)
  })

  it('has a name in lower case, whatever that of its group', async () => {
    const { stores } = openControlPlane()
    await createFeatureGroup(stores, groupRequest('My-Orders', { OfflineStoreConfig: OFFLINE }))
    const group = await describeFeatureGroup(stores, { FeatureGroupName: 'My-Orders' })
    expect(group.OfflineStoreConfig?.DataCatalogConfig?.TableName).toBe('my_orders_1700000000')
    expect(group.OfflineStoreConfig?.S3StorageConfig.ResolvedOutputS3Uri).toContain('/My-Orders-1700000000/')
  })

  it('is none when it shall not be created and no other is named', async () => {
    const group = await createAndDescribe(config(undefined, { DisableGlueTableCreation: true }))
    expect(group.OfflineStoreConfig).toMatchObject({ DisableGlueTableCreation: true })
    expect(group.OfflineStoreConfig).not.toHaveProperty('DataCatalogConfig')
  })

  it('may have any name when it is the user who creates it', async () => {
    const own = { ...custom, TableName: 'My-Table' }
    const group = await createAndDescribe(config(own, { DisableGlueTableCreation: true }))
    expect(group.OfflineStoreConfig?.DataCatalogConfig).toEqual(own)
  })

  it('needs lower-case names in the one catalog there is', async () => {
    expect(await refusal(config({ ...custom, TableName: 'My_table' }))).toMatch(/TableName 'My_table'/)
    expect(await refusal(config({ ...custom, Database: 'my-db' }))).toMatch(/Database 'my-db'/)
    expect(await refusal(config({ ...custom, Catalog: 'Other' }))).toMatch(/It must be AwsDataCatalog/)
    expect(await refusal(config({ TableName: 'my_table' }))).toMatch(/2 validation errors detected/)
  })

  it('is created when it is an Iceberg one', async () => {
    const disabled = { DisableGlueTableCreation: true, TableFormat: 'Iceberg' }
    expect(await refusal(config(custom, disabled))).toMatch(/only supported when DisableGlueTableCreation is false/)
  })
})

describe('the features of a new group', () => {
  it('have the identifier and the event time among them', async () => {
    expect(await refusal({ RecordIdentifierFeatureName: 'ID' })).toMatch(/RecordIdentifierFeatureName 'ID' must be/)
    expect(await refusal({ EventTimeFeatureName: 'other' })).toMatch(/EventTimeFeatureName 'other' must be/)
    expect(await refusal({ EventTimeFeatureName: 'id' })).toMatch(/are both 'id'/)
    expect(await refusal({ EventTimeFeatureName: 'count' })).toMatch(/must be String or Fractional/)
  })

  it('have no collection as identifier or event time', async () => {
    const list = { FeatureName: 'list', FeatureType: 'String', CollectionType: 'List' }
    const more = definitions(list)
    expect(await refusal({ ...more, RecordIdentifierFeatureName: 'list' })).toMatch(/'list' is a List/)
    expect(await refusal({ ...more, EventTimeFeatureName: 'list' })).toMatch(/'list' is a List/)
  })

  it('have names of their own, whatever their case', async () => {
    expect(await refusal(definitions({ FeatureName: 'count', FeatureType: 'String' }))).toMatch(/more than once/)
    expect(await refusal(definitions({ FeatureName: 'COUNT', FeatureType: 'String' }))).toMatch(
      /'COUNT' differs from 'count' only in case/,
    )
  })

  it('have no name of a column that the history adds', async () => {
    const reserved = ['is_deleted', 'write_time', 'API_invocation_time', 'Year', 'month', 'day', 'HOUR']
    for (const FeatureName of [...reserved, 'temp_event_time_col']) {
      expect(await refusal(definitions({ FeatureName, FeatureType: 'String' }))).toMatch(/is reserved/)
    }
  })

  it('may have the names of what every JavaScript object has', async () => {
    const names = ['constructor', 'toString', 'valueOf', 'hasOwnProperty']
    const more = definitions(...names.map((FeatureName) => ({ FeatureName, FeatureType: 'String' })))
    expect((await createAndDescribe(more)).FeatureDefinitions).toEqual(more.FeatureDefinitions)
  })

  it('may be collections of every type, with one vector', async () => {
    const vector = (FeatureName: string) => ({
      FeatureName,
      FeatureType: 'Fractional',
      CollectionType: 'Vector',
      CollectionConfig: { VectorConfig: { Dimension: 8_192 } },
    })
    const list = { FeatureName: 'list', FeatureType: 'Integral', CollectionType: 'List' }
    const set = { FeatureName: 'set', FeatureType: 'String', CollectionType: 'Set' }
    const more = definitions(list, set, vector('v'))
    expect((await createAndDescribe(more)).FeatureDefinitions).toEqual(more.FeatureDefinitions)
    expect(await refusal(definitions(vector('v'), vector('w')))).toMatch(/vectors 'v' and 'w'/)
    expect(await refusal(definitions({ ...vector('v'), FeatureType: 'String' }))).toMatch(/It must be Fractional/)
    expect(await refusal(definitions({ ...vector('v'), CollectionConfig: undefined }))).toMatch(/needs a .*Dimension/)
    expect(await refusal(definitions({ ...vector('v'), CollectionType: 'List' }))).toMatch(/It must be Vector/)
    const CollectionConfig = { VectorConfig: { Dimension: 8_193 } }
    expect(await refusal(definitions({ ...vector('v'), CollectionConfig }))).toMatch(/less than or equal to 8192/)
  })

  it('are 2,500 at most', async () => {
    const many = (count: number) =>
      definitions(...Array.from({ length: count - 3 }, (_, n) => ({ FeatureName: `f${n}`, FeatureType: 'String' })))
    expect((await createAndDescribe(many(2_500))).FeatureDefinitions).toHaveLength(2_500)
    expect(await refusal(many(2_501))).toMatch(/less than or equal to 2500/)
  })

  it('are refused exactly when two names are the same in lower case', async () => {
    const name = fc.stringMatching(/^[xyXY][0-3]$/)
    await fc.assert(
      fc.asyncProperty(fc.array(name, { maxLength: 6 }), async (names) => {
        const more = definitions(...names.map((FeatureName) => ({ FeatureName, FeatureType: 'String' })))
        const isUnique = new Set(names.map((text) => text.toLowerCase())).size === names.length
        if (isUnique) expect((await createAndDescribe(more)).FeatureDefinitions).toHaveLength(names.length + 3)
        else expect(await refusal(more)).toMatch(/Names must be unique/)
      }),
    )
  })
})

describe('the constraints of CreateFeatureGroup', () => {
  it('are told all at once', async () => {
    const { stores } = openControlPlane()
    await expect(createFeatureGroup(stores, { FeatureGroupName: '-' })).rejects.toThrow(/^4 validation errors detected/)
  })

  it('refuse members that the model does not have', async () => {
    expect(await refusal({ Comment: 'x' })).toMatch(/'comment' failed .* not a member of this request/)
    expect(await refusal({ OnlineStoreConfig: { EnableOnlineStore: true, Enabled: true } })).toMatch(
      /onlineStoreConfig/,
    )
  })

  it('refuse names, roles and descriptions that break the model', async () => {
    const { stores } = openControlPlane()
    for (const name of ['', '-a', 'a-', 'a b', 'a'.repeat(65)]) {
      await expect(createFeatureGroup(stores, groupRequest(name))).rejects.toThrow(/at 'featureGroupName'/)
    }
    expect(await refusal({ RoleArn: 'arn:aws:iam::1:role/x-x-x-x-x' })).toMatch(/at 'roleArn'/)
    expect(await refusal({ Description: 'x'.repeat(129) })).toMatch(/at 'description'/)
    expect((await createAndDescribe({ Description: '😀'.repeat(128) })).Description).toHaveLength(256)
  })

  it('refuse tags of one key, of a reserved prefix and more than fifty', async () => {
    const tag = (Key: string) => ({ Key, Value: 'x' })
    expect(await refusal({ Tags: [tag('a'), tag('a')] })).toMatch(/'a' is there more than once/)
    expect(await refusal({ Tags: [tag('AWS:a')] })).toMatch(/prefix aws: is reserved/)
    expect(await refusal({ Tags: [tag('a*')] })).toMatch(/regular expression/)
    expect(await refusal({ Tags: Array.from({ length: 51 }, (_, n) => tag(`k${n}`)) })).toMatch(
      /less than or equal to 50/,
    )
  })
})
