import type { FeatureGroup } from '../../store/groups/feature-group.ts'
import { GROUP, GROUP_REQUEST } from '../records.ts'

/** The group of the bench's records as the catalog of a deployment has it. */
export const group: FeatureGroup = {
  groupId: '0123456789abcdef-8',
  revision: 1,
  FeatureGroupName: GROUP,
  FeatureGroupArn: `arn:aws:sagemaker:us-east-1:123456789012:feature-group/${GROUP}`,
  RecordIdentifierFeatureName: GROUP_REQUEST.RecordIdentifierFeatureName,
  EventTimeFeatureName: GROUP_REQUEST.EventTimeFeatureName,
  FeatureDefinitions: GROUP_REQUEST.FeatureDefinitions,
  OnlineStoreConfig: { StorageType: 'Standard' },
  OfflineStoreConfig: {
    S3StorageConfig: { S3Uri: 's3://bench/offline', ResolvedOutputS3Uri: 's3://bench/offline/loans' },
    DisableGlueTableCreation: false,
    DataCatalogConfig: { TableName: 'loans_1', Catalog: 'AwsDataCatalog', Database: 'cairn_offline' },
  },
  Tags: [],
  creationTime: 0,
  lastModifiedTime: 0,
  isUpdated: false,
  additions: [],
}
