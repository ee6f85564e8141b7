import { ApiError, validationError } from '../api-error.ts'
import { findFeatureGroup } from '../groups/feature-group-name.ts'
import type { WriteStores } from '../stores.ts'
import { applyEvents, type EventResult } from './apply-events.ts'
import { parseExactly } from './json-cells.ts'
import type { Event } from './read-event.ts'
import { parseEvent, toEvent } from './to-event.ts'
import { isUsualEvent } from './usual-event.ts'

/** An event as a source brings it: its text, or the bytes that should be its text in UTF-8. */
export type EventBody = string | Uint8Array

type OnError = (error: unknown) => void

/**
 * Reads events and applies them as `applyEvents` does; a result for each. What is no event is refused. An event that
 * makes the others fail, by an error that is none of the API's, is `unprocessed` with the later ones of its record, and
 * `onError` hears of it; all others are applied without it.
 */
export async function ingest(stores: WriteStores, bodies: EventBody[], onError: OnError): Promise<EventResult[]> {
  const read = await Promise.all(bodies.map(readBody))
  const events = read.filter((one) => 'operation' in one)
  const results = await applyApart(events, { stores, stuck: [], onError })
  let next = 0
  return read.map((one) => ('operation' in one ? (results[next++] ?? { status: 'unprocessed' }) : one))
}

const strictUtf8 = new TextDecoder('utf-8', { fatal: true })

async function readBody(body: EventBody): Promise<Event | EventResult> {
  try {
    const text = typeof body === 'string' ? body : decode(body)
    const value = parseEvent(text)
    if (isUsualEvent(value)) return toEvent(value, () => parseExactly(text))
    // The schema is loaded with the first event that needs it.
    const { checkedEvent } = await import('./read-event.ts')
    return checkedEvent(value, text)
  } catch (error) {
    if (!(error instanceof ApiError)) throw error
    return { status: 'refused', code: error.code, reason: error.message }
  }
}

function decode(bytes: Uint8Array): string {
  try {
    return strictUtf8.decode(bytes)
  } catch {
    throw validationError('the event is not UTF-8')
  }
}

/** Whether an event has to wait for one that could not be applied. */
type Waits = (event: Event) => boolean

interface Applying {
  stores: WriteStores
  stuck: Waits[]
  onError: OnError
}

/** Applies the events that need not wait; the others are `unprocessed`. */
async function applyApart(events: Event[], applying: Applying): Promise<EventResult[]> {
  const free = events.filter((event) => !applying.stuck.some((waits) => waits(event)))
  const results = new Map<Event, EventResult>()
  for (const [index, result] of (await applyFree(free, applying)).entries()) {
    const event = free[index]
    if (event !== undefined) results.set(event, result)
  }
  return events.map((event) => results.get(event) ?? { status: 'unprocessed' })
}

/** Applies the events together or, when that throws, by halves, until the one that made it throw is alone. */
async function applyFree(events: Event[], applying: Applying): Promise<EventResult[]> {
  const { stores, stuck, onError } = applying
  const [first, second] = events
  if (first === undefined) return []
  try {
    return await applyEvents(stores, events)
  } catch (error) {
    if (second === undefined) {
      stuck.push(await waitingFor(stores, first))
      onError(error)
      return [{ status: 'unprocessed' }]
    }
    const middle = Math.ceil(events.length / 2)
    const before = await applyApart(events.slice(0, middle), applying)
    return [...before, ...(await applyApart(events.slice(middle), applying))]
  }
}

/** Those of the event's record; where its group cannot be looked up, which would tell the record, those of its group. */
async function waitingFor(stores: WriteStores, { input }: Event): Promise<Waits> {
  const group = await findFeatureGroup(stores, input.FeatureGroupName).catch(() => undefined)
  const identifierOf = ({ Record: record }: Event['input']) =>
    record.find(({ FeatureName }) => FeatureName === group?.RecordIdentifierFeatureName)?.ValueAsString
  return ({ input: other }) =>
    other.FeatureGroupName === input.FeatureGroupName && identifierOf(other) === identifierOf(input)
}
