import type { Event } from '../../local/ingest/row.ts'
import { failureMessage, httpStatus, isConnectionFailure } from '../client/failure.ts'
import type { Destination } from './destination.ts'
import type { Item } from './lanes.ts'

/** A row on its way. */
export interface OutgoingRow extends Item {
  file?: string
  line: number
  json: () => string
  event: Event
  /** As it is in the row; undefined when the row has none. */
  eventTime: string | undefined
}

export interface BatchSender extends Pick<Destination, 'apply'> {
  /** After so many attempts a row is refused. */
  maxAttempts: number
  /** `historic` of them are older than what is online. */
  onWritten: (rows: OutgoingRow[], historic: number) => void
  onRefused: (row: OutgoingRow, reason: string) => void
  /** Waits between attempts. It may reject to end them. */
  wait: (milliseconds: number) => Promise<void>
}

const FIRST_DELAY_MS = 100
const LONGEST_DELAY_MS = 5_000
/** A power above which delays have long been the longest. */
const MAX_DOUBLINGS = 10

/** What came of one attempt: rows to send again and why. */
interface Outcome {
  again: OutgoingRow[]
  reason: string
  /** Set when the server cannot be reached. */
  cause?: unknown
}

/**
 * Writes a batch of rows, in their order for each record. What could not be taken is sent again with growing, random
 * delays; after so many attempts it is refused. Throws when no row of the file could be written now: when the server
 * is not reached any more, or lets nobody in.
 */
export async function sendBatch(rows: OutgoingRow[], sender: BatchSender): Promise<void> {
  let pending = rows
  for (let attempt = 1; ; attempt++) {
    const { again, reason, cause } = await send(pending, sender)
    if (again.length === 0) return
    if (attempt === sender.maxAttempts) {
      for (const row of again) sender.onRefused(row, `${reason} (after ${attempt} attempts)`)
      if (cause !== undefined) throw cause
      return
    }
    await sender.wait(delayMs(attempt))
    pending = again
  }
}

/** Up to twice as long for each attempt; random, so that lanes that failed together do not come back together. */
function delayMs(attempt: number): number {
  const longest = Math.min(FIRST_DELAY_MS * 2 ** Math.min(attempt - 1, MAX_DOUBLINGS), LONGEST_DELAY_MS)
  return longest * (0.5 + Math.random() / 2)
}

async function send(rows: OutgoingRow[], sender: BatchSender): Promise<Outcome> {
  try {
    return await settleRows(rows, sender)
  } catch (error) {
    const reason = failureMessage(error)
    if (isConnectionFailure(error)) return { again: rows, reason, cause: error }
    if (isPassing(error)) return { again: rows, reason }
    if (!isAboutRows(error)) throw error
    for (const row of rows) sender.onRefused(row, reason)
    return { again: [], reason }
  }
}

const THROTTLING = /throttl|toomanyrequests|requestlimit|slowdown|limitexceeded/i

/** True for errors that the same request may not meet again. */
function isPassing(error: unknown): boolean {
  const status = httpStatus(error)
  if (status === undefined) return false
  return status >= 500 || status === 429 || THROTTLING.test((error as Error).name)
}

function isAboutRows(error: unknown): boolean {
  const status = httpStatus(error)
  return status === 400 || status === 413
}

/** Sends rows and tells which were written and refused. */
async function settleRows(rows: OutgoingRow[], sender: BatchSender): Promise<Outcome> {
  const fates = await sender.apply(rows)
  const written: OutgoingRow[] = []
  const again: OutgoingRow[] = []
  let historic = 0
  for (const [index, row] of rows.entries()) {
    const fate = fates[index] ?? 'unprocessed'
    if (fate === 'unprocessed') again.push(row)
    else if (typeof fate === 'object') sender.onRefused(row, fate.refused)
    else {
      written.push(row)
      if (fate === 'historic') historic += 1
    }
  }
  sender.onWritten(written, historic)
  return { again, reason: 'the server did not process it' }
}
