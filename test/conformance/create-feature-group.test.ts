import {
  CreateFeatureGroupCommand,
  DescribeFeatureGroupCommand,
  type FeatureDefinition,
  ResourceInUse,
  ResourceNotFound,
} from '@aws-sdk/client-sagemaker'
import { describe, expect, it } from 'vitest'
import { createGroup, type GroupInput, groupRequest, sageMaker, uniqueName } from './deployment.ts'
import { errorOf, expectSageMakerError } from './errors.ts'

function describeGroup(FeatureGroupName: string, NextToken?: string) {
  return sageMaker.send(new DescribeFeatureGroupCommand({ FeatureGroupName, ...(NextToken && { NextToken }) }))
}

/** That the request is refused, and that no group came of it. */
async function expectRefused(input: GroupInput, text: string): Promise<void> {
  const request = groupRequest(input)
  const call = sageMaker.send(new CreateFeatureGroupCommand(request))
  await expectSageMakerError(call, 'ValidationException', text)
  const name = String(request.FeatureGroupName)
  if (/^[\w-]{1,64}$/.test(name)) await expect(describeGroup(name)).rejects.toBeInstanceOf(ResourceNotFound)
}

describe('CreateFeatureGroup', () => {
  it('answers the ARN, and DescribeFeatureGroup tells what was created', async () => {
    const before = Math.floor(Date.now() / 1000)
    const FeatureGroupName = uniqueName()
    const input = {
      FeatureGroupName,
      Description: 'Orders of the shop, é 🦉',
      OnlineStoreConfig: { EnableOnlineStore: true, TtlDuration: { Unit: 'Days' as const, Value: 3 } },
      Tags: [{ Key: 'team', Value: 'shop' }],
    }
    const { name, arn } = await createGroup(input)
    expect(arn).toMatch(new RegExp(`^arn:aws:sagemaker:[a-z0-9-]+:\\d{12}:feature-group/${name}$`))
    const described = await describeGroup(name)
    expect(described).toMatchObject({
      FeatureGroupArn: arn,
      FeatureGroupName: name,
      RecordIdentifierFeatureName: 'id',
      EventTimeFeatureName: 'time',
      FeatureDefinitions: groupRequest().FeatureDefinitions,
      OnlineStoreConfig: { EnableOnlineStore: true, StorageType: 'Standard', TtlDuration: { Unit: 'Days', Value: 3 } },
      OfflineStoreConfig: {
        S3StorageConfig: { S3Uri: 's3://conformance/offline' },
        DisableGlueTableCreation: false,
        DataCatalogConfig: { Catalog: 'AwsDataCatalog', Database: expect.stringMatching(/^[a-z0-9_]+$/) },
      },
      ThroughputConfig: { ThroughputMode: 'OnDemand' },
      RoleArn: 'arn:aws:iam::000000000000:role/feature-store',
      FeatureGroupStatus: 'Created',
      OfflineStoreStatus: { Status: 'Active' },
      Description: 'Orders of the shop, é 🦉',
    })
    const { CreationTime, LastModifiedTime, LastUpdateStatus, FailureReason, NextToken } = described
    expect({ LastUpdateStatus, FailureReason, NextToken }).toEqual({})
    expect(CreationTime).toBeInstanceOf(Date)
    expect(CreationTime?.getTime()).toBeGreaterThanOrEqual(before * 1000)
    expect(LastModifiedTime).toEqual(CreationTime)
    const epoch = Math.floor(Number(CreationTime) / 1000)
    expect(described.OfflineStoreConfig?.DataCatalogConfig?.TableName).toBe(`${name.replaceAll('-', '_')}_${epoch}`)
    // A place of the service's choice, below the S3Uri or not, that is the group's alone.
    const place = described.OfflineStoreConfig?.S3StorageConfig?.ResolvedOutputS3Uri
    expect(place?.replaceAll('-', '_')).toMatch(new RegExp(`^s3://.+/${name.replaceAll('-', '_')}_${epoch}/.+`))
  })
  it('is found by its ARN', async () => {
    const { name, arn } = await createGroup()
    expect((await describeGroup(arn)).FeatureGroupName).toBe(name)
  })
  it('leaves out the store that was not asked for', async () => {
    const online = await describeGroup((await createGroup({ OfflineStoreConfig: null })).name)
    expect(online.OfflineStoreConfig).toBeUndefined()
    expect(online.OfflineStoreStatus).toBeUndefined()
    const offline = await describeGroup((await createGroup({ OnlineStoreConfig: null })).name)
    expect(offline.OnlineStoreConfig).toBeUndefined()
  })
  it.each([
    'Standard',
    'Standard_V2',
    'InMemory',
  ] as const)('takes and echoes the storage type %s', async (StorageType) => {
    const { name } = await createGroup({ OnlineStoreConfig: { EnableOnlineStore: true, StorageType } })
    expect((await describeGroup(name)).OnlineStoreConfig).toMatchObject({ StorageType })
  })
  it.each(['Default', 'Glue', 'Iceberg'] as const)('takes and echoes the table format %s', async (TableFormat) => {
    const OfflineStoreConfig = { S3StorageConfig: { S3Uri: 's3://bucket/prefix/' }, TableFormat }
    const { name } = await createGroup({ OfflineStoreConfig })
    expect((await describeGroup(name)).OfflineStoreConfig).toMatchObject({ TableFormat })
  })
  it('takes the name of the table to create', async () => {
    const table = { TableName: `orders_of_${uniqueName().replaceAll('-', '_')}`, Catalog: 'AwsDataCatalog' }
    const DataCatalogConfig = { ...table, Database: 'sagemaker_featurestore' }
    const OfflineStoreConfig = { S3StorageConfig: { S3Uri: 's3://bucket' }, DataCatalogConfig }
    const { name } = await createGroup({ OfflineStoreConfig })
    expect((await describeGroup(name)).OfflineStoreConfig).toMatchObject({ DataCatalogConfig: table })
  })
  it('tells collections with their configuration', async () => {
    const FeatureDefinitions: FeatureDefinition[] = [
      { FeatureName: 'id', FeatureType: 'String' },
      { FeatureName: 'time', FeatureType: 'Fractional' },
      { FeatureName: 'list', FeatureType: 'Integral', CollectionType: 'List' },
      { FeatureName: 'set', FeatureType: 'String', CollectionType: 'Set' },
      {
        FeatureName: 'vector',
        FeatureType: 'Fractional',
        CollectionType: 'Vector',
        CollectionConfig: { VectorConfig: { Dimension: 8_192 } },
      },
    ]
    const { name } = await createGroup({ FeatureDefinitions })
    expect((await describeGroup(name)).FeatureDefinitions).toEqual(FeatureDefinitions)
  })
  it('takes 2,500 features, and DescribeFeatureGroup tells them all in order', async () => {
    const FeatureDefinitions = ['id', 'time', ...Array.from({ length: 2_498 }, (_, index) => `feature_${index}`)].map(
      (FeatureName) => ({ FeatureName, FeatureType: 'String' as const }),
    )
    const { name } = await createGroup({ FeatureDefinitions })
    const described: FeatureDefinition[] = []
    let NextToken: string | undefined
    do {
      const page = await describeGroup(name, NextToken)
      described.push(...(page.FeatureDefinitions ?? []))
      NextToken = page.NextToken
    } while (NextToken !== undefined)
    expect(described).toEqual(FeatureDefinitions)
  })
})

describe('CreateFeatureGroup answers ResourceInUse', () => {
  it('for a name that is taken, and leaves the group as it is', async () => {
    const { name } = await createGroup({ Description: 'first' })
    const request = groupRequest({ FeatureGroupName: name, Description: 'second' })
    const call = sageMaker.send(new CreateFeatureGroupCommand(request))
    expect(await errorOf(call)).toBeInstanceOf(ResourceInUse)
    const again = sageMaker.send(new CreateFeatureGroupCommand(request))
    await expectSageMakerError(again, 'ResourceInUse', `FeatureGroup with name ${name} already exists`)
    expect((await describeGroup(name)).Description).toBe('first')
  })
  it('to all but one of many that create it at the same time', async () => {
    const { name: FeatureGroupName } = await createGroup()
    const creations = Array.from({ length: 8 }, () =>
      errorOf(sageMaker.send(new CreateFeatureGroupCommand(groupRequest({ FeatureGroupName })))),
    )
    for (const error of await Promise.all(creations)) expect(error).toBeInstanceOf(ResourceInUse)
  })
})

const definition = (FeatureName: string, FeatureType: 'String' | 'Integral' | 'Fractional' = 'String') => ({
  FeatureName,
  FeatureType,
})
const keys = [definition('id'), definition('time')]

const REFUSED: { what: string; input: GroupInput; text: string }[] = [
  { what: 'no store', input: { OnlineStoreConfig: null, OfflineStoreConfig: null }, text: 'cannot be both disabled' },
  {
    what: 'an online store that is not enabled, and no other',
    input: { OnlineStoreConfig: { EnableOnlineStore: false }, OfflineStoreConfig: null },
    text: 'cannot be both disabled',
  },
  { what: 'a name with a space', input: { FeatureGroupName: 'a b' }, text: "'a b'" },
  { what: 'a name of 65 characters', input: { FeatureGroupName: 'a'.repeat(65) }, text: 'featureGroupName' },
  { what: 'an empty name', input: { FeatureGroupName: '' }, text: 'featureGroupName' },
  { what: 'no name', input: { FeatureGroupName: undefined }, text: 'featureGroupName' },
  {
    what: 'an identifier that is no feature',
    input: { RecordIdentifierFeatureName: 'key' },
    text: "RecordIdentifierFeatureName 'key'",
  },
  {
    what: 'an event time that is no feature',
    input: { EventTimeFeatureName: 'when' },
    text: "EventTimeFeatureName 'when'",
  },
  { what: 'an Integral event time', input: { EventTimeFeatureName: 'count' }, text: "'count'" },
  { what: 'one feature for both', input: { EventTimeFeatureName: 'id' }, text: "'id'" },
  {
    what: 'a collection as its identifier',
    input: { FeatureDefinitions: [{ ...definition('id'), CollectionType: 'List' }, definition('time')] },
    text: "'id'",
  },
  { what: 'no features', input: { FeatureDefinitions: [] }, text: 'featureDefinitions' },
  {
    what: '2,501 features',
    input: { FeatureDefinitions: Array.from({ length: 2_501 }, (_, index) => definition(`feature_${index}`)) },
    text: 'length less than or equal to 2500',
  },
  {
    what: 'a feature that is defined twice',
    input: { FeatureDefinitions: [...keys, definition('a'), definition('a', 'Integral')] },
    text: "'a'",
  },
  {
    what: 'features that differ only in case',
    input: { FeatureDefinitions: [...keys, definition('Price'), definition('price')] },
    text: "'price' differs from 'Price' only in case",
  },
  ...['is_deleted', 'write_time', 'api_invocation_time', 'Write_Time'].map((name) => ({
    what: `the reserved name ${name}`,
    input: { FeatureDefinitions: [...keys, definition(name)] },
    text: `'${name}'`,
  })),
  ...['_private', 'a b', 'a.b', 'trailing_', 'naïve', 'a'.repeat(65)].map((name) => ({
    what: `the feature name ${name}`,
    input: { FeatureDefinitions: [...keys, definition(name)] },
    text: 'featureDefinitions.3.member.featureName',
  })),
  {
    what: 'a feature type that is none',
    input: { FeatureDefinitions: [...keys, definition('a', 'Boolean' as 'String')] },
    text: "'Boolean'",
  },
  {
    what: 'a Vector that is not Fractional',
    input: { FeatureDefinitions: [...keys, vector('v', 3, 'Integral')] },
    text: "'Integral'",
  },
  {
    what: 'two Vectors',
    input: { FeatureDefinitions: [...keys, vector('v', 3), vector('w', 3)] },
    text: "'v' and 'w'",
  },
  { what: 'a dimension of 0', input: { FeatureDefinitions: [...keys, vector('v', 0)] }, text: "'0'" },
  { what: 'a dimension of 8,193', input: { FeatureDefinitions: [...keys, vector('v', 8_193)] }, text: "'8193'" },
  {
    what: 'a Vector without a dimension',
    input: { FeatureDefinitions: [...keys, { ...definition('v', 'Fractional'), CollectionType: 'Vector' }] },
    text: "'v'",
  },
  {
    what: 'provisioned throughput',
    input: {
      ThroughputConfig: {
        ThroughputMode: 'Provisioned',
        ProvisionedReadCapacityUnits: 1,
        ProvisionedWriteCapacityUnits: 1,
      },
    },
    text: "'Provisioned' is not supported",
  },
  {
    what: 'a key of its own for the online store',
    input: { OnlineStoreConfig: { EnableOnlineStore: true, SecurityConfig: { KmsKeyId: 'key-1' } } },
    text: "'key-1' is not supported",
  },
  {
    what: 'a key of its own for the offline store',
    input: { OfflineStoreConfig: { S3StorageConfig: { S3Uri: 's3://bucket', KmsKeyId: 'key-1' } } },
    text: "'key-1' is not supported",
  },
  {
    what: 'a place that is not on S3',
    input: { OfflineStoreConfig: { S3StorageConfig: { S3Uri: '/tmp/offline' } } },
    text: "'/tmp/offline'",
  },
  {
    what: 'Iceberg without a table',
    input: {
      OfflineStoreConfig: {
        S3StorageConfig: { S3Uri: 's3://bucket' },
        TableFormat: 'Iceberg',
        DisableGlueTableCreation: true,
      },
    },
    text: 'Iceberg',
  },
  {
    what: 'another catalog',
    input: {
      OfflineStoreConfig: {
        S3StorageConfig: { S3Uri: 's3://bucket' },
        DataCatalogConfig: { TableName: 'orders', Catalog: 'Hive', Database: 'shop' },
      },
    },
    text: "'Hive'",
  },
  { what: 'a description of 129 characters', input: { Description: 'x'.repeat(129) }, text: 'description' },
  { what: 'a role that is none', input: { RoleArn: 'arn:aws:iam::1:user/somebody' }, text: 'roleArn' },
  {
    what: '51 tags',
    input: { Tags: Array.from({ length: 51 }, (_, index) => ({ Key: `key-${index}`, Value: '' })) },
    text: 'length less than or equal to 50',
  },
  {
    what: 'a time to live without a unit',
    input: { OnlineStoreConfig: { EnableOnlineStore: true, TtlDuration: { Value: 1 } } },
    text: 'TtlDuration',
  },
]

function vector(FeatureName: string, Dimension: number, FeatureType: 'Fractional' | 'Integral' = 'Fractional') {
  const CollectionConfig = { VectorConfig: { Dimension } }
  return { FeatureName, FeatureType, CollectionType: 'Vector' as const, CollectionConfig }
}

describe('CreateFeatureGroup refuses', () => {
  it.each(REFUSED)('$what', async ({ input, text }) => {
    await expectRefused(input, text)
  })
})

describe('DescribeFeatureGroup', () => {
  it('answers ResourceNotFound for an unknown name', async () => {
    const name = uniqueName()
    expect(await errorOf(describeGroup(name))).toBeInstanceOf(ResourceNotFound)
    await expectSageMakerError(describeGroup(name), 'ResourceNotFound', name)
  })
  it('answers ResourceNotFound for ARNs of another region and another account', async () => {
    const { arn } = await createGroup()
    for (const other of [
      arn.replace(/^(arn:[^:]*:[^:]*):[^:]*/, '$1:ap-south-2'),
      arn.replace(/:\d{12}:/, ':999999999999:'),
    ]) {
      await expectSageMakerError(describeGroup(other), 'ResourceNotFound', other)
    }
  })
  it('refuses a name that none can be, and a NextToken that it never gave', async () => {
    const { name } = await createGroup()
    await expectSageMakerError(describeGroup('a b'), 'ValidationException', "'a b'")
    await expectSageMakerError(describeGroup(name, 'made-up'), 'ValidationException', "'made-up'")
  })
})
