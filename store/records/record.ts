import { ApiError, quote, validationError } from '../api-error.ts'
import type { CollectionType, Feature, Schema } from '../groups/feature-group.ts'
import type { FeatureValue } from '../requests/model.ts'
import { type EventTime, parseEventTime } from './event-time.ts'
import { exactInteger } from './exact-number.ts'

export const MAX_RECORD_BYTES = 350 * 1024
export const MAX_IDENTIFIER_BYTES = 2_048

/** A record that its group's schema allows. */
export interface ValidRecord {
  identifier: string
  eventTime: EventTime
  eventTimeText: string
  /** The JSON text of its FeatureValue list, in the order of the definitions. */
  features: string
}

/**
 * Reads a record by the schema of its feature group. Throws ValidationError for a feature that is unknown, named
 * twice or of another type, for a missing identifier or event time, and for a record that is too large
 * (SageMaker developer guide, feature-store-quotas).
 */
export function validateRecord(schema: Schema, record: FeatureValue[]): ValidRecord {
  const values = validateFeatures(schema, record)
  const identifier = values[schema.identifier.position]?.value.ValueAsString
  if (identifier == null) throw missing('record identifier', schema.identifier)
  const eventTimeText = values[schema.eventTime.position]?.value.ValueAsString
  if (eventTimeText == null) throw missing('event time', schema.eventTime)
  assertIdentifier(identifier)
  const features = `[${definedJson(values).join(',')}]`
  return { identifier, eventTimeText, eventTime: parseEventTime(eventTimeText, schema.eventTimeType), features }
}

/** A feature's value as it was sent and as JSON text, which is undefined when the feature has no value. */
export interface ValidFeature {
  value: FeatureValue
  json: string | undefined
}

/**
 * Reads feature values by the schema of their group: at each feature's position its value, nothing where none was
 * sent. Throws ValidationError as `validateRecord` does, but asks for no feature.
 */
export function validateFeatures(schema: Schema, record: FeatureValue[]): (ValidFeature | undefined)[] {
  const values = new Array<ValidFeature | undefined>(schema.features.size).fill(undefined)
  let bytes = 0
  for (const value of record) {
    const feature = schema.features.get(value.FeatureName)
    if (feature === undefined) throw unknownFeature(value.FeatureName)
    if (values[feature.position] !== undefined) {
      throw validationError(`FeatureName ${quote(value.FeatureName)} is named more than once in the record.`)
    }
    const json = featureJson(feature, value)
    values[feature.position] = { value, json }
    bytes += sizeOf(value)
  }
  if (bytes > MAX_RECORD_BYTES) {
    throw validationError(`The record has ${bytes} bytes. A record must not have more than ${MAX_RECORD_BYTES}.`)
  }
  return values
}

/** Throws ValidationError unless the identifier has 1 to 2,048 bytes. */
export function assertIdentifier(identifier: string): void {
  // No character takes more than three bytes of UTF-8 for each UTF-16 unit.
  const bytes = identifier.length * 3 <= MAX_IDENTIFIER_BYTES ? identifier.length : Buffer.byteLength(identifier)
  if (bytes < 1 || bytes > MAX_IDENTIFIER_BYTES) {
    throw validationError(
      `The record identifier ${quote(identifier)} has ${bytes} bytes. It must have 1 to ${MAX_IDENTIFIER_BYTES}.`,
    )
  }
}

/** Throws ValidationError unless the identifier is one that a record of a group with this identifier feature can have. */
export function assertTypedIdentifier(identifier: string, feature: Feature): void {
  assertIdentifier(identifier)
  assertType(feature, identifier)
}

const UNKNOWN_FEATURE = 'is not a feature of the feature group.'

export function unknownFeature(name: string): Error {
  return validationError(`FeatureName ${quote(name)} ${UNKNOWN_FEATURE}`)
}

export function isUnknownFeature(error: unknown): boolean {
  return error instanceof ApiError && error.message.endsWith(UNKNOWN_FEATURE)
}

function missing(what: string, feature: Feature): Error {
  return validationError(`The record must have a value for its ${what} feature '${feature.FeatureName}'.`)
}

/**
 * The size that counts towards the limit of a record: the bytes of names and values, and one for each element of a
 * list, which it takes wherever it is stored: without it, a list of empty strings would have no size.
 */
function sizeOf(value: FeatureValue): number {
  let bytes = value.FeatureName.length
  if (value.ValueAsString != null) bytes += Buffer.byteLength(value.ValueAsString)
  for (const element of value.ValueAsStringList ?? []) bytes += Buffer.byteLength(element) + 1
  return bytes
}

/** True when a record, given as the JSON text of its FeatureValue list, is larger than a record may be. */
export function isTooLarge(features: string): boolean {
  // The JSON text has all the bytes that count, and more.
  if (Buffer.byteLength(features) <= MAX_RECORD_BYTES) return false
  const values = JSON.parse(features) as FeatureValue[]
  return values.reduce((bytes, value) => bytes + sizeOf(value), 0) > MAX_RECORD_BYTES
}

function definedJson(values: (ValidFeature | undefined)[]): string[] {
  const texts: string[] = []
  for (const value of values) if (value?.json !== undefined) texts.push(value.json)
  return texts
}

function featureJson(feature: Feature, value: FeatureValue): string | undefined {
  const { ValueAsString: scalar, ValueAsStringList: list } = value
  if (scalar != null && list != null) {
    throw validationError(`Feature '${feature.FeatureName}' has both ValueAsString and ValueAsStringList. Send one.`)
  }
  if (scalar != null) return scalarJson(feature, scalar)
  if (list != null) return listJson(feature, list)
  return undefined
}

function scalarJson(feature: Feature, value: string): string {
  if (feature.CollectionType !== undefined) {
    throw validationError(
      `Feature '${feature.FeatureName}' is a ${feature.CollectionType} and has the value ${quote(value)} in ValueAsString. Send ValueAsStringList.`,
    )
  }
  assertType(feature, value)
  return `${feature.jsonPrefix}"ValueAsString":${JSON.stringify(value)}}`
}

function listJson(feature: Feature, list: string[]): string {
  if (feature.CollectionType === undefined) {
    throw validationError(
      `Feature '${feature.FeatureName}' is no collection and has a ValueAsStringList. Send ValueAsString.`,
    )
  }
  for (const element of list) assertType(feature, element)
  const elements = COLLECTIONS[feature.CollectionType](feature, list)
  return `${feature.jsonPrefix}"ValueAsStringList":${JSON.stringify(elements)}}`
}

/** What each type of collection makes of a list. */
const COLLECTIONS: Record<CollectionType, (feature: Feature, list: string[]) => string[]> = {
  List: (_, list) => list,
  Set: (_, list) => [...new Set(list)],
  Vector: (feature, list) => {
    const dimension = feature.CollectionConfig?.VectorConfig.Dimension
    if (list.length === dimension) return list
    throw validationError(`Vector '${feature.FeatureName}' has ${list.length} elements. It must have ${dimension}.`)
  },
}

const INTEGRAL = /^[+-]?\d{1,30}$/
const FRACTIONAL = /^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?$/
const MIN_INTEGRAL = -(2n ** 63n)
const MAX_INTEGRAL = 2n ** 63n - 1n
const SAFE_DIGITS = 15

function assertType(feature: Feature, value: string): void {
  if (feature.FeatureType === 'Integral' && !isIntegral(value)) {
    throw invalid(feature, value, 'a whole number from -9223372036854775808 to 9223372036854775807')
  }
  if (feature.FeatureType === 'Fractional' && !isFractional(value)) {
    throw invalid(feature, value, 'a finite decimal number in the range of a 64-bit float')
  }
}

/** True for the text of a whole number of 64 bits, as an Integral feature can have it. */
export function isIntegral(value: string): boolean {
  if (!INTEGRAL.test(value)) return false
  if (value.length <= SAFE_DIGITS) return true
  const number = exactInteger(value)
  return number >= MIN_INTEGRAL && number <= MAX_INTEGRAL
}

/** True for the text of a finite decimal number, as a Fractional feature can have it. */
export function isFractional(value: string): boolean {
  return FRACTIONAL.test(value) && Number.isFinite(Number(value))
}

function invalid(feature: Feature, value: string, allowed: string): Error {
  return validationError(
    `Feature '${feature.FeatureName}' is of type ${feature.FeatureType} and has the value ${quote(value)}. It must be ${allowed}.`,
  )
}
