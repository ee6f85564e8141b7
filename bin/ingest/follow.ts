import { stat } from 'node:fs/promises'
import { basename, dirname, join, resolve } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { openCheckpoint } from '../../local/ingest/follow/checkpoint.ts'
import type { Piece } from '../../local/ingest/follow/piece.ts'
import { readPipe } from '../../local/ingest/follow/read-pipe.ts'
import { tailFile } from '../../local/ingest/follow/tail-file.ts'
import { watchDirectory } from '../../local/ingest/follow/watch-directory.ts'
import type { Format } from '../../local/ingest/format.ts'
import { formatOf } from '../../local/ingest/input.ts'
import { httpStatus, isConnectionFailure } from '../client/failure.ts'
import { print } from '../output.ts'
import type { Destination } from './destination.ts'
import type { IngestOptions } from './ingest.ts'
import { interruption } from './interruption.ts'
import { knownGroups } from './known-groups.ts'
import { type Counts, noCounts, startDelivery } from './load-rows.ts'
import { openDestination } from './open-destination.ts'
import { openRefusals, type Refusals } from './refusals.ts'
import { summary } from './summary.ts'
import { type TargetGroup, targetGroupNamed } from './target-group.ts'
import { thenClose } from './then-close.ts'

export interface FollowCommand extends IngestOptions {
  /** Where it is kept how far each file is read; beside the file, or in the directory, unless given. */
  checkpoint?: string
}

const STATUS_OF_REFUSALS = 2
/** So long after a signal it is still tried to write what has been read. */
const GRACE_MS = 5_000
const RETRY_MS = 1_000

/**
 * Writes the rows of a file, of a directory's files or of a pipe as they come, until a signal or the end of the pipe.
 * How far it is is kept in a checkpoint once rows are written or refused, so that another run goes on there. Answers the
 * exit status: 0, or 2 when rows were refused. Throws when nothing can be written, and not for a while only.
 */
export async function follow(place: string, options: FollowCommand): Promise<number> {
  const startedAt = performance.now()
  const interrupted = interruption()
  const refusals = openRefusals(options.refused ?? `${nameOf(place)}.refused.jsonl`, { isKept: true })
  const counts = noCounts()
  const destination = await openDestination(options)
  let isDelivered = false
  async function work(): Promise<void> {
    try {
      await deliver(place, { ...options, destination, refusals, counts, signal: interrupted.signal })
      isDelivered = true
    } finally {
      interrupted.dispose()
      refusals.close()
    }
  }
  try {
    await thenClose(destination, work)
  } finally {
    if (isDelivered && !options.isQuiet) await print(`${summary(counts, (performance.now() - startedAt) / 1000)}\n`)
    if (counts.refused > 0) process.stderr.write(`cairn: refused rows and the reasons are in ${refusals.path}\n`)
  }
  return counts.refused > 0 ? STATUS_OF_REFUSALS : 0
}

interface Deliver extends FollowCommand {
  destination: Destination
  refusals: Refusals
  counts: Counts
  signal: AbortSignal
}

async function deliver(place: string, options: Deliver): Promise<void> {
  const { destination, refusals, counts, signal } = options
  const givenUp = graceful(signal)
  const describe = patient(destination.describe, givenUp)
  const group = options.group === undefined ? undefined : await targetGroupNamed({ describe }, options.group)
  const delivery = startDelivery({
    ...options,
    group,
    groups: knownGroups({ describe }),
    signal: givenUp,
    maxAttempts: Number.POSITIVE_INFINITY,
  })
  for await (const { name, rows } of await piecesOf(place, options, group)) {
    for await (const row of rows) {
      if (delivery.signal.aborted) break
      await delivery.add({ ...row, file: name })
    }
    await delivery.flush()
    refusals.sync()
    // Leaving the loop here leaves the checkpoint as it was.
    if (delivery.signal.aborted) break
  }
  if (givenUp.aborted)
    throw new Error(`interrupted: ${counts.read - counts.written - counts.refused} rows wait for the next run`)
}

/** Aborted some time after `signal`. */
function graceful(signal: AbortSignal): AbortSignal {
  const controller = new AbortController()
  const giveUp = async () => {
    await setTimeout(GRACE_MS, undefined, { ref: false })
    controller.abort()
  }
  if (signal.aborted) void giveUp()
  else signal.addEventListener('abort', () => void giveUp())
  return controller.signal
}

/** Asks again as long as no server answers. */
function patient(describe: Destination['describe'], signal: AbortSignal): Destination['describe'] {
  return async (name) => {
    while (true) {
      try {
        return await describe(name)
      } catch (error) {
        if (!isConnectionFailure(error) && (httpStatus(error) ?? 0) < 500) throw error
        await setTimeout(RETRY_MS, undefined, { signal })
      }
    }
  }
}

async function piecesOf(
  place: string,
  { format, signal, checkpoint, refusals }: Deliver,
  group: TargetGroup | undefined,
): Promise<AsyncGenerator<Piece>> {
  const hints = { collections: group?.collections, numbers: group?.numbers }
  if (place === '-') {
    if (checkpoint !== undefined) throw new Error('a pipe cannot be read again, so that --checkpoint is not for it')
    return readPipe(process.stdin, { name: 'stdin', format: formatKnown(place, format), ...hints, signal })
  }
  const isDirectory = (await stat(place).catch(() => undefined))?.isDirectory() === true
  const path = checkpoint ?? (isDirectory ? join(place, '.cairn-checkpoint') : `${place}.checkpoint`)
  assertApart(place, isDirectory, [path, refusals.path])
  const opened = await openCheckpoint(path)
  if (isDirectory) return watchDirectory(place, { format, ...hints, checkpoint: opened, signal })
  return tailFile(place, { format: formatKnown(place, format), ...hints, checkpoint: opened, signal })
}

function formatKnown(place: string, format: Format | undefined): Format {
  const known = format ?? formatOf(place)
  if (known === 'parquet') throw new Error('a Parquet file does not grow: follow the directory that it comes into')
  if (known !== undefined) return known
  throw new Error(`the format of ${nameOf(place)} is not known: give --format csv or --format jsonl`)
}

/** What it writes itself must not be among what it reads. */
function assertApart(place: string, isDirectory: boolean, own: string[]): void {
  for (const path of own) {
    const isRead = isDirectory
      ? dirname(resolve(path)) === resolve(place) && !basename(path).startsWith('.')
      : resolve(path) === resolve(place)
    if (isRead) throw new Error(`${path} would be read as well: choose another place for it`)
  }
}

function nameOf(place: string): string {
  return place === '-' ? 'stdin' : basename(resolve(place))
}
