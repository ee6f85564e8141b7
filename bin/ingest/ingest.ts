import { resolve } from 'node:path'
import type { TargetStore } from '@aws-sdk/client-sagemaker-featurestore-runtime'
import type { Format } from '../../local/ingest/format.ts'
import { type Input, openInput } from '../../local/ingest/input.ts'
import type { Row } from '../../local/ingest/row.ts'
import type { Duration } from '../arguments/duration.ts'
import type { Connection } from '../client/connection.ts'
import { print } from '../output.ts'
import type { Destination } from './destination.ts'
import { groupNameOf } from './group-name.ts'
import { interruption } from './interruption.ts'
import { knownGroups } from './known-groups.ts'
import { type Counts, loadRows } from './load-rows.ts'
import { openDestination } from './open-destination.ts'
import { makeProgress, type Progress } from './progress.ts'
import { openRefusals } from './refusals.ts'
import { summary } from './summary.ts'
import { createdGroup, existingGroup, type TargetGroup } from './target-group.ts'
import { keepYoungGenerationSmall } from './young-generation.ts'

export interface IngestOptions extends Connection {
  group?: string
  /** Set to make the group from the columns of these names. */
  create?: { id: string; eventTime: string }
  format?: Format
  ttl?: Duration
  targetStores?: TargetStore[]
  concurrency: number
  /** Set to write into the store of this directory, without a server. */
  data?: string
  refused?: string
  isQuiet: boolean
}

const STATUS_OF_REFUSALS = 2
const MAX_ATTEMPTS = 8

/**
 * Writes the rows of a file to a feature group and says what became of them. Answers the exit status: 0, 2 when rows
 * were refused, or that of a signal. Throws when nothing more can be written.
 */
export async function ingest(file: string, options: IngestOptions): Promise<number> {
  keepYoungGenerationSmall()
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
  let destination: Destination | undefined
  try {
    if (resolve(refusedPath) === resolve(file)) throw new Error(`--refused names the file that is read: ${file}`)
    destination = await openDestination(options)
    const group = await targetGroup(input, options, { destination, progress, signal })
    return await load(input, group, { ...options, destination, refusedPath, progress, signal, startedAt })
  } finally {
    progress.stop()
    await destination?.close()
    await input.close()
  }
}

interface UnderWay {
  destination: Destination
  progress: Progress
  signal: AbortSignal
}

/** The group to write to: one that is there, or with `create` one that is made for the rows; none for events alone. */
async function targetGroup(
  input: Input,
  options: IngestOptions,
  { destination, progress, signal }: UnderWay,
): Promise<TargetGroup | undefined> {
  const { create, group = create && !input.isStdin ? groupNameOf(input.uncompressedName) : undefined } = options
  if (group === undefined) {
    if (create === undefined && (await beginsWithEvent(input))) return undefined
    throw new Error('the feature group is not known: give --group')
  }
  if (create === undefined) return await existingGroup(destination, input, group)
  progress.start('reading')
  let rows = 0
  const onRow = ({ end }: Row) => {
    signal.throwIfAborted()
    rows += 1
    progress.update(end, rows)
  }
  const wanted = { name: group, identifier: create.id, eventTime: create.eventTime }
  return await createdGroup(destination, { input, wanted, onRow })
}

async function beginsWithEvent(input: Input): Promise<boolean> {
  if (input.format !== 'jsonl') return false
  for await (const { event } of input.rows()) return event !== undefined
  return false
}

interface LoadOptions extends IngestOptions, UnderWay {
  refusedPath: string
  startedAt: number
}

async function load(input: Input, group: TargetGroup | undefined, options: LoadOptions): Promise<Counts> {
  const { refusedPath, progress, isQuiet, startedAt } = options
  const refusals = openRefusals(refusedPath)
  const counts: Counts = { read: 0, written: 0, historic: 0, refused: 0 }
  progress.start('writing')
  try {
    const groups = knownGroups(options.destination)
    const delivery = { ...options, group, groups, refusals, counts, maxAttempts: MAX_ATTEMPTS }
    await loadRows(input.rows(group), delivery)
    return counts
  } finally {
    progress.stop()
    refusals.close()
    if (!isQuiet) await print(`${summary(counts, (performance.now() - startedAt) / 1000)}\n`)
    if (counts.refused > 0) process.stderr.write(`cairn: refused rows and the reasons are in ${refusedPath}\n`)
  }
}
