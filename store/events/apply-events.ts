import { ApiError, type ErrorCode } from '../api-error.ts'
import type { Outcome } from '../records/change.ts'
import type { WriteStores } from '../stores.ts'
import { assertMade, type EventChange, eventChange } from './event-change.ts'
import type { Event } from './read-event.ts'

/**
 * What became of an event. `written`: it counts online, or was for the offline store alone; `historic`: a version at
 * least as new stays online, and it is in the history; `refused`: it can never be written as it is; `unprocessed`: a
 * store did not take it, and applying it again is safe.
 */
export type EventResult =
  | { status: 'written' | 'historic' | 'unprocessed' }
  | { status: 'refused'; code: ErrorCode; reason: string }

const UNPROCESSED: EventResult = { status: 'unprocessed' }

/**
 * Makes the writes that events ask for, each as the API would, those of one record in their order; a result for each.
 * After an unprocessed event the later ones of its record are unprocessed too, so that all can be applied again in
 * order: by then some may have been made, and making them again leaves the same.
 */
export async function applyEvents(stores: WriteStores, events: Event[]): Promise<EventResult[]> {
  const prepared = await prepare(stores, events)
  const changes = prepared.flatMap((change) => ('kind' in change ? [change] : []))
  const outcomes = changes.length === 0 ? [] : await stores.writer.write(changes)
  const waiting = new Set<string>()
  let next = 0
  return prepared.map((change) => {
    if (!('kind' in change)) return change
    const outcome = outcomes[next++] ?? { result: 'unprocessed' }
    const record = `${change.target.groupId}\n${change.identifier}`
    if (outcome.result === 'unprocessed') waiting.add(record)
    return waiting.has(record) ? UNPROCESSED : resultOf(change, outcome)
  })
}

/** For each event its change, or at once what becomes of it. */
async function prepare(stores: WriteStores, events: Event[]): Promise<(EventChange | EventResult)[]> {
  const receivedAt = stores.now()
  const prepared: (EventChange | EventResult)[] = []
  /** Groups that could not be looked up: of their later events too no one knows which record they are for. */
  const unknown = new Set<string>()
  for (const event of events) {
    const { FeatureGroupName } = event.input
    if (unknown.has(FeatureGroupName)) prepared.push(UNPROCESSED)
    else prepared.push(await eventChange(stores, event, receivedAt).catch(failed))
    if (prepared.at(-1) === UNPROCESSED) unknown.add(FeatureGroupName)
  }
  return prepared
}

function resultOf(change: EventChange, outcome: Outcome): EventResult {
  try {
    assertMade(change, outcome)
  } catch (error) {
    return failed(error)
  }
  return { status: outcome.result === 'historic' ? 'historic' : 'written' }
}

/** Errors of the caller stay what they are; those of the service may pass. Throws what is no error of the API. */
function failed(error: unknown): EventResult {
  if (!(error instanceof ApiError) || error.code === 'InternalFailure') throw error
  return error.status >= 500 ? UNPROCESSED : { status: 'refused', code: error.code, reason: error.message }
}
