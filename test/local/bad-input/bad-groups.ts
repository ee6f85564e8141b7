import fc from 'fast-check'
import { unknownGroups } from './bad-keys.ts'
import type { ForbiddenInput } from './forbidden-input.ts'
import { type Raw, raw, type Tree } from './json.ts'
import type { Input } from './request.ts'
import { arnOf, GROUP, KEYS, WIDE_DEFINITIONS } from './seeded-store.ts'
import type { OperationName } from './shapes.ts'

const EXPLAINED = 'what cannot be'

function refused(...cases: [names: string[], input: Input][]): fc.Arbitrary<ForbiddenInput> {
  return fc.constantFrom(...cases).map(([names, input]) => ({ kind: EXPLAINED, input, names }))
}

/** A refusal because of a group, a feature or a tag that there is not. */
function notFound(input: (group: string) => Input): fc.Arbitrary<ForbiddenInput> {
  const found = unknownGroups.map((group) => ({
    kind: 'a group that there is not',
    input: input(group),
    code: 'ResourceNotFound',
    names: [group],
  }))
  return found
}

const badTokens = fc.oneof(fc.constant('AAAA'), fc.string({ unit: 'binary', minLength: 1, maxLength: 60 }))

function badToken(input: Input): fc.Arbitrary<ForbiddenInput> {
  return badTokens.map((NextToken) => ({
    kind: 'a token that was not given out',
    input: { ...input, NextToken },
    names: ['NextToken'],
  }))
}

function definitions(...added: Input[]): Input[] {
  return [...WIDE_DEFINITIONS.slice(0, 2), ...added]
}

function creation(changed: Input): Input {
  return {
    FeatureGroupName: 'created',
    ...KEYS,
    FeatureDefinitions: definitions(),
    OnlineStoreConfig: { EnableOnlineStore: true },
    ...changed,
  }
}

function withDefinition(FeatureName: string, more: Input = {}): Input {
  return creation({ FeatureDefinitions: definitions({ FeatureName, FeatureType: 'String', ...more }) })
}

function offline(changed: Input): Input {
  return creation({ OfflineStoreConfig: { S3StorageConfig: { S3Uri: 's3://bucket/a' }, ...changed } })
}

function table(changed: Input): Input {
  const config = { TableName: 'a_table', Catalog: 'AwsDataCatalog', Database: 'a_database', ...changed }
  return offline({ DataCatalogConfig: config })
}

const vector = (Dimension: number): Input => ({
  FeatureType: 'Fractional',
  CollectionType: 'Vector',
  CollectionConfig: { VectorConfig: { Dimension } },
})

const badCreations = fc.oneof(
  fc
    .constantFrom('is_deleted', 'write_time', 'Api_Invocation_Time', 'year', 'HOUR', 'temp_event_time_col')
    .map((name) => ({ kind: 'a reserved name', input: withDefinition(name), names: [name] })),
  fc
    .constantFrom('id', 'ID', 'Time', 'TIME')
    .map((name) => ({ kind: 'a name that is there', input: withDefinition(name), names: [name] })),
  fc.constantFrom(...Object.values(GROUP)).map((name) => ({
    kind: 'a group that is there',
    input: creation({ FeatureGroupName: name }),
    code: 'ResourceInUse',
    names: [name],
  })),
  fc.constantFrom('s3:/bucket', 'bucket', '', 'file:///tmp', 's3://', 'S3://bucket').map((uri) => ({
    kind: 'a place that is none',
    input: offline({ S3StorageConfig: { S3Uri: uri } }),
    names: [uri],
  })),
  refused(
    [['id'], creation({ EventTimeFeatureName: 'id' })],
    [['nope'], creation({ RecordIdentifierFeatureName: 'nope' })],
    [['nope'], creation({ EventTimeFeatureName: 'nope' })],
    [['count'], { ...withDefinition('count', { FeatureType: 'Integral' }), EventTimeFeatureName: 'count' }],
    [['list'], { ...withDefinition('list', { CollectionType: 'List' }), RecordIdentifierFeatureName: 'list' }],
    [['v'], withDefinition('v', { CollectionType: 'Vector' })],
    [['v'], withDefinition('v', { ...vector(3), FeatureType: 'Integral' })],
    [['v'], withDefinition('v', { FeatureType: 'Fractional', CollectionType: 'Vector', CollectionConfig: {} })],
    [['v'], withDefinition('v', { ...vector(3), CollectionType: 'List' })],
    [['v', 'w'], creation({ FeatureDefinitions: definitions(named('v', vector(3)), named('w', vector(3))) })],
    [['OnlineStore'], creation({ OnlineStoreConfig: { EnableOnlineStore: false } })],
    [['OnlineStore'], creation({ OnlineStoreConfig: null })],
    [['TtlDuration'], creation({ OnlineStoreConfig: { EnableOnlineStore: true, TtlDuration: { Unit: 'Days' } } })],
    [['TtlDuration'], creation({ OnlineStoreConfig: { TtlDuration: { Unit: 'Days', Value: 1 } } })],
    [['a-key'], creation({ OnlineStoreConfig: { EnableOnlineStore: true, SecurityConfig: { KmsKeyId: 'a-key' } } })],
    [['a-key'], offline({ S3StorageConfig: { S3Uri: 's3://bucket/a', KmsKeyId: 'a-key' } })],
    [['Provisioned'], creation({ ThroughputConfig: { ThroughputMode: 'Provisioned' } })],
    [['OnDemand'], creation({ ThroughputConfig: { ThroughputMode: 'OnDemand', ProvisionedReadCapacityUnits: 1 } })],
    [['Iceberg'], offline({ TableFormat: 'Iceberg', DisableGlueTableCreation: true })],
    [['Other'], table({ Catalog: 'Other' })],
    [['A-Table'], table({ TableName: 'A-Table' })],
    [['a b'], table({ Database: 'a b' })],
    [['a'], creation({ Tags: [tag('a'), tag('a')] })],
    [['aws:x'], creation({ Tags: [tag('aws:x')] })],
  ),
)

function named(FeatureName: string, more: Input): Input {
  return { FeatureName, ...more }
}

function tag(Key: string): Input {
  return { Key, Value: 'b' }
}

function groupUpdate(changed: Input, FeatureGroupName: string = GROUP.wide): Input {
  return { FeatureGroupName, ...changed }
}

const added = (FeatureName: string, more: Input = {}): Input => ({
  FeatureAdditions: [{ FeatureName, FeatureType: 'String', ...more }],
})

const badGroupUpdates = fc.oneof(
  notFound((group) => groupUpdate(added('x'), group)),
  refused(
    [['FeatureAdditions'], groupUpdate({})],
    [
      ['FeatureAdditions', 'OnlineStoreConfig'],
      groupUpdate({ ...added('x'), OnlineStoreConfig: { StorageType: 'Standard_V2' } }),
    ],
    [['text'], groupUpdate(added('text'))],
    [['TEXT'], groupUpdate(added('TEXT'))],
    [['year'], groupUpdate(added('year'))],
    [['v'], groupUpdate(added('v', vector(3)))],
    [['InMemory'], groupUpdate({ OnlineStoreConfig: { StorageType: 'InMemory' } })],
    [['OnlineStore'], groupUpdate({ OnlineStoreConfig: { StorageType: 'Standard_V2' } }, GROUP.offline)],
    [['OnlineStoreConfig'], groupUpdate({ OnlineStoreConfig: {} })],
    [['Days'], groupUpdate({ OnlineStoreConfig: { TtlDuration: { Unit: 'Days' } } })],
    [['Provisioned'], groupUpdate({ ThroughputConfig: { ThroughputMode: 'Provisioned' } })],
  ),
)

const metadata = (changed: Input): Input => ({ FeatureGroupName: GROUP.wide, FeatureName: 'text', ...changed })

const parameters = (count: number): Tree[] =>
  Array.from({ length: count }, (_, index) => ({ Key: `k${index}`, Value: 'v' }))

const badMetadata = fc.oneof(
  notFound((FeatureGroupName) => metadata({ FeatureGroupName, Description: 'x' })),
  fc.constantFrom('nope', 'Text', 'constructor').map((FeatureName) => ({
    kind: 'a feature that there is not',
    input: metadata({ FeatureName, Description: 'x' }),
    code: 'ResourceNotFound',
    names: [FeatureName],
  })),
  refused(
    [['Description'], metadata({})],
    [
      ['k'],
      metadata({
        ParameterAdditions: [
          { Key: 'k', Value: 'a' },
          { Key: 'k', Value: 'b' },
        ],
      }),
    ],
    [['25'], metadata({ FeatureName: 'count', ParameterAdditions: parameters(25) })],
  ),
)

const search = (changed: Input): Input => ({ Resource: 'FeatureGroup', ...changed })
const filter = (Name: string, Operator: string, Value?: Tree): Input =>
  search({ SearchExpression: { Filters: [{ Name, Operator, ...(Value !== undefined && { Value }) }] } })

const expressions = (depth: number): Raw =>
  raw(`${'{"SubExpressions":['.repeat(depth)}{"Filters":[{"Name":"FeatureGroupName"}]}${']}'.repeat(depth)}`)

const badSearches = fc.oneof(
  badToken(search({})),
  refused(
    [['TrainingJob'], search({ Resource: 'TrainingJob' })],
    [['Nope'], search({ SortBy: 'Nope' })],
    [['Nope'], filter('Nope', 'Equals', 'a')],
    [['constructor'], filter('constructor', 'Equals', 'a')],
    [['__proto__'], filter('__proto__', 'Exists')],
    [['yesterday'], filter('CreationTime', 'GreaterThan', 'yesterday')],
    [['Equals'], filter('FeatureGroupName', 'Equals')],
    [
      ['20'],
      search({ SearchExpression: { Filters: Array.from({ length: 21 }, () => ({ Name: 'FeatureGroupName' })) } }),
    ],
    [['50'], search({ SearchExpression: expressions(60) })],
    [['50'], search({ SearchExpression: expressions(50_000) })],
  ),
)

const tags = (count: number): Tree[] => Array.from({ length: count }, (_, index) => tag(`k${index}`))

const badArns = fc.constantFrom(
  arnOf('nope'),
  'arn:aws:sagemaker:eu-west-1:000000000000:feature-group/wide',
  'arn:aws:sagemaker:us-east-1:000000000000:endpoint/wide',
  'arn:aws:sagemaker:us-east-1:000000000000:feature-group/wide/x',
)

function badArn(more: Input): fc.Arbitrary<ForbiddenInput> {
  return badArns.map((ResourceArn) => ({
    kind: 'an ARN of nothing that is here',
    input: { ResourceArn, ...more },
    code: 'ResourceNotFound',
    names: [ResourceArn.slice(ResourceArn.lastIndexOf('/') + 1)],
  }))
}

/** Inputs of the control plane that must be refused for what the store holds. */
export const FORBIDDEN_GROUPS: { [operation in OperationName]?: fc.Arbitrary<ForbiddenInput> } = {
  CreateFeatureGroup: badCreations,
  UpdateFeatureGroup: badGroupUpdates,
  UpdateFeatureMetadata: badMetadata,
  Search: badSearches,
  DescribeFeatureGroup: fc.oneof(
    notFound((FeatureGroupName) => ({ FeatureGroupName })),
    badToken({ FeatureGroupName: GROUP.wide }),
  ),
  DescribeFeatureMetadata: notFound((FeatureGroupName) => metadata({ FeatureGroupName })),
  DeleteFeatureGroup: fc.constantFrom('nope', 'Wide', 'constructor').map((FeatureGroupName) => ({
    kind: 'a group that there is not',
    input: { FeatureGroupName },
    code: 'ResourceNotFound',
    names: [FeatureGroupName],
  })),
  ListFeatureGroups: badToken({}),
  AddTags: fc.oneof<fc.Arbitrary<ForbiddenInput>[]>(
    badArn({ Tags: [tag('a')] }),
    fc.constant({
      kind: 'more than 50 tags',
      input: { ResourceArn: arnOf(GROUP.wide), Tags: tags(50) },
      code: 'ResourceLimitExceeded',
      names: ['51'],
    }),
    refused([['aws:x'], { ResourceArn: arnOf(GROUP.wide), Tags: [tag('aws:x')] }]),
  ),
  ListTags: fc.oneof(badArn({}), badToken({ ResourceArn: arnOf(GROUP.wide) })),
  DeleteTags: badArn({ TagKeys: ['a'] }),
}
