import * as v from 'valibot'

/** SageMaker's own patterns, from the service model (`api.md` sections 1.2 and 5). */
const NAME = '([a-zA-Z0-9]([-_]*[a-zA-Z0-9]){0,63})'
const ARN_PREFIX = '(arn:aws[a-z\\-]*:sagemaker:[a-z0-9\\-]*:[0-9]{12}:feature-group/)?'

export const MAX_VALUE_CHARS = 358_400

const WELL_FORMED = 'Member must be well-formed Unicode, without unpaired surrogates'
const minLength = (min: number) => `Member must have length greater than or equal to ${min}`
const maxLength = (max: number) => `Member must have length less than or equal to ${max}`

const text = v.string()

// These functions are marked as without effects, so that a bundle makes no schemas but those that it uses.

/** A member that may be missing; null counts as missing, as in every AWS JSON protocol. */
// @__NO_SIDE_EFFECTS__
export function optional<Schema extends v.GenericSchema>(schema: Schema) {
  return v.nullish(schema)
}

/** An object with these members and no others, not even those that every JavaScript object inherits. */
// @__NO_SIDE_EFFECTS__
export function objectOf<const Entries extends v.ObjectEntries>(entries: Entries) {
  const object = v.strictObject(Object.assign(Object.create(null), entries) as Entries)
  // An empty list lacks nothing where nothing is required.
  const isListLike = Object.values(entries).every(({ type }) => type === 'nullish')
  return isListLike ? (v.pipe(notAList, object) as unknown as typeof object) : object
}

const notAList = v.custom<unknown>((value) => !Array.isArray(value), 'Member must be an object')

/** A string of `min` to `max` characters (Unicode code points, as the service model counts). */
// @__NO_SIDE_EFFECTS__
export function stringOf(min: number, max: number) {
  return v.pipe(
    text,
    v.check((value) => value.isWellFormed(), WELL_FORMED),
    v.check((value) => codePoints(value) >= min, minLength(min)),
    v.check((value) => value.length <= max || codePoints(value) <= max, maxLength(max)),
  )
}

// @__NO_SIDE_EFFECTS__
export function patternOf(min: number, max: number, pattern: string) {
  // Classes of letters need the flag; every other pattern is faster without.
  const whole = new RegExp(`^${pattern}$`, pattern.includes('\\p{') ? 'u' : '')
  return v.pipe(
    stringOf(min, max),
    v.check((value) => whole.test(value), `Member must satisfy regular expression pattern: ${pattern}`),
  )
}

// @__NO_SIDE_EFFECTS__
export function oneOf<const Values extends readonly string[]>(values: Values) {
  return v.pipe(
    text,
    v.check((value) => values.includes(value), `Member must satisfy enum value set: [${values.join(', ')}]`),
    v.transform((value) => value as Values[number]),
  )
}

// @__NO_SIDE_EFFECTS__
export function booleanOf() {
  return v.boolean()
}

// @__NO_SIDE_EFFECTS__
export function integerOf(min: number, max: number) {
  return v.pipe(
    v.number(),
    v.check((value) => Number.isInteger(value), 'Member must be an integer'),
    v.check((value) => value >= min, `Member must have value greater than or equal to ${min}`),
    v.check((value) => value <= max, `Member must have value less than or equal to ${max}`),
  )
}

// @__NO_SIDE_EFFECTS__
export function listOf<Item extends v.GenericSchema>(item: Item, min: number, max = Number.POSITIVE_INFINITY) {
  return v.pipe(
    v.array(item),
    v.check((list) => list.length >= min, minLength(min)),
    v.check((list) => list.length <= max, maxLength(max)),
  )
}

export const FeatureGroupName = patternOf(1, 64, NAME)
export const FeatureGroupNameOrArn = patternOf(1, 150, `${ARN_PREFIX}${NAME}`)
/** The control plane's: the same, but as long as an ARN can be. */
export const FeatureGroupNameOrLongArn = patternOf(1, 256, `${ARN_PREFIX}${NAME}`)
export const FeatureName = patternOf(1, 64, NAME)
export const ValueAsString = stringOf(0, MAX_VALUE_CHARS)

export const FeatureValue = objectOf({
  FeatureName,
  ValueAsString: optional(ValueAsString),
  ValueAsStringList: optional(listOf(ValueAsString, 0, 358_400)),
})
export type FeatureValue = v.InferOutput<typeof FeatureValue>

export const Record = listOf(FeatureValue, 1)
export const TargetStores = listOf(oneOf(['OnlineStore', 'OfflineStore']), 1, 2)
const TtlDurationUnit = oneOf(['Seconds', 'Minutes', 'Hours', 'Days', 'Weeks'])
const TtlDurationValue = integerOf(1, 2_147_483_647)
export const TtlDuration = objectOf({ Unit: TtlDurationUnit, Value: TtlDurationValue })
/** The control plane's: without members, or with null ones, it stands for no time to live. */
export const DefaultTtlDuration = objectOf({ Unit: optional(TtlDurationUnit), Value: optional(TtlDurationValue) })
export const ExpirationTimeResponse = oneOf(['Enabled', 'Disabled'])

export const FeatureDefinition = objectOf({
  FeatureName,
  FeatureType: oneOf(['Integral', 'Fractional', 'String']),
  CollectionType: optional(oneOf(['List', 'Set', 'Vector'])),
  CollectionConfig: optional(objectOf({ VectorConfig: optional(objectOf({ Dimension: integerOf(1, 8_192) })) })),
})
export type FeatureDefinitionInput = v.InferOutput<typeof FeatureDefinition>

export const StorageType = oneOf(['Standard', 'Standard_V2', 'InMemory'])

const TAG_PATTERN = '([\\p{L}\\p{Z}\\p{N}_.:/=+\\-@]*)'
export const TagKey = patternOf(1, 128, TAG_PATTERN)
export const TagValue = patternOf(0, 256, TAG_PATTERN)
export const Tags = listOf(objectOf({ Key: TagKey, Value: TagValue }), 0, 50)

export const ResourceArn = patternOf(0, 256, 'arn:aws[a-z-]*:sagemaker:[a-z0-9-]*:[0-9]{12}:.+')

export const SortOrder = oneOf(['Ascending', 'Descending'])
export const NextToken = stringOf(0, 8_192)

function codePoints(value: string): number {
  if (value.length < 2) return value.length
  let count = value.length
  for (let i = 0; i < value.length - 1; i++) {
    const unit = value.charCodeAt(i)
    if (unit >= 0xd800 && unit <= 0xdbff) count -= 1
  }
  return count
}
