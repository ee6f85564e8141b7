import type { CreateFeatureGroupRequest, FeatureDefinition, StorageType } from '@aws-sdk/client-sagemaker'
import type { Duration } from '../arguments/duration.ts'

/** Where the history of a group goes unless it is told; the embedded store keeps it in its own data directory. */
export const DEFAULT_OFFLINE_URI = 's3://cairn-local/'

/** A feature group as a person asks for it. */
export interface GroupPlan {
  name: string
  identifier: string
  eventTime: string
  features: FeatureDefinition[]
  /** False for a group without an online store. */
  online: { ttl?: Duration; storage?: StorageType } | false
  /** The S3 URI of the offline store; false for a group without one. */
  offline: string | false
}

/** The request that makes the planned group. */
export function createGroupParams(plan: GroupPlan): CreateFeatureGroupRequest {
  const params: CreateFeatureGroupRequest = {
    FeatureGroupName: plan.name,
    RecordIdentifierFeatureName: plan.identifier,
    EventTimeFeatureName: plan.eventTime,
    FeatureDefinitions: plan.features,
  }
  if (plan.online !== false) {
    const { ttl, storage } = plan.online
    params.OnlineStoreConfig = { EnableOnlineStore: true, StorageType: storage, TtlDuration: ttl }
  }
  if (plan.offline !== false) params.OfflineStoreConfig = { S3StorageConfig: { S3Uri: plan.offline } }
  return params
}
