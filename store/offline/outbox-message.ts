import { boundedBatches } from '../calls/bounded-batches.ts'
import type { HistoryRow } from '../records/change.ts'

/** What a message has at most; in bytes it is what SQS bills as one request. */
const MAX_MESSAGE = { count: 100, bytes: 64 * 1_024 }

/** Rows of history in a message, and its text. */
export interface OutboxMessage {
  rows: HistoryRow[]
  body: string
  bytes: number
}

/** The rows as messages of up to 100 rows and 64 KiB; a row that is larger is alone in one. */
export function toMessages(rows: HistoryRow[]): OutboxMessage[] {
  const texts = rows.map((row) => {
    const text = rowText(row)
    return { row, text, bytes: Buffer.byteLength(text) + 1 }
  })
  return boundedBatches(texts, ({ bytes }) => bytes, MAX_MESSAGE).map((batch) => ({
    rows: batch.map(({ row }) => row),
    body: `[${batch.map(({ text }) => text).join(',')}]`,
    bytes: batch.reduce((sum, { bytes }) => sum + bytes, 1),
  }))
}

/** The rows of a message. Throws for a text that `toMessages` did not make. */
export function readMessage(body: string): HistoryRow[] {
  const rows = JSON.parse(body) as (Omit<HistoryRow, 'eventTime'> & { eventTime: string })[]
  return rows.map((row) => ({ ...row, eventTime: BigInt(row.eventTime) }))
}

/** JSON of the characters that a message may have: SQS takes neither U+FFFE nor U+FFFF, and JSON escapes the others. */
function rowText(row: HistoryRow): string {
  const text = JSON.stringify({ ...row, eventTime: String(row.eventTime) })
  return text.replaceAll('\ufffe', '\\ufffe').replaceAll('\uffff', '\\uffff')
}
