import { ApiError, quote } from '../api-error.ts'
import { resend } from '../calls/resend.ts'
import { applyEvents, type EventResult } from '../events/apply-events.ts'
import type { Event } from '../events/read-event.ts'
import { type Row, toRecord } from '../files/row.ts'
import type { FeatureGroup } from '../groups/feature-group.ts'
import type { WriteStores } from '../stores.ts'
import { type ImportCounts, NO_ROWS } from './file-import.ts'
import type { ImportStores } from './import-stores.ts'
import { refusalLine } from './result-chunks.ts'

/** What became of rows. */
export interface WrittenRows {
  counts: ImportCounts
  /** The refused rows, in order: a line of JSON text for each, with its line in the file, the reason and the row. */
  refusals: string[]
}

type RowStores = WriteStores & Pick<ImportStores, 'backoffMs'>

const ATTEMPTS = 4
const BACKOFF_MS = 100

/**
 * Writes rows of a file to the group, each as BatchWriteRecord or its event would, and says what became of them. Throws
 * ServiceUnavailable when a store does not take them, after some tries: writing all of them again is safe.
 */
export async function writeRows(stores: RowStores, group: FeatureGroup, rows: Row[]): Promise<WrittenRows> {
  const results = new Map<Row, EventResult>()
  const events: [Row, Event][] = []
  for (const row of rows) {
    const event = toEvent(row, group)
    if ('operation' in event) events.push([row, event])
    else results.set(row, event)
  }
  await applyAll(stores, events, results)
  return summed(rows, results)
}

type Refused = Extract<EventResult, { status: 'refused' }>

function toEvent(row: Row, { FeatureGroupName, FeatureGroupArn }: FeatureGroup): Event | Refused {
  if (row.reason !== undefined) return refused(row.reason)
  if (row.event === undefined) {
    return { operation: 'Put', input: { FeatureGroupName, Record: toRecord(row.cells) } }
  }
  const { FeatureGroupName: named } = row.event.input
  if (named === FeatureGroupName || named === FeatureGroupArn) return row.event
  return refused(`the event is for feature group ${quote(named)}, and the file for ${quote(FeatureGroupName)}`)
}

function refused(reason: string): Refused {
  return { status: 'refused', code: 'ValidationError', reason }
}

async function applyAll(stores: RowStores, events: [Row, Event][], results: Map<Row, EventResult>): Promise<void> {
  let cause: unknown
  const apply = async (sent: [Row, Event][]): Promise<[Row, Event][]> => {
    const answers = await applyEvents(
      stores,
      sent.map(([, event]) => event),
    )
    for (const [index, [row]] of sent.entries()) results.set(row, answers[index] ?? { status: 'unprocessed' })
    return sent.filter(([row]) => results.get(row)?.status === 'unprocessed')
  }
  const left = await resend(events, apply, {
    attempts: ATTEMPTS,
    backoffMs: stores.backoffMs ?? BACKOFF_MS,
    onError: (error) => {
      cause = error
    },
  })
  if (left.length === 0) return
  throw new ApiError('ServiceUnavailable', `${left.length} of ${events.length} rows were not taken; try again`, {
    cause,
  })
}

function summed(rows: Row[], results: Map<Row, EventResult>): WrittenRows {
  const counts = { ...NO_ROWS, read: rows.length }
  const refusals: string[] = []
  for (const row of rows) {
    const result = results.get(row) ?? { status: 'unprocessed' }
    if (result.status === 'refused')
      refusals.push(refusalLine({ ...row, reason: row.reason ?? `${result.code}: ${result.reason}` }))
    else if (result.status !== 'unprocessed') counts[result.status] += 1
  }
  counts.refused = refusals.length
  return { counts, refusals }
}
