import { quote, validationError } from '../api-error.ts'
import type { TtlDuration } from '../groups/feature-group.ts'
import type { FeatureValue } from '../requests/model.ts'
import { assertForm, type EventForm, type EventJson, type EventOperation } from './event-schema.ts'
import { isObject, parseExactly } from './json-cells.ts'
import { member, parseEvent, toEvent } from './to-event.ts'

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
  return checkedEvent(parseEvent(text), text)
}

/** The event that a value is, parsed from that text, as `readEvent` reads it. */
export function checkedEvent(value: unknown, text: string): Event {
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
    const inner = parseEvent(decoded)
    assertForm('event', inner)
    return READERS.event(inner, decoded)
  },
}

interface Envelope {
  detail: EventJson
  data: EventJson
  data_base64?: string
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

function isObjectOrList(value: unknown): boolean {
  return Array.isArray(value) || isObject(value)
}
