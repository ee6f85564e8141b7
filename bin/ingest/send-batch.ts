import type {
  BatchWriteRecordEntry,
  BatchWriteRecordResponse,
  FeatureValue,
} from '@aws-sdk/client-sagemaker-featurestore-runtime'
import { failureMessage, httpStatus, isConnectionFailure } from '../client/failure.ts'
import type { Item } from './lanes.ts'

/** A row on its way to the server. */
export interface OutgoingRow extends Item {
  line: number
  json: () => string
  entry: BatchWriteRecordEntry
}

export interface BatchSender {
  /** Sends entries, once. */
  write: (entries: BatchWriteRecordEntry[]) => Promise<BatchWriteRecordResponse>
  onWritten: (rows: OutgoingRow[]) => void
  onRefused: (row: OutgoingRow, reason: string) => void
  /** Waits between attempts. It may reject to end them. */
  wait: (milliseconds: number) => Promise<void>
}

const MAX_ATTEMPTS = 8
const FIRST_DELAY_MS = 100
const LONGEST_DELAY_MS = 5_000

/** What came of one attempt: rows to send again and why. */
interface Outcome {
  again: OutgoingRow[]
  reason: string
  /** Set when the server cannot be reached. */
  cause?: unknown
}

/**
 * Writes a batch of rows, in their order for each record. What the server could not take is sent again with growing,
 * random delays; after eight attempts it is refused. Throws when no row of the file could be written now: when the
 * server is not reached any more, or lets nobody in.
 */
export async function sendBatch(rows: OutgoingRow[], sender: BatchSender): Promise<void> {
  let pending = rows
  for (let attempt = 1; ; attempt++) {
    const { again, reason, cause } = await send(pending, sender)
    if (again.length === 0) return
    if (attempt === MAX_ATTEMPTS) {
      for (const row of again) sender.onRefused(row, `${reason} (after ${MAX_ATTEMPTS} attempts)`)
      if (cause !== undefined) throw cause
      return
    }
    await sender.wait(delayMs(attempt))
    pending = again
  }
}

/** Up to twice as long for each attempt; random, so that lanes that failed together do not come back together. */
function delayMs(attempt: number): number {
  const longest = Math.min(FIRST_DELAY_MS * 2 ** (attempt - 1), LONGEST_DELAY_MS)
  return longest * (0.5 + Math.random() / 2)
}

async function send(rows: OutgoingRow[], sender: BatchSender): Promise<Outcome> {
  try {
    return settle(rows, await sender.write(rows.map(({ entry }) => entry)), sender)
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

/** Tells which rows were written and refused. */
function settle(rows: OutgoingRow[], response: BatchWriteRecordResponse, sender: BatchSender): Outcome {
  const { Errors = [], UnprocessedEntries = [] } = response
  if (Errors.length === 0 && UnprocessedEntries.length === 0) {
    sender.onWritten(rows)
    return { again: [], reason: '' }
  }
  const find = rowFinder(rows)
  const refused = new Map(
    Errors.map(({ Entry, ErrorCode, ErrorMessage }) => [find(Entry), `${ErrorCode}: ${ErrorMessage}`]),
  )
  const unprocessed = new Set(UnprocessedEntries.map(find))
  const accepted = rows.filter((row) => !refused.has(row))
  const again = fromFirstUnprocessed(accepted, unprocessed)
  for (const [row, reason] of refused) sender.onRefused(row, reason)
  sender.onWritten(accepted.filter((row) => !again.includes(row)))
  return { again, reason: 'the server did not process it' }
}

/** For each record its rows from the first unprocessed one on: sent alone, that one would overwrite a later one. */
function fromFirstUnprocessed(rows: OutgoingRow[], unprocessed: ReadonlySet<OutgoingRow>): OutgoingRow[] {
  const identifiers = new Set<string>()
  return rows.filter((row) => {
    if (unprocessed.has(row)) identifiers.add(row.identifier)
    return identifiers.has(row.identifier)
  })
}

/** Finds the row of an entry that the server echoes, each row once. Throws for an entry that was not sent. */
function rowFinder(rows: OutgoingRow[]): (entry: BatchWriteRecordEntry | undefined) => OutgoingRow {
  const left = Map.groupBy(rows, ({ entry }) => entryKey(entry))
  return (entry) => {
    const row = left.get(entryKey(entry))?.shift()
    if (row === undefined) throw new Error('the server named an entry in its answer that was not sent')
    return row
  }
}

function entryKey(entry: BatchWriteRecordEntry | undefined): string {
  const record: FeatureValue[] = entry?.Record ?? []
  return JSON.stringify(record.map((value) => [value.FeatureName, value.ValueAsString, value.ValueAsStringList]))
}
