import type { KinesisStreamBatchResponse, KinesisStreamRecord } from 'aws-lambda'
import type { EventResult } from '../../store/events/apply-events.ts'
import { type DeadLetter, deadLetter } from '../../store/events/dead-letter.ts'
import type { DeadLetters } from '../../store/events/dead-letters-sqs.ts'
import { ingest } from '../../store/events/ingest.ts'
import type { WriteStores } from '../../store/stores.ts'
import { countEvents } from '../count-events.ts'

export interface RecordStores {
  stores: WriteStores
  deadLetters: DeadLetters
  /** Told of an event that made the others fail. */
  onError: (error: unknown) => void
}

/** For how long an event may hold up its shard. */
const PATIENCE_SECONDS = 3_600
const GIVEN_UP: Refusal = {
  status: 'refused',
  code: 'ServiceUnavailable',
  reason: `no store took the event for ${PATIENCE_SECONDS} seconds`,
}

type Refusal = Extract<EventResult, { status: 'refused' }>

interface Judged {
  record: KinesisStreamRecord
  data: Uint8Array
  result: EventResult
}

/**
 * Applies the events of a stream's records, in order. Answers the first that a store did not take: Lambda goes back to
 * it. Those refused before it go to the dead-letter queue, and so does what no store has taken for an hour; one that
 * finds no place there is itself what Lambda goes back to.
 */
export async function ingestRecords(
  records: KinesisStreamRecord[],
  { stores, deadLetters, onError }: RecordStores,
): Promise<KinesisStreamBatchResponse> {
  const data = records.map(({ kinesis }) => Buffer.from(kinesis.data, 'base64'))
  const results = await ingest(stores, data, onError)
  const judged = records.map((record, index): Judged => {
    const result = results[index] ?? { status: 'unprocessed' }
    return {
      record,
      data: data[index] ?? Buffer.of(),
      result: isGivenUp(record, result, stores.now()) ? GIVEN_UP : result,
    }
  })
  const end = judged.findIndex(({ result }) => result.status === 'unprocessed')
  // What comes after will come again, to be judged then.
  const done = end === -1 ? judged : judged.slice(0, end)
  countEvents(
    'IngestStream',
    done.map(({ result }) => result),
  )
  const untaken = await setAside(done, deadLetters)
  const first = judged.find((one, index) => untaken.has(one) || index === end)
  return { batchItemFailures: first === undefined ? [] : [{ itemIdentifier: first.record.kinesis.sequenceNumber }] }
}

function isGivenUp({ kinesis }: KinesisStreamRecord, { status }: EventResult, now: number): boolean {
  return status === 'unprocessed' && now / 1000 - kinesis.approximateArrivalTimestamp > PATIENCE_SECONDS
}

/** Sends those refused to the dead-letter queue; answers those that found no place there. */
async function setAside(judged: Judged[], deadLetters: DeadLetters): Promise<Set<Judged>> {
  const letters = new Map<DeadLetter, Judged>()
  for (const one of judged) if (one.result.status === 'refused') letters.set(letterOf(one, one.result), one)
  const untaken = await deadLetters.setAside([...letters.keys()])
  return new Set(untaken.flatMap((letter) => letters.get(letter) ?? []))
}

function letterOf({ record, data }: Judged, { code, reason }: Refusal): DeadLetter {
  return deadLetter({ body: data, source: record.eventSourceARN, id: record.eventID, code, reason })
}
