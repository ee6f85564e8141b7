import type { EventJson, FeatureValueJson } from './event-schema.ts'
import { isObject } from './json-cells.ts'

/**
 * True for an event that the schema certainly allows, at a tenth of what asking the schema costs: a group and a record,
 * as most events are. False for any other, good or bad, which is left to the schema and its messages.
 */
export function isUsualEvent(value: unknown): value is EventJson {
  if (!isObject(value)) return false
  const { FeatureGroupName: name, Record: record } = value
  if (Object.keys(value).length !== 2 || !isText(name, 150)) return false
  if (Array.isArray(record)) return record.length > 0 && record.every(isUsualFeatureValue)
  return isObject(record) && isUsualRecord(Object.values(record))
}

function isUsualFeatureValue(value: unknown): value is FeatureValueJson {
  if (!isObject(value)) return false
  const { FeatureName: name, ValueAsString: text } = value
  return Object.keys(value).length === 2 && isText(name, 64) && typeof text === 'string'
}

function isUsualRecord(values: unknown[]): boolean {
  return (
    values.length > 0 && values.every((value) => isScalar(value) || (Array.isArray(value) && value.every(isScalar)))
  )
}

function isScalar(value: unknown): boolean {
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean'
}

/** No text has more characters than UTF-16 units. */
function isText(value: unknown, maxLength: number): boolean {
  return typeof value === 'string' && value.length > 0 && value.length <= maxLength
}
