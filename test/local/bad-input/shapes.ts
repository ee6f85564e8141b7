/**
 * The inputs of all operations as the AWS service models have them (botocore, sagemaker-featurestore-runtime
 * 2020-07-01 and sagemaker 2017-07-24), written down apart from the code that they are a test of.
 */
export type Shape =
  | { type: 'string'; min: number; max: number; pattern?: RegExp; values?: readonly string[] }
  | { type: 'integer'; min: number; max: number }
  | { type: 'boolean' }
  | { type: 'timestamp' }
  | { type: 'list'; item: Shape; min: number; max: number }
  | { type: 'structure'; members: { [name: string]: Shape }; required: readonly string[] }

export type Structure = Extract<Shape, { type: 'structure' }>

const text = (min: number, max: number, pattern?: RegExp): Shape => ({
  type: 'string',
  min,
  max,
  ...(pattern !== undefined && { pattern }),
})
const oneOf = (...values: string[]): Shape => ({ type: 'string', min: 0, max: 1_000, values })
const integer = (min: number, max: number): Shape => ({ type: 'integer', min, max })
const list = (item: Shape, min: number, max: number): Shape => ({ type: 'list', item, min, max })
const boolean: Shape = { type: 'boolean' }
const timestamp: Shape = { type: 'timestamp' }

function structure(required: { [name: string]: Shape }, optional: { [name: string]: Shape } = {}): Structure {
  return { type: 'structure', members: { ...required, ...optional }, required: Object.keys(required) }
}

const MANY = Number.POSITIVE_INFINITY
const INT_32 = 2_147_483_647
const NAME = /^[a-zA-Z0-9]([-_]*[a-zA-Z0-9]){0,63}$/
const NAME_OR_ARN =
  /^(arn:aws[a-z-]*:sagemaker:[a-z0-9-]*:[0-9]{12}:feature-group\/)?([a-zA-Z0-9]([-_]*[a-zA-Z0-9]){0,63})$/
const TAG = /^[\p{L}\p{Z}\p{N}_.:/=+\-@]*$/u
const PARAMETER = /^[\p{L}\p{Z}\p{N}_.:/=+-]*$/u

const nameOrArn = text(1, 150, NAME_OR_ARN)
const longNameOrArn = text(1, 256, NAME_OR_ARN)
const name = text(1, 64, NAME)
const value = text(0, 358_400)
const featureValue = structure(
  { FeatureName: name },
  { ValueAsString: value, ValueAsStringList: list(value, 0, 358_400) },
)
const record = list(featureValue, 1, MANY)
const targetStores = list(oneOf('OnlineStore', 'OfflineStore'), 1, 2)
const ttlUnit = oneOf('Seconds', 'Minutes', 'Hours', 'Days', 'Weeks')
const ttl = structure({ Unit: ttlUnit, Value: integer(1, INT_32) })
const expiration = oneOf('Enabled', 'Disabled')

const runtime = {
  PutRecord: structure(
    { FeatureGroupName: nameOrArn, Record: record },
    { TargetStores: targetStores, TtlDuration: ttl },
  ),
  GetRecord: structure(
    { FeatureGroupName: nameOrArn, RecordIdentifierValueAsString: value },
    { FeatureNames: list(name, 1, MANY), ExpirationTimeResponse: expiration },
  ),
  DeleteRecord: structure(
    { FeatureGroupName: nameOrArn, RecordIdentifierValueAsString: value, EventTime: value },
    { TargetStores: targetStores, DeletionMode: oneOf('SoftDelete', 'HardDelete') },
  ),
  BatchGetRecord: structure(
    {
      Identifiers: list(
        structure(
          { FeatureGroupName: nameOrArn, RecordIdentifiersValueAsString: list(value, 1, 100) },
          { FeatureNames: list(name, 1, MANY) },
        ),
        1,
        100,
      ),
    },
    { ExpirationTimeResponse: expiration },
  ),
  BatchWriteRecord: structure(
    {
      Entries: list(
        structure({ FeatureGroupName: nameOrArn, Record: record }, { TargetStores: targetStores, TtlDuration: ttl }),
        1,
        25,
      ),
    },
    { TtlDuration: ttl },
  ),
  ListRecords: structure(
    { FeatureGroupName: nameOrArn },
    { MaxResults: integer(1, 100), NextToken: text(1, 8_192), IncludeSoftDeletedRecords: boolean },
  ),
  UpdateRecord: structure(
    { FeatureGroupName: nameOrArn, RecordIdentifierValueAsString: value, Features: record },
    { TargetStores: targetStores, TtlDuration: ttl },
  ),
}

const definition = structure(
  { FeatureName: name, FeatureType: oneOf('Integral', 'Fractional', 'String') },
  {
    CollectionType: oneOf('List', 'Set', 'Vector'),
    CollectionConfig: structure({}, { VectorConfig: structure({ Dimension: integer(1, 8_192) }) }),
  },
)
const defaultTtl = structure({}, { Unit: ttlUnit, Value: integer(1, INT_32) })
const storageType = oneOf('Standard', 'Standard_V2', 'InMemory')
const throughputMode = oneOf('OnDemand', 'Provisioned')
const capacity = {
  ProvisionedReadCapacityUnits: integer(0, 10_000_000),
  ProvisionedWriteCapacityUnits: integer(0, 10_000_000),
}
const kmsKey = text(0, 2_048, /^[a-zA-Z0-9:/_-]*$/)
const s3Uri = text(0, 1_024, /^(https|s3):\/\/([^/]+)\/?(.*)$/)
const catalogName = text(1, 255)
const tagKey = text(1, 128, TAG)
const tags = list(structure({ Key: tagKey, Value: text(0, 256, TAG) }), 0, 50)
const nextToken = text(0, 8_192)
const resourceArn = text(0, 256, /^arn:aws[a-z-]*:sagemaker:[a-z0-9-]*:[0-9]{12}:.+$/)
const parameter = text(1, 255, PARAMETER)
const sortOrder = oneOf('Ascending', 'Descending')
const property = text(1, 255, /^.+$/)

const filters = list(
  structure(
    { Name: property },
    {
      Operator: oneOf(
        'Equals',
        'NotEquals',
        'GreaterThan',
        'GreaterThanOrEqualTo',
        'LessThan',
        'LessThanOrEqualTo',
        'Contains',
        'Exists',
        'NotExists',
        'In',
      ),
      Value: text(1, 1_024, /^.+$/),
    },
  ),
  1,
  20,
)
const expressionMembers: { [name: string]: Shape } = {
  Filters: filters,
  NestedFilters: list(structure({ NestedPropertyName: property, Filters: filters }), 1, 20),
  Operator: oneOf('And', 'Or'),
}
const expression: Structure = { type: 'structure', members: expressionMembers, required: [] }
expressionMembers['SubExpressions'] = list(expression, 1, 20)

const controlPlane = {
  CreateFeatureGroup: structure(
    {
      FeatureGroupName: name,
      RecordIdentifierFeatureName: name,
      EventTimeFeatureName: name,
      FeatureDefinitions: list(definition, 1, 2_500),
    },
    {
      OnlineStoreConfig: structure(
        {},
        {
          SecurityConfig: structure({}, { KmsKeyId: kmsKey }),
          EnableOnlineStore: boolean,
          TtlDuration: defaultTtl,
          StorageType: storageType,
        },
      ),
      OfflineStoreConfig: structure(
        { S3StorageConfig: structure({ S3Uri: s3Uri }, { KmsKeyId: kmsKey, ResolvedOutputS3Uri: text(0, 1_024) }) },
        {
          DisableGlueTableCreation: boolean,
          DataCatalogConfig: structure({ TableName: catalogName, Catalog: catalogName, Database: catalogName }),
          TableFormat: oneOf('Default', 'Glue', 'Iceberg'),
        },
      ),
      ThroughputConfig: structure({ ThroughputMode: throughputMode }, capacity),
      RoleArn: text(20, 2_048, /^arn:aws[a-z-]*:iam::\d{12}:role\/?[a-zA-Z_0-9+=,.@\-_/]+$/),
      Description: text(0, 128),
      Tags: tags,
    },
  ),
  DescribeFeatureGroup: structure({ FeatureGroupName: longNameOrArn }, { NextToken: nextToken }),
  ListFeatureGroups: structure(
    {},
    {
      NameContains: text(1, 64),
      FeatureGroupStatusEquals: oneOf('Creating', 'Created', 'CreateFailed', 'Deleting', 'DeleteFailed'),
      OfflineStoreStatusEquals: oneOf('Active', 'Blocked', 'Disabled'),
      CreationTimeAfter: timestamp,
      CreationTimeBefore: timestamp,
      SortOrder: sortOrder,
      SortBy: oneOf('Name', 'FeatureGroupStatus', 'OfflineStoreStatus', 'CreationTime'),
      MaxResults: integer(1, 100),
      NextToken: nextToken,
    },
  ),
  UpdateFeatureGroup: structure(
    { FeatureGroupName: longNameOrArn },
    {
      FeatureAdditions: list(definition, 1, 100),
      OnlineStoreConfig: structure({}, { TtlDuration: defaultTtl, StorageType: storageType }),
      ThroughputConfig: structure({}, { ThroughputMode: throughputMode, ...capacity }),
    },
  ),
  DeleteFeatureGroup: structure({ FeatureGroupName: name }),
  UpdateFeatureMetadata: structure(
    { FeatureGroupName: longNameOrArn, FeatureName: name },
    {
      Description: text(0, 255),
      ParameterAdditions: list(structure({}, { Key: parameter, Value: parameter }), 0, 25),
      ParameterRemovals: list(parameter, 0, 25),
    },
  ),
  DescribeFeatureMetadata: structure({ FeatureGroupName: longNameOrArn, FeatureName: name }),
  Search: structure(
    { Resource: oneOf('FeatureGroup', 'FeatureMetadata') },
    {
      SearchExpression: expression,
      SortBy: property,
      SortOrder: sortOrder,
      NextToken: nextToken,
      MaxResults: integer(1, 100),
      CrossAccountFilterOption: oneOf('SameAccount', 'CrossAccount'),
      VisibilityConditions: list(structure({}, { Key: text(1, 128, TAG), Value: text(0, 256, TAG) }), 1, 5),
    },
  ),
  AddTags: structure({ ResourceArn: resourceArn, Tags: tags }),
  ListTags: structure({ ResourceArn: resourceArn }, { NextToken: nextToken, MaxResults: integer(50, INT_32) }),
  DeleteTags: structure({ ResourceArn: resourceArn, TagKeys: list(tagKey, 1, 50) }),
}

export const SHAPES = { ...runtime, ...controlPlane }

export type OperationName = keyof typeof SHAPES

export const OPERATIONS = Object.keys(SHAPES) as OperationName[]

/** True for an operation of the runtime API; the others are of the control plane. */
export function isRuntime(operation: OperationName): boolean {
  return operation in runtime
}
