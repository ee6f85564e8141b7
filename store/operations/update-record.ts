import type * as v from 'valibot'
import { ApiError, quote, validationError } from '../api-error.ts'
import { type FeatureGroup, type Schema, schemaOf } from '../groups/feature-group.ts'
import { featureGroupNotFound, withFeatureGroup } from '../groups/feature-group-name.ts'
import type { Outcome, Update } from '../records/change.ts'
import { parseEventTime } from '../records/event-time.ts'
import { assertIdentifier, MAX_RECORD_BYTES, type ValidFeature, validateFeatures } from '../records/record.ts'
import { assertOnlineStore, resolveTarget } from '../records/target-stores.ts'
import { expiresAt, ttlSeconds } from '../records/time-to-live.ts'
import {
  FeatureGroupNameOrArn,
  objectOf,
  optional,
  Record,
  TargetStores,
  TtlDuration,
  ValueAsString,
} from '../requests/model.ts'
import { parse } from '../requests/validation.ts'
import { type WriteStores, writeOne } from '../stores.ts'

const MAX_FEATURES = 100

const UpdateRecordRequest = objectOf({
  FeatureGroupName: FeatureGroupNameOrArn,
  RecordIdentifierValueAsString: ValueAsString,
  Features: Record,
  TargetStores: optional(TargetStores),
  TtlDuration: optional(TtlDuration),
})
type Request = v.InferOutput<typeof UpdateRecordRequest>

/**
 * Sets the named features of a live record and leaves the others; a feature without a value is removed. Throws
 * ResourceNotFound when there is no live record, ConflictException when the event time is older than its own.
 * https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_feature_store_UpdateRecord.html
 */
export async function updateRecord(stores: WriteStores, input: unknown): Promise<void> {
  const update = await updateChange(stores, input, stores.now())
  assertUpdated(update, await writeOne(stores, update))
}

/** The change that an UpdateRecord request asks for. Throws ResourceNotFound without its group, else ValidationError. */
export async function updateChange(stores: WriteStores, input: unknown, receivedAt: number): Promise<Update> {
  const request = parse(UpdateRecordRequest, input, 'ValidationError')
  return await withFeatureGroup(stores, request.FeatureGroupName, featureGroupNotFound, (group) =>
    toUpdate(group, request, receivedAt),
  )
}

/** Throws the error that UpdateRecord answers when the update was not made. */
export function assertUpdated(update: Update, { result }: Outcome): void {
  if (result === 'absent') {
    const identifier = quote(update.identifier)
    throw new ApiError('ResourceNotFound', `Record with identifier ${identifier} does not exist or has been deleted.`)
  }
  if (result === 'stale') {
    const time = quote(update.eventTimeText)
    throw new ApiError('ConflictException', `EventTime ${time} is older than the EventTime of the stored record.`)
  }
  if (result === 'tooLarge') {
    throw validationError(
      `The record would have more than ${MAX_RECORD_BYTES} bytes with these Features. A record must not have more.`,
    )
  }
}

function toUpdate(group: FeatureGroup, request: Request, receivedAt: number): Update {
  const schema = schemaOf(group)
  const identifier = request.RecordIdentifierValueAsString
  assertOnlineStore(group)
  const target = resolveTarget(group, request.TargetStores)
  if (!target.online) throw validationError("TargetStores ['OfflineStore'] is not valid. An update needs OnlineStore.")
  if (request.Features.length > MAX_FEATURES) {
    throw validationError(`Features has ${request.Features.length} members. An update has at most ${MAX_FEATURES}.`)
  }
  assertIdentifier(identifier)
  const values = validateFeatures(schema, request.Features)
  assertSameIdentifier(schema, values, identifier)
  const time = newEventTime(schema, values)
  return {
    kind: 'update',
    target,
    identifier,
    receivedAt,
    features: values.flatMap((value) => (value ? { FeatureName: value.value.FeatureName, json: value.json } : [])),
    featureOrder: [...schema.features.keys()],
    ...time,
    ...newTtl(request, time?.eventTime),
  }
}

function assertSameIdentifier(schema: Schema, values: (ValidFeature | undefined)[], identifier: string): void {
  const sent = values[schema.identifier.position]?.value
  if (sent === undefined || sent.ValueAsString === identifier) return
  throw validationError(
    `Feature '${sent.FeatureName}' identifies the record and cannot be changed: its value ${quote(sent.ValueAsString ?? null)} must be ${quote(identifier)}.`,
  )
}

function newEventTime(schema: Schema, values: (ValidFeature | undefined)[]) {
  const sent = values[schema.eventTime.position]?.value
  if (sent === undefined) return undefined
  if (sent.ValueAsString == null) {
    throw validationError(`Feature '${sent.FeatureName}' is the record's event time and cannot be removed.`)
  }
  return { eventTime: parseEventTime(sent.ValueAsString, schema.eventTimeType), eventTimeText: sent.ValueAsString }
}

function newTtl(request: Request, eventTime: bigint | undefined) {
  if (request.TtlDuration == null) return undefined
  if (eventTime === undefined) {
    throw validationError('TtlDuration needs an event time. Send the event time feature in Features too.')
  }
  const seconds = ttlSeconds(request.TtlDuration)
  expiresAt(eventTime, seconds)
  return { ttlSeconds: seconds }
}
