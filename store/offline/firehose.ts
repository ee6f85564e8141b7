import { type FirehoseClient, PutRecordBatchCommand, type PutRecordBatchCommandInput } from '@aws-sdk/client-firehose'
import { boundedBatches } from '../calls/bounded-batches.ts'
import { resend } from '../calls/resend.ts'
import type { Catalog } from '../catalog/catalog.ts'
import type { HistoryRow } from '../records/change.ts'
import { firehoseRow } from './firehose-row.ts'
import type { OfflineStore } from './offline-store.ts'

/** Limits of PutRecordBatch: https://docs.aws.amazon.com/firehose/latest/APIReference/API_PutRecordBatch.html */
const MAX_RECORD_BYTES = 1_000 * 1_024
/** The bytes are those of the request's JSON text; a little is left for what is around the records. */
const MAX_REQUEST = { count: 500, bytes: 4 * 1_024 * 1_024 - 1_024 }
const BYTES_AROUND_RECORD = 16

const ATTEMPTS = 5

export interface FirehoseHistoryOptions {
  streamName: string
  /** Where the definitions are from that rows are written by. */
  catalog: Pick<Catalog, 'getById'>
  /** Told why rows were not taken; the rows themselves come back to the caller. */
  onError: (error: unknown) => void
  /** The base of the waits before records that Firehose refused are sent again. @default - 50 milliseconds */
  backoffMs?: number
}

/** A row as it is sent. */
interface Encoded {
  row: HistoryRow
  data: Uint8Array
}

/**
 * The history as a Firehose stream that delivers each row to the table that it names. A row is taken once Firehose has
 * acknowledged it; when an acknowledgement gets lost a row may be delivered twice. Records that Firehose refuses are
 * sent again alone, up to five times; rows still refused then, and those that no request can hold, come back.
 */
export function firehoseHistory(client: FirehoseClient, options: FirehoseHistoryOptions): OfflineStore {
  const { streamName, catalog, onError, backoffMs = 50 } = options

  async function send(records: Encoded[]): Promise<Encoded[]> {
    const { RequestResponses: answers = [] } = await client.send(
      new PutRecordBatchCommand(putRecordBatchParams(streamName, records)),
    )
    return records.filter((_, index) => answers[index]?.RecordId === undefined)
  }

  return {
    async append(rows) {
      const { records, refused } = await encode(catalog, rows)
      const [unsendable] = refused.values()
      if (unsendable !== undefined) onError(new Error(`${refused.size} rows cannot be sent`, { cause: unsendable }))
      const left = [...refused.keys()]
      for (const batch of boundedBatches(records, sentBytes, MAX_REQUEST)) {
        const untaken = await resend(batch, send, { attempts: ATTEMPTS, backoffMs, onError })
        left.push(...untaken.map(({ row }) => row))
      }
      return left
    },
  }
}

export function putRecordBatchParams(streamName: string, records: { data: Uint8Array }[]): PutRecordBatchCommandInput {
  return { DeliveryStreamName: streamName, Records: records.map(({ data }) => ({ Data: data })) }
}

/** The rows as records, and those that cannot be one, with the reason. */
async function encode(catalog: Pick<Catalog, 'getById'>, rows: HistoryRow[]) {
  const records: Encoded[] = []
  const refused = new Map<HistoryRow, unknown>()
  for (const row of rows) {
    try {
      records.push({ row, data: await encodeRow(catalog, row) })
    } catch (error) {
      refused.set(row, error)
    }
  }
  return { records, refused }
}

async function encodeRow(catalog: Pick<Catalog, 'getById'>, row: HistoryRow): Promise<Uint8Array> {
  const known = await catalog.getById(row.groupId)
  const text = known && (firehoseRow(known, row) ?? (await encodeAfresh(catalog, row)))
  if (text === undefined) throw new Error(`no feature group ${row.groupId} has all the features of the row`)
  const data = Buffer.from(text)
  if (data.length <= MAX_RECORD_BYTES) return data
  throw new Error(`a row has ${data.length} bytes of JSON, and Firehose takes ${MAX_RECORD_BYTES}`)
}

/** The group may be known from before a feature was added. */
async function encodeAfresh(catalog: Pick<Catalog, 'getById'>, row: HistoryRow): Promise<string | undefined> {
  const fresh = await catalog.getById(row.groupId, { isFresh: true })
  return fresh && firehoseRow(fresh, row)
}

/** The bytes of a record as it is sent: in base64. */
function sentBytes({ data }: Encoded): number {
  return Math.ceil(data.length / 3) * 4 + BYTES_AROUND_RECORD
}
