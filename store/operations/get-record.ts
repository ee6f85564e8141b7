import { type FeatureGroup, schemaOf } from '../groups/feature-group.ts'
import { featureGroupNotFound, withFeatureGroup } from '../groups/feature-group-name.ts'
import type { Version } from '../records/change.ts'
import { isoSeconds } from '../records/event-time.ts'
import { assertIdentifier, unknownFeature } from '../records/record.ts'
import { assertOnlineStore } from '../records/target-stores.ts'
import {
  ExpirationTimeResponse,
  FeatureGroupNameOrArn,
  FeatureName,
  listOf,
  objectOf,
  optional,
  ValueAsString,
} from '../requests/model.ts'
import { parse } from '../requests/validation.ts'
import type { ReadStores } from '../stores.ts'

const GetRecordRequest = objectOf({
  FeatureGroupName: FeatureGroupNameOrArn,
  RecordIdentifierValueAsString: ValueAsString,
  FeatureNames: optional(listOf(FeatureName, 1)),
  ExpirationTimeResponse: optional(ExpirationTimeResponse),
})

/**
 * The JSON text of GetRecord's answer: the live version of a record, or `{}`. It is text, so that a stored record is
 * answered as it lies there.
 * https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_feature_store_GetRecord.html
 */
export async function getRecord(stores: ReadStores, input: unknown): Promise<string> {
  const request = parse(GetRecordRequest, input, 'ValidationError')
  const group = await readableGroup(stores, request.FeatureGroupName, request.FeatureNames)
  assertIdentifier(request.RecordIdentifierValueAsString)
  const version = await stores.online.get(group.groupId, request.RecordIdentifierValueAsString, stores.now())
  if (version === undefined) return '{}'
  const record = `"Record":${project(version.features, request.FeatureNames)}`
  return `{${record}${expiresAtMember(version, request.ExpirationTimeResponse)}}`
}

/** The group of that name or ARN. Throws ValidationError unless it has an online store and all of these features. */
export async function readableGroup(
  stores: ReadStores,
  nameOrArn: string,
  featureNames: readonly string[] | null | undefined,
): Promise<FeatureGroup> {
  return await withFeatureGroup(stores, nameOrArn, featureGroupNotFound, (group) => {
    assertOnlineStore(group)
    const { features } = schemaOf(group)
    for (const name of featureNames ?? []) if (!features.has(name)) throw unknownFeature(name)
    return group
  })
}

/** The JSON text of a record with only the named features; nothing is added to them. */
export function project(features: string, names: readonly string[] | null | undefined): string {
  if (names == null) return features
  const record = JSON.parse(features) as { FeatureName: string }[]
  return JSON.stringify(record.filter((value) => names.includes(value.FeatureName)))
}

/** `,"ExpiresAt":"…"` when it was asked for and the record expires. */
export function expiresAtMember(version: Version, response: string | null | undefined): string {
  if (response !== 'Enabled' || version.expiresAt === undefined) return ''
  return `,"ExpiresAt":"${isoSeconds(version.expiresAt)}"`
}
