import type { Input } from './request.ts'
import { arnOf, EVENT_TIME, GROUP, KEYS, WIDE_DEFINITIONS, wideRecord } from './seeded-store.ts'
import type { OperationName } from './shapes.ts'

const TTL = { Unit: 'Weeks', Value: 500 }
const BOTH_STORES = ['OnlineStore', 'OfflineStore']
const wide = { FeatureGroupName: GROUP.wide }

/** Inputs that every operation accepts on the seeded store: one with every member that can be there, and a small one. */
export function validInputs(recordsToken: string): { [operation in OperationName]: [full: Input, small: Input] } {
  return {
    PutRecord: [
      { ...wide, Record: wideRecord('a'), TargetStores: BOTH_STORES, TtlDuration: TTL },
      { FeatureGroupName: arnOf(GROUP.wide), Record: wideRecord('b').slice(0, 2) },
    ],
    GetRecord: [
      {
        ...wide,
        RecordIdentifierValueAsString: 'seed',
        FeatureNames: ['id', 'text'],
        ExpirationTimeResponse: 'Enabled',
      },
      { FeatureGroupName: arnOf(GROUP.wide), RecordIdentifierValueAsString: 'seed' },
    ],
    DeleteRecord: [
      {
        ...wide,
        RecordIdentifierValueAsString: 'seed',
        EventTime: '2025-07-01T00:00:00Z',
        TargetStores: BOTH_STORES,
        DeletionMode: 'HardDelete',
      },
      { FeatureGroupName: GROUP.numbers, RecordIdentifierValueAsString: '1', EventTime: '1700000001' },
    ],
    BatchGetRecord: [
      {
        Identifiers: [
          { ...wide, RecordIdentifiersValueAsString: ['seed', 'other'], FeatureNames: ['id', 'text'] },
          { FeatureGroupName: arnOf(GROUP.numbers), RecordIdentifiersValueAsString: ['1'] },
        ],
        ExpirationTimeResponse: 'Disabled',
      },
      { Identifiers: [{ ...wide, RecordIdentifiersValueAsString: ['seed'] }] },
    ],
    BatchWriteRecord: [
      {
        Entries: [{ ...wide, Record: wideRecord('a'), TargetStores: BOTH_STORES, TtlDuration: TTL }],
        TtlDuration: TTL,
      },
      { Entries: [{ ...wide, Record: wideRecord('b').slice(0, 2) }] },
    ],
    ListRecords: [
      { ...wide, MaxResults: 10, NextToken: recordsToken, IncludeSoftDeletedRecords: true },
      { FeatureGroupName: arnOf(GROUP.wide) },
    ],
    UpdateRecord: [
      {
        ...wide,
        RecordIdentifierValueAsString: 'seed',
        Features: wideRecord('seed'),
        TargetStores: BOTH_STORES,
        TtlDuration: TTL,
      },
      {
        ...wide,
        RecordIdentifierValueAsString: 'seed',
        Features: [{ FeatureName: 'time', ValueAsString: EVENT_TIME }, { FeatureName: 'text' }],
      },
    ],
    CreateFeatureGroup: [
      {
        FeatureGroupName: 'created',
        ...KEYS,
        FeatureDefinitions: WIDE_DEFINITIONS,
        OnlineStoreConfig: {
          EnableOnlineStore: true,
          SecurityConfig: {},
          TtlDuration: TTL,
          StorageType: 'Standard',
        },
        OfflineStoreConfig: {
          S3StorageConfig: { S3Uri: 's3://bucket/prefix', ResolvedOutputS3Uri: 's3://bucket/other' },
          DisableGlueTableCreation: false,
          DataCatalogConfig: { TableName: 'a_table', Catalog: 'AwsDataCatalog', Database: 'a_database' },
          TableFormat: 'Iceberg',
        },
        ThroughputConfig: { ThroughputMode: 'OnDemand' },
        RoleArn: 'arn:aws:iam::000000000000:role/store',
        Description: 'made by a test',
        Tags: [
          { Key: 'team', Value: 'fraud' },
          { Key: 'stage', Value: '' },
        ],
      },
      {
        FeatureGroupName: 'created-small',
        ...KEYS,
        FeatureDefinitions: WIDE_DEFINITIONS.slice(0, 2),
        OnlineStoreConfig: { EnableOnlineStore: true },
      },
    ],
    DescribeFeatureGroup: [wide, { FeatureGroupName: arnOf(GROUP.wide) }],
    ListFeatureGroups: [
      {
        NameContains: 'i',
        FeatureGroupStatusEquals: 'Created',
        OfflineStoreStatusEquals: 'Active',
        CreationTimeAfter: 1_000_000_000,
        CreationTimeBefore: 4_000_000_000.5,
        SortOrder: 'Descending',
        SortBy: 'Name',
        MaxResults: 10,
      },
      {},
    ],
    UpdateFeatureGroup: [
      { ...wide, FeatureAdditions: [{ FeatureName: 'added', FeatureType: 'String', CollectionType: 'Set' }] },
      { ...wide, OnlineStoreConfig: { TtlDuration: TTL, StorageType: 'Standard_V2' } },
    ],
    DeleteFeatureGroup: [wide, { FeatureGroupName: GROUP.numbers }],
    UpdateFeatureMetadata: [
      {
        ...wide,
        FeatureName: 'text',
        Description: 'free text',
        ParameterAdditions: [{ Key: 'unit', Value: 'none' }],
        ParameterRemovals: ['old'],
      },
      { ...wide, FeatureName: 'ratio', Description: '' },
    ],
    DescribeFeatureMetadata: [
      { ...wide, FeatureName: 'count' },
      { FeatureGroupName: arnOf(GROUP.wide), FeatureName: 'id' },
    ],
    Search: [
      {
        Resource: 'FeatureGroup',
        SearchExpression: {
          Filters: [{ Name: 'FeatureGroupName', Operator: 'Contains', Value: 'i' }],
          SubExpressions: [
            { Filters: [{ Name: 'FeatureGroupStatus', Operator: 'Equals', Value: 'Created' }], Operator: 'Or' },
          ],
          Operator: 'And',
        },
        SortBy: 'CreationTime',
        SortOrder: 'Ascending',
        MaxResults: 10,
      },
      { Resource: 'FeatureMetadata' },
    ],
    AddTags: [
      {
        ResourceArn: arnOf(GROUP.wide),
        Tags: [
          { Key: 'team', Value: 'risk' },
          { Key: 'cost centre', Value: '7' },
        ],
      },
      { ResourceArn: arnOf(GROUP.numbers), Tags: [{ Key: 'a', Value: '' }] },
    ],
    ListTags: [{ ResourceArn: arnOf(GROUP.wide), MaxResults: 50 }, { ResourceArn: arnOf(GROUP.numbers) }],
    DeleteTags: [
      { ResourceArn: arnOf(GROUP.wide), TagKeys: ['team', 'other'] },
      { ResourceArn: arnOf(GROUP.numbers), TagKeys: ['a'] },
    ],
  }
}
