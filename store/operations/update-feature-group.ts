import type * as v from 'valibot'
import { quote, validationException } from '../api-error.ts'
import { addFeatures } from '../catalog/add-features.ts'
import { changeFeatureGroup } from '../catalog/change-feature-group.ts'
import type { FeatureGroup, StorageType as Storage } from '../groups/feature-group.ts'
import { resolveTtl } from '../groups/online-store-config.ts'
import { assertOnDemand, ThroughputConfigUpdate } from '../groups/throughput-config.ts'
import {
  DefaultTtlDuration,
  FeatureDefinition,
  FeatureGroupNameOrLongArn,
  listOf,
  objectOf,
  optional,
  StorageType,
} from '../requests/model.ts'
import { parse } from '../requests/validation.ts'
import type { ControlStores } from '../stores.ts'

const OnlineStoreConfigUpdate = objectOf({
  TtlDuration: optional(DefaultTtlDuration),
  StorageType: optional(StorageType),
})

const UpdateFeatureGroupRequest = objectOf({
  FeatureGroupName: FeatureGroupNameOrLongArn,
  FeatureAdditions: optional(listOf(FeatureDefinition, 1, 100)),
  OnlineStoreConfig: optional(OnlineStoreConfigUpdate),
  ThroughputConfig: optional(ThroughputConfigUpdate),
})

type Update = v.InferOutput<typeof UpdateFeatureGroupRequest>

/**
 * Adds features to a group, or changes its default time to live or its storage type; in effect when this answers.
 * Throws ResourceNotFound, ResourceLimitExceeded, ResourceInUse and ValidationException.
 * https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_UpdateFeatureGroup.html
 */
export async function updateFeatureGroup(stores: ControlStores, input: unknown): Promise<{ FeatureGroupArn: string }> {
  const request = parse(UpdateFeatureGroupRequest, input, 'ValidationException')
  assertOneUpdate(request)
  assertOnDemand(request.ThroughputConfig)
  const { FeatureGroupName: name, FeatureAdditions: added, OnlineStoreConfig: online } = request
  const { FeatureGroupArn } = await (added == null
    ? changeFeatureGroup(stores, name, (group) => updated(group, online, stores.now()))
    : addFeatures(stores, name, added))
  return { FeatureGroupArn }
}

type OnlineUpdate = v.InferOutput<typeof OnlineStoreConfigUpdate>

function updated(group: FeatureGroup, online: OnlineUpdate | null | undefined, now: number): FeatureGroup {
  return { ...group, ...(online != null && withOnlineStore(group, online)), lastModifiedTime: now, isUpdated: true }
}

const UPDATES = ['FeatureAdditions', 'OnlineStoreConfig', 'ThroughputConfig'] as const

function assertOneUpdate(request: Update): void {
  const named = UPDATES.filter((update) => request[update] != null)
  if (named.length === 1) return
  throw validationException(
    `the request has ${named.length === 0 ? 'no update' : named.join(' and ')}. It must have one of ${UPDATES.join(', ')}.`,
  )
}

function withOnlineStore(
  group: FeatureGroup,
  { TtlDuration: ttl, StorageType: storage }: OnlineUpdate,
): Partial<FeatureGroup> {
  const current = group.OnlineStoreConfig
  if (current === undefined) {
    throw validationException(`Feature group '${group.FeatureGroupName}' has no OnlineStore to update.`)
  }
  if (ttl == null && storage == null) {
    throw validationException('OnlineStoreConfig is empty. It must have a TtlDuration or a StorageType.')
  }
  if (storage != null) assertMigration(current.StorageType, storage)
  const TtlDuration = ttl == null ? current.TtlDuration : resolveTtl(ttl)
  const StorageType = storage ?? current.StorageType
  return { OnlineStoreConfig: TtlDuration === undefined ? { StorageType } : { StorageType, TtlDuration } }
}

function assertMigration(from: Storage, to: Storage): void {
  if (from === to || (from === 'Standard' && to === 'Standard_V2')) return
  const allowed = from === 'Standard' ? 'Standard or Standard_V2' : from
  throw validationException(`StorageType ${quote(to)} is not possible after ${from}. It must be ${allowed}.`)
}
