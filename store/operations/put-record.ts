import type { FeatureGroup, TtlDuration as Ttl } from '../groups/feature-group.ts'
import { schemaOf } from '../groups/feature-group.ts'
import { featureGroupNotFoundToWrite, withFeatureGroup } from '../groups/feature-group-name.ts'
import type { Put } from '../records/change.ts'
import { validateRecord } from '../records/record.ts'
import { resolveTarget } from '../records/target-stores.ts'
import { expiresAt, ttlSeconds } from '../records/time-to-live.ts'
import {
  FeatureGroupNameOrArn,
  type FeatureValue,
  objectOf,
  optional,
  Record,
  TargetStores,
  TtlDuration,
} from '../requests/model.ts'
import { parse } from '../requests/validation.ts'
import { type WriteStores, writeOne } from '../stores.ts'

const PutRecordRequest = objectOf({
  FeatureGroupName: FeatureGroupNameOrArn,
  Record,
  TargetStores: optional(TargetStores),
  TtlDuration: optional(TtlDuration),
})

/**
 * Writes one version of a record: online unless a newer one is there, offline always.
 * https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_feature_store_PutRecord.html
 */
export async function putRecord(stores: WriteStores, input: unknown): Promise<void> {
  const receivedAt = stores.now()
  const request = parse(PutRecordRequest, input, 'ValidationError')
  const put = await withFeatureGroup(stores, request.FeatureGroupName, featureGroupNotFoundToWrite, (group) =>
    toPut(group, request, receivedAt),
  )
  await writeOne(stores, put)
}

export interface PutRequest {
  Record: FeatureValue[]
  TargetStores?: string[] | null | undefined
  TtlDuration?: Ttl | null | undefined
}

/** The change that a put asks for. Throws ValidationError for a record or a store that the group does not allow. */
export function toPut(group: FeatureGroup, request: PutRequest, receivedAt: number): Put {
  const target = resolveTarget(group, request.TargetStores)
  const version = validateRecord(schemaOf(group), request.Record)
  const ttl = request.TtlDuration ?? group.OnlineStoreConfig?.TtlDuration
  return {
    kind: 'put',
    target,
    identifier: version.identifier,
    receivedAt,
    version: ttl === undefined ? version : { ...version, ...expiry(version.eventTime, ttl) },
  }
}

function expiry(eventTime: bigint, ttl: Ttl) {
  const seconds = ttlSeconds(ttl)
  return { ttlSeconds: seconds, expiresAt: expiresAt(eventTime, seconds) }
}
