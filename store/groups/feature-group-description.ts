import type { FeatureGroup } from './feature-group.ts'

/** What Describe and Search both answer about a group. Times are seconds since the epoch. */
export function featureGroupDescription(group: FeatureGroup) {
  const { OnlineStoreConfig, OfflineStoreConfig, RoleArn, Description } = group
  return {
    FeatureGroupArn: group.FeatureGroupArn,
    FeatureGroupName: group.FeatureGroupName,
    RecordIdentifierFeatureName: group.RecordIdentifierFeatureName,
    EventTimeFeatureName: group.EventTimeFeatureName,
    FeatureDefinitions: group.FeatureDefinitions,
    CreationTime: group.creationTime / 1000,
    LastModifiedTime: group.lastModifiedTime / 1000,
    ...(OnlineStoreConfig !== undefined && { OnlineStoreConfig: { EnableOnlineStore: true, ...OnlineStoreConfig } }),
    ...(OfflineStoreConfig !== undefined && { OfflineStoreConfig }),
    ...(RoleArn !== undefined && { RoleArn }),
    ...featureGroupStatus(group),
    ...(group.isUpdated && { LastUpdateStatus: { Status: 'Successful' } }),
    ...(Description !== undefined && { Description }),
  }
}

/** The statuses of a group that exists: there is nothing to wait for after its creation. */
export function featureGroupStatus(group: FeatureGroup) {
  return {
    FeatureGroupStatus: 'Created' as const,
    ...(group.OfflineStoreConfig !== undefined && { OfflineStoreStatus: { Status: 'Active' as const } }),
  }
}
