import { PutItemCommand, ScanCommand } from '@aws-sdk/client-dynamodb'
import { groupItem, pointerItem } from '../../store/catalog/items.ts'
import type { FeatureGroup } from '../../store/groups/feature-group.ts'
import type { Aws } from './lambda-environment.ts'

const group: FeatureGroup = {
  groupId: 'aaaa-4',
  revision: 1,
  FeatureGroupName: 'orders',
  FeatureGroupArn: 'arn:aws:sagemaker:us-east-1:123456789012:feature-group/orders',
  RecordIdentifierFeatureName: 'id',
  EventTimeFeatureName: 'time',
  FeatureDefinitions: ['id', 'time', 'text'].map((FeatureName) => ({ FeatureName, FeatureType: 'String' })),
  OnlineStoreConfig: { StorageType: 'Standard' },
  OfflineStoreConfig: {
    S3StorageConfig: { S3Uri: 's3://bucket', ResolvedOutputS3Uri: 's3://warehouse/orders_1' },
    DisableGlueTableCreation: false,
    DataCatalogConfig: { TableName: 'orders_1', Catalog: 'AwsDataCatalog', Database: 'cairn_offline' },
  },
  Tags: [],
  creationTime: 0,
  lastModifiedTime: 0,
  isUpdated: false,
  additions: [],
}

/** Creates the feature group `orders`, of both stores. */
export async function createOrders({ client, tables }: Aws): Promise<void> {
  for (const Item of [groupItem(group), pointerItem(group)]) {
    await client.send(new PutItemCommand({ TableName: tables.CATALOG_TABLE, Item }))
  }
}

/** The features of all live records of the online table, by identifier. */
export async function onlineFeatures({ client, tables }: Aws): Promise<{ [feature: string]: string | undefined }[]> {
  const { Items = [] } = await client.send(new ScanCommand({ TableName: tables.ONLINE_TABLE }))
  const live = Items.filter(({ d }) => d === undefined).map(({ f }) => Object.entries(f?.M ?? {}))
  const features = live.map((all) => Object.fromEntries(all.map(([name, value]) => [name, value.S])))
  return features.sort((a, b) => String(a['id']).localeCompare(String(b['id'])))
}
