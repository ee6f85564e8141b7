import type * as v from 'valibot'
import { ApiError, validationException } from '../api-error.ts'
import { createWithTable } from '../catalog/create-with-table.ts'
import { addDefinitions, assertKeyFeatures, MAX_DEFINITIONS } from '../groups/feature-definitions.ts'
import type { FeatureGroup } from '../groups/feature-group.ts'
import { featureGroupArn } from '../groups/feature-group-name.ts'
import { newGroupId } from '../groups/group-id.ts'
import { OfflineStoreConfig, resolveOfflineStore } from '../groups/offline-store-config.ts'
import { OnlineStoreConfig, resolveOnlineStore } from '../groups/online-store-config.ts'
import { assertTags } from '../groups/tags.ts'
import { assertOnDemand, ThroughputConfig } from '../groups/throughput-config.ts'
import {
  FeatureDefinition,
  FeatureGroupName,
  FeatureName,
  listOf,
  objectOf,
  optional,
  patternOf,
  stringOf,
  Tags,
} from '../requests/model.ts'
import { parse } from '../requests/validation.ts'
import type { ControlStores } from '../stores.ts'

const CreateFeatureGroupRequest = objectOf({
  FeatureGroupName,
  RecordIdentifierFeatureName: FeatureName,
  EventTimeFeatureName: FeatureName,
  FeatureDefinitions: listOf(FeatureDefinition, 1, MAX_DEFINITIONS),
  OnlineStoreConfig: optional(OnlineStoreConfig),
  OfflineStoreConfig: optional(OfflineStoreConfig),
  ThroughputConfig: optional(ThroughputConfig),
  RoleArn: optional(patternOf(20, 2_048, 'arn:aws[a-z\\-]*:iam::\\d{12}:role/?[a-zA-Z_0-9+=,.@\\-_/]+')),
  Description: optional(stringOf(0, 128)),
  Tags: optional(Tags),
})

/**
 * Creates a feature group, which is ready when this answers. Throws ResourceInUse when the name is taken,
 * ValidationException for a definition that is not allowed.
 * https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_CreateFeatureGroup.html
 */
export async function createFeatureGroup(stores: ControlStores, input: unknown): Promise<{ FeatureGroupArn: string }> {
  const group = toFeatureGroup(stores, parse(CreateFeatureGroupRequest, input, 'ValidationException'))
  const name = group.FeatureGroupName
  const isCreated =
    group.OfflineStoreConfig === undefined ? stores.catalog.create(group) : createWithTable(stores, group)
  if (await isCreated) return { FeatureGroupArn: group.FeatureGroupArn }
  throw new ApiError(
    'ResourceInUse',
    `Resource Already Exists: FeatureGroup with name ${name} already exists. Choose a different name.\nInfo: Feature Group '${name}' already exists.`,
  )
}

function toFeatureGroup(stores: ControlStores, request: v.InferOutput<typeof CreateFeatureGroupRequest>): FeatureGroup {
  const { FeatureGroupName: name, RecordIdentifierFeatureName, EventTimeFeatureName, RoleArn, Description } = request
  const { account, region } = stores
  const creationTime = stores.now()
  const FeatureDefinitions = addDefinitions([], request.FeatureDefinitions)
  assertKeyFeatures(FeatureDefinitions, request)
  assertOnDemand(request.ThroughputConfig)
  assertTags(request.Tags ?? [])
  const online = resolveOnlineStore(request.OnlineStoreConfig)
  const offline =
    request.OfflineStoreConfig == null
      ? undefined
      : resolveOfflineStore(request.OfflineStoreConfig, { account, region, name, creationTime })
  if (online === undefined && offline === undefined) throw validationException(NO_STORE)
  return {
    groupId: newGroupId(stores.shardCount),
    revision: 1,
    FeatureGroupName: name,
    FeatureGroupArn: featureGroupArn(stores, name),
    RecordIdentifierFeatureName,
    EventTimeFeatureName,
    FeatureDefinitions,
    ...(online !== undefined && { OnlineStoreConfig: online }),
    ...(offline !== undefined && { OfflineStoreConfig: offline }),
    ...(RoleArn != null && { RoleArn }),
    ...(Description != null && { Description }),
    Tags: request.Tags ?? [],
    creationTime,
    lastModifiedTime: creationTime,
    isUpdated: false,
    additions: [],
  }
}

const NO_STORE =
  'OnlineStore and OfflineStore cannot be both disabled. Please enable at least one of them and retry the request.'
