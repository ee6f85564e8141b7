import type { TargetStore } from '@aws-sdk/client-sagemaker-featurestore-runtime'
import type { Input } from '../../local/ingest/input.ts'
import type { Row } from '../../local/ingest/row.ts'
import type { Duration } from '../arguments/duration.ts'
import type { Connection } from '../client/connection.ts'
import { print } from '../output.ts'
import type { Destination } from './destination.ts'
import { knownGroups } from './known-groups.ts'
import { type Counts, loadRows } from './load-rows.ts'
import { openDestination } from './open-destination.ts'
import { makeProgress, type Progress } from './progress.ts'
import type { Refusals } from './refusals.ts'
import { summary } from './summary.ts'
import { createdGroup, existingGroup, type TargetGroup } from './target-group.ts'
import { thenClose } from './then-close.ts'

/** Where and how rows are written. */
export interface WriteOptions extends Connection {
  group?: string | undefined
  /** Set to make the group from the columns of these names. */
  create?: { id: string; eventTime: string } | undefined
  ttl?: Duration
  targetStores?: TargetStore[] | undefined
  concurrency: number
  /** Set to write into the store of this directory, without a server. */
  data?: string
  isQuiet: boolean
}

export interface UnderWay {
  signal: AbortSignal
  refusals: Refusals
  /** Milliseconds since the epoch. */
  startedAt: number
  /** Kept up to date, also when something fails. */
  counts: Counts
}

const MAX_ATTEMPTS = 8

/**
 * Writes the rows of a file to its group, with a progress bar, and says in a line what became of them. Throws when
 * nothing more can be written.
 */
export async function writeInput(input: Input, options: WriteOptions, underWay: UnderWay): Promise<void> {
  const { counts, signal, startedAt } = underWay
  const progress = makeProgress(input.bytes, process.stderr.isTTY && !options.isQuiet)
  const destination = await openDestination(options)
  let isBegun = false
  async function write(): Promise<void> {
    const group = await targetGroup(input, options, { destination, progress, signal })
    progress.start('writing')
    isBegun = true
    const delivery = { ...options, ...underWay, destination, group, groups: knownGroups(destination), progress }
    await loadRows(input.rows(group), { ...delivery, maxAttempts: MAX_ATTEMPTS })
  }
  try {
    await thenClose(destination, () => write().finally(progress.stop))
  } finally {
    // What is told has happened: the history's tables are written when the destination is closed.
    if (isBegun && !options.isQuiet) await print(`${summary(counts, (Date.now() - startedAt) / 1000)}\n`)
  }
}

interface Search {
  destination: Destination
  progress: Progress
  signal: AbortSignal
}

/** The group to write to: one that is there, or with `create` one that is made for the rows; none for events alone. */
async function targetGroup(
  input: Input,
  { create, group }: WriteOptions,
  { destination, progress, signal }: Search,
): Promise<TargetGroup | undefined> {
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
