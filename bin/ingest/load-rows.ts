import { setTimeout } from 'node:timers/promises'
import type { Event, Row } from '../../local/ingest/row.ts'
import type { Destination } from './destination.ts'
import { makeLanes } from './lanes.ts'
import { type Outgoing, outgoingEvent, outgoingRow } from './outgoing-row.ts'
import type { Progress } from './progress.ts'
import type { Refusals } from './refusals.ts'
import { type OutgoingRow, sendBatch } from './send-batch.ts'

/** What became of the rows of a file. */
export interface Counts {
  read: number
  written: number
  /** How many of the written ones are older than what is online; undefined where that is not told. */
  historic: number | undefined
  refused: number
}

export function noCounts(): Counts {
  return { read: 0, written: 0, historic: 0, refused: 0 }
}

export interface Delivery extends Outgoing {
  destination: Destination
  /** After so many attempts a row is refused. */
  maxAttempts: number
  refusals: Refusals
  signal: AbortSignal
  /** Kept up to date, also when something fails. */
  counts: Counts
}

/**
 * Writes rows, many batches at a time and the rows of one record in their order. Resolves when all that was read is
 * written or refused, or when `signal` stops it. Throws when nothing more can be written.
 */
export async function loadRows(rows: AsyncIterable<Row>, load: Delivery & { progress: Progress }): Promise<void> {
  const delivery = startDelivery(load)
  try {
    for await (const row of rows) {
      if (delivery.signal.aborted) break
      const room = delivery.add(row)
      if (room !== undefined) await room
      load.progress.update(row.end, load.counts.read)
    }
  } finally {
    await delivery.flush()
  }
}

/** Takes rows to where they are written; what `loadRows` is made of. */
export function startDelivery({ counts, refusals, destination, maxAttempts, ...load }: Delivery) {
  const stop = new AbortController()
  const signal = AbortSignal.any([load.signal, stop.signal])
  let failure: unknown
  if (!destination.isHistoricTold) counts.historic = undefined

  function refuse({ file, line, json }: Pick<Row, 'file' | 'line' | 'json'>, reason: string): void {
    counts.refused += 1
    refusals.add({ file, line, json, reason })
  }
  function onWritten(rows: OutgoingRow[], historic: number): void {
    counts.written += rows.length
    if (counts.historic !== undefined) counts.historic += historic
  }
  function wait(milliseconds: number): Promise<void> {
    return setTimeout(milliseconds, undefined, { signal })
  }
  async function send(batch: OutgoingRow[]): Promise<void> {
    if (signal.aborted) return
    try {
      await sendBatch(batch, { apply: destination.apply, maxAttempts, wait, onWritten, onRefused: refuse })
    } catch (error) {
      if (!signal.aborted) failure = error
      stop.abort()
    }
  }

  const lanes = makeLanes({ ...destination.lanes, send })

  async function addEvent(row: Row, event: Event): Promise<void> {
    await lanes.add(await outgoingEvent(row, event, load))
  }

  return {
    /** Aborted when nothing more can be written, too. */
    signal,
    /** Takes a row; resolves when there is room for the next one, and is undefined when there is already. */
    add(row: Row): Promise<void> | undefined {
      counts.read += 1
      if (row.event !== undefined) return addEvent(row, row.event)
      if (row.reason !== undefined) refuse(row, row.reason)
      else if (load.group === undefined) refuse(row, 'the row is no event and names no feature group: give --group')
      else return lanes.add(outgoingRow(row, row.cells, load.group, load))
      return undefined
    },
    /** Resolves when all rows so far are written or refused. Throws when that cannot be. */
    async flush(): Promise<void> {
      await lanes.flush()
      if (failure !== undefined) throw failure
    },
  }
}
