import { quote, validationError } from '../api-error.ts'
import type { TtlDuration } from '../groups/feature-group.ts'
import type { FeatureValue } from '../requests/model.ts'
import { assertForm, type EventForm, type EventJson, type EventOperation } from './event-schema.ts'
import { isObject, parseExactly, toCell } from './json-cells.ts'

/** A write to a feature group, as BatchWriteRecord has its entries. */
export interface EventInput {
  FeatureGroupName: string
  Record: FeatureValue[]
  TtlDuration?: TtlDuration
  TargetStores?: string[]
}

export interface Event {
  operation: EventOperation
  input: EventInput
}

const strictUtf8 = new TextDecoder('utf-8', { fatal: true })

/**
 * Reads the JSON text of one event, as it is or in an envelope; `event.schema.json` is its format. A number of a plain
 * record counts as it is written. Throws ValidationError, which says what is wrong and where.
 */
export function readEvent(text: string): Event {
  const value = parse(text)
  const form = formOf(value)
  assertForm(form, value)
  return READERS[form](value, text)
}

/** True for what can only be an event, well made or not, and no row of features alone. */
export function isEvent(value: unknown): boolean {
  if (!isObject(value)) return false
  if (formOf(value) === 'event') return 'FeatureGroupName' in value && isObjectOrList(value['Record'])
  return isObject(value['data']) || isObject(value['detail']) || 'data_base64' in value
}

function formOf(value: unknown): EventForm {
  if (!isObject(value)) return 'event'
  if ('specversion' in value) return 'cloudEvent'
  return 'detail-type' in value ? 'eventBridgeEvent' : 'event'
}

/** What each form, found valid, stands for. */
const READERS: { [form in EventForm]: (value: unknown, text: string) => Event } = {
  event: (value, text) => toEvent(value as EventJson, () => parseExactly(text)),
  eventBridgeEvent: (value, text) => toEvent((value as Envelope).detail, () => member(parseExactly(text), 'detail')),
  cloudEvent(value, text) {
    const { data, data_base64: encoded } = value as Envelope
    if (encoded === undefined) return toEvent(data, () => member(parseExactly(text), 'data'))
    const decoded = decodeBase64(encoded)
    const inner = parse(decoded)
    assertForm('event', inner)
    return READERS.event(inner, decoded)
  },
}

interface Envelope {
  detail: EventJson
  data: EventJson
  data_base64?: string
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch (cause) {
    throw validationError(`the event is not JSON: ${(cause as Error).message}`)
  }
}

function decodeBase64(encoded: string): string {
  if (!/^[A-Za-z0-9+/]*={0,2}$/.test(encoded) || encoded.length % 4 !== 0) {
    throw validationError(`data_base64 ${quote(encoded)} is not Base64`)
  }
  try {
    return strictUtf8.decode(Buffer.from(encoded, 'base64'))
  } catch {
    throw validationError('data_base64 is not UTF-8')
  }
}

function toEvent({ Record: record, Operation: operation = 'Put', ...json }: EventJson, exact: () => unknown): Event {
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

function member(value: unknown, name: string): unknown {
  return isObject(value) ? value[name] : undefined
}

function isObjectOrList(value: unknown): boolean {
  return Array.isArray(value) || isObject(value)
}
