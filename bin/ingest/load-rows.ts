import { setTimeout } from 'node:timers/promises'
import type {
  BatchWriteRecordEntry,
  BatchWriteRecordResponse,
  TargetStore,
} from '@aws-sdk/client-sagemaker-featurestore-runtime'
import type { Cell } from '../../local/ingest/json-line.ts'
import { makeLanes } from './lanes.ts'
import type { Progress } from './progress.ts'
import type { Refusals } from './refusals.ts'
import { type Row, toRecord } from './row.ts'
import { type OutgoingRow, sendBatch } from './send-batch.ts'
import type { TargetGroup } from './target-group.ts'

/** What became of the rows of a file. */
export interface Counts {
  read: number
  written: number
  refused: number
}

export interface Load {
  group: TargetGroup
  /** All stores of the group unless given. */
  targetStores?: TargetStore[]
  /** How many requests may be under way at the same time. */
  concurrency: number
  write: (entries: BatchWriteRecordEntry[]) => Promise<BatchWriteRecordResponse>
  refusals: Refusals
  progress: Progress
  signal: AbortSignal
  /** Kept up to date, also when loading ends with an error. */
  counts: Counts
}

/** For each value about what the names of members and the quotes add to a request. */
const OVERHEAD = 50

/**
 * Writes rows to a group, many requests at a time and the rows of one record in their order. Resolves when all that
 * was read is written or refused, or when `signal` stops it. Throws when nothing more can be written.
 */
export async function loadRows(rows: AsyncIterable<Row>, load: Load): Promise<void> {
  const delivery = startDelivery(load)
  try {
    for await (const row of rows) {
      if (delivery.signal.aborted) break
      load.counts.read += 1
      if (row.cells === undefined) delivery.refuse(row, row.reason)
      else await delivery.add(toOutgoing(row, row.cells, load))
      load.progress.update(row.end, load.counts.read)
    }
  } finally {
    await delivery.finish()
  }
}

function startDelivery({ counts, refusals, write, concurrency, ...load }: Load) {
  const stop = new AbortController()
  const signal = AbortSignal.any([load.signal, stop.signal])
  let failure: unknown

  function refuse({ line, json }: Pick<OutgoingRow, 'line' | 'json'>, reason: string): void {
    counts.refused += 1
    refusals.add({ line, json, reason })
  }
  function countWritten(rows: OutgoingRow[]): void {
    counts.written += rows.length
  }
  function wait(milliseconds: number): Promise<void> {
    return setTimeout(milliseconds, undefined, { signal })
  }
  async function send(batch: OutgoingRow[]): Promise<void> {
    if (signal.aborted) return
    try {
      await sendBatch(batch, { write, wait, onWritten: countWritten, onRefused: refuse })
    } catch (error) {
      if (!signal.aborted) failure = error
      stop.abort()
    }
  }

  const lanes = makeLanes({ count: concurrency, send })
  return {
    signal,
    refuse,
    add: lanes.add,
    async finish(): Promise<void> {
      await lanes.finish()
      if (failure !== undefined) throw failure
    },
  }
}

function toOutgoing({ line, json }: Row, cells: Cell[], { group, targetStores }: Load): OutgoingRow {
  const entry: BatchWriteRecordEntry = { FeatureGroupName: group.name, Record: toRecord(cells) }
  if (targetStores !== undefined) entry.TargetStores = targetStores
  let identifier = ''
  let size = 0
  for (const { name, value } of cells) {
    if (name === group.identifier && typeof value === 'string') identifier = value
    size += name.length + OVERHEAD
    if (typeof value === 'string') size += value.length
    else for (const element of value) size += element.length + 3
  }
  return { line, json, entry, identifier, size }
}
