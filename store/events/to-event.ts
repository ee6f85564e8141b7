import { validationError } from '../api-error.ts'
import type { FeatureValue } from '../requests/model.ts'
import type { EventJson } from './event-schema.ts'
import { isObject, toCell } from './json-cells.ts'
import type { Event, EventInput } from './read-event.ts'

/** The JSON of an event's text. Throws ValidationError. */
export function parseEvent(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch (cause) {
    throw validationError(`the event is not JSON: ${(cause as Error).message}`)
  }
}

/** The write that an event stands for; `exact` gives its JSON with the numbers as they are written. Throws ValidationError. */
export function toEvent(
  { Record: record, Operation: operation = 'Put', ...json }: EventJson,
  exact: () => unknown,
): Event {
  const input: EventInput = {
    FeatureGroupName: json.FeatureGroupName,
    Record: Array.isArray(record) ? record : plainRecord(record, exact),
  }
  if (json.TargetStores != null) input.TargetStores = json.TargetStores
  if (json.TtlDuration == null) return { operation, input }
  if (operation !== 'Put' && operation !== 'Update') {
    throw validationError(`TtlDuration is not for ${operation}. It is for Put and Update.`)
  }
  return { operation, input: { ...input, TtlDuration: json.TtlDuration } }
}

/** The FeatureValues of a plain object of features, whose numbers are in the exact value only. */
function plainRecord(record: { [feature: string]: unknown }, exact: () => unknown): FeatureValue[] {
  const features = hasNumber(record) ? member(exact(), 'Record') : record
  return Object.entries(isObject(features) ? features : record).map(([name, value]) => toFeatureValue(name, value))
}

function hasNumber(record: { [feature: string]: unknown }): boolean {
  return Object.values(record).some((value) => typeof value === 'number' || Array.isArray(value))
}

/** A feature that is null keeps its name: an update removes it. */
function toFeatureValue(name: string, value: unknown): FeatureValue {
  const [cell] = toCell(name, value)
  if (cell === undefined) return { FeatureName: name }
  return typeof cell.value === 'string'
    ? { FeatureName: name, ValueAsString: cell.value }
    : { FeatureName: name, ValueAsStringList: cell.value }
}

/** A member of what may be an object. */
export function member(value: unknown, name: string): unknown {
  return isObject(value) ? value[name] : undefined
}
