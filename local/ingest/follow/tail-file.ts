import { type FileHandle, open, readdir } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import type { ColumnHints } from '../../../store/files/read-rows.ts'
import type { Format } from '../format.ts'
import type { Checkpoint } from './checkpoint.ts'
import { type Piece, readPieces } from './piece.ts'
import { firstPlace, inodeOf, isPlaceIn } from './place.ts'

export interface FollowOptions extends ColumnHints {
  format: Format
  checkpoint: Checkpoint
  signal: AbortSignal
}

export const POLL_MS = 200

/**
 * The rows of a file and of what is added to it, until `signal`. A file that was renamed is read to its end before the
 * one that took its place; one that was cut off or written anew is read from its start.
 */
export async function* tailFile(path: string, options: FollowOptions): AsyncGenerator<Piece> {
  const rotated = await findRotated(path, options)
  if (rotated !== undefined) yield* readToEnd(rotated, path, options)
  while (!options.signal.aborted) {
    const file = await openIfThere(path)
    if (file === undefined) await pause(options.signal)
    else yield* tailOne(file, path, options)
  }
}

/** Follows a file as long as it has the path and is not written anew. */
async function* tailOne(file: FileHandle, path: string, options: FollowOptions): AsyncGenerator<Piece> {
  try {
    while (!options.signal.aborted) {
      const isReplaced = !(await hasPath(file, path))
      yield* readNow(file, path, { ...options, isFinal: isReplaced })
      if (isReplaced) {
        options.checkpoint.places.delete(basename(path))
        return
      }
      await pause(options.signal)
    }
  } finally {
    await file.close()
  }
}

async function* readToEnd(file: FileHandle, path: string, options: FollowOptions): AsyncGenerator<Piece> {
  try {
    yield* readNow(file, path, { ...options, isFinal: true })
    if (!options.signal.aborted) options.checkpoint.places.delete(basename(path))
  } finally {
    await file.close()
  }
}

/** What a file has now past the place that the checkpoint knows; from its start when it is not that file any more. */
export async function* readNow(
  file: FileHandle,
  path: string,
  { checkpoint, ...options }: FollowOptions & { isFinal: boolean },
): AsyncGenerator<Piece> {
  const name = basename(path)
  const known = checkpoint.places.get(name)
  const from = known !== undefined && (await isPlaceIn(file, known)) ? known : await firstPlace(file)
  yield* readPieces(file, {
    ...options,
    name,
    from,
    async onDone(place) {
      checkpoint.places.set(name, place)
      await checkpoint.save()
    },
  })
}

/** The file that the checkpoint is in, when it has been renamed in its directory since. */
async function findRotated(path: string, { checkpoint }: FollowOptions): Promise<FileHandle | undefined> {
  const place = checkpoint.places.get(basename(path))
  if (place === undefined) return undefined
  for (const entry of await readdir(dirname(path), { withFileTypes: true })) {
    if (!entry.isFile() || entry.name === basename(path)) continue
    const file = await openIfThere(join(dirname(path), entry.name))
    if (file !== undefined && (await isPlaceIn(file, place).catch(() => false))) return file
    await file?.close()
  }
  return undefined
}

async function hasPath(file: FileHandle, path: string): Promise<boolean> {
  const other = await openIfThere(path)
  // A renamed file may still be written to until the next one is there.
  if (other === undefined) return true
  try {
    return (await inodeOf(other)) === (await inodeOf(file))
  } finally {
    await other.close()
  }
}

export async function openIfThere(path: string): Promise<FileHandle | undefined> {
  try {
    return await open(path)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
    throw error
  }
}

/** Waits for a while, or for the signal. */
export async function pause(signal: AbortSignal): Promise<void> {
  await setTimeout(POLL_MS, undefined, { signal }).catch(() => {})
}
