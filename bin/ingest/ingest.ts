import { resolve } from 'node:path'
import {
  BatchWriteRecordCommand,
  type BatchWriteRecordEntry,
  type TargetStore,
} from '@aws-sdk/client-sagemaker-featurestore-runtime'
import type { Duration } from '../arguments/duration.ts'
import { controlClient, runtimeClient } from '../client/clients.ts'
import type { Connection } from '../client/connection.ts'
import { print } from '../output.ts'
import { groupNameOf } from './group-name.ts'
import { type Format, type Input, openInput } from './input.ts'
import { interruption } from './interruption.ts'
import { type Counts, loadRows } from './load-rows.ts'
import { makeProgress, type Progress } from './progress.ts'
import { readRows } from './read-rows.ts'
import { openRefusals } from './refusals.ts'
import type { Row } from './row.ts'
import { summary } from './summary.ts'
import { createdGroup, existingGroup, type TargetGroup } from './target-group.ts'

export interface IngestOptions extends Connection {
  group?: string
  /** Set to make the group from the columns of these names. */
  create?: { id: string; eventTime: string }
  format?: Format
  ttl?: Duration
  targetStores?: TargetStore[]
  concurrency: number
  refused?: string
  isQuiet: boolean
}

const STATUS_OF_REFUSALS = 2

/**
 * Writes the rows of a file to a feature group and says what became of them. Answers the exit status: 0, 2 when rows
 * were refused, or that of a signal. Throws when nothing more can be written.
 */
export async function ingest(file: string, options: IngestOptions): Promise<number> {
  const interrupted = interruption()
  try {
    const counts = await ingestFile(file, options, interrupted.signal)
    return interrupted.status() ?? (counts.refused > 0 ? STATUS_OF_REFUSALS : 0)
  } catch (error) {
    const status = interrupted.status()
    if (status === undefined || (error as Error).name !== 'AbortError') throw error
    process.stderr.write('cairn: interrupted before the first row was written\n')
    return status
  } finally {
    interrupted.dispose()
  }
}

async function ingestFile(file: string, options: IngestOptions, signal: AbortSignal): Promise<Counts> {
  const startedAt = performance.now()
  const input = await openInput(file, options.format, signal)
  const refusedPath = options.refused ?? `${input.name}.refused.jsonl`
  const progress = makeProgress(input.bytes, process.stderr.isTTY && !options.isQuiet)
  try {
    if (resolve(refusedPath) === resolve(file)) throw new Error(`--refused names the file that is read: ${file}`)
    const group = await targetGroup(input, options, { progress, signal })
    return await load(input, group, { ...options, refusedPath, progress, signal, startedAt })
  } finally {
    progress.stop()
    await input.close()
  }
}

/** The group to write to: one that is there, or with `create` one that is made for the rows. */
function targetGroup(
  input: Input,
  options: IngestOptions,
  { progress, signal }: { progress: Progress; signal: AbortSignal },
): Promise<TargetGroup> {
  const { create, group = create && !input.isStdin ? groupNameOf(input.name) : undefined } = options
  if (group === undefined) throw new Error('the feature group is not known: give --group')
  const control = controlClient(options)
  if (create === undefined) return existingGroup(control, input, group)
  progress.start('reading')
  let rows = 0
  const onRow = ({ end }: Row) => {
    signal.throwIfAborted()
    rows += 1
    progress.update(end, rows)
  }
  return createdGroup(control, {
    input,
    wanted: { name: group, identifier: create.id, eventTime: create.eventTime },
    onRow,
  })
}

interface LoadOptions extends IngestOptions {
  refusedPath: string
  progress: Progress
  signal: AbortSignal
  startedAt: number
}

async function load(input: Input, group: TargetGroup, options: LoadOptions): Promise<Counts> {
  const { refusedPath, progress, isQuiet, startedAt } = options
  const refusals = openRefusals(refusedPath)
  const counts: Counts = { read: 0, written: 0, refused: 0 }
  progress.start('writing')
  try {
    await loadRows(readRows(input, group.collections), {
      ...options,
      group,
      write: batchWriter(options),
      refusals,
      counts,
    })
    return counts
  } finally {
    progress.stop()
    refusals.close()
    if (!isQuiet) await print(`${summary(counts, (performance.now() - startedAt) / 1000)}\n`)
    if (counts.refused > 0) process.stderr.write(`cairn: refused rows and the reasons are in ${refusedPath}\n`)
  }
}

/** The SDK does not send again by itself: rows of one record must stay in order, and attempts are counted once. */
function batchWriter({ ttl, ...connection }: IngestOptions) {
  const runtime = runtimeClient(connection, { maxAttempts: 1 })
  return (entries: BatchWriteRecordEntry[]) =>
    runtime.send(new BatchWriteRecordCommand({ Entries: entries, TtlDuration: ttl }))
}
