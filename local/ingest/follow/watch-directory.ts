import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { decompressorOf } from '../../../store/files/compression.ts'
import type { Format } from '../format.ts'
import { formatOf } from '../input.ts'
import { headOf } from '../open-input.ts'
import type { Piece } from './piece.ts'
import { readWhole } from './read-whole.ts'
import { type FollowOptions, openIfThere, pause, readNow } from './tail-file.ts'

/** A file that has not changed for so long is taken to be whole: its last line need not end. */
const SETTLED_MS = 2_000

export interface WatchOptions extends Omit<FollowOptions, 'format'> {
  /** The format of all files, in place of the one that the extension of each says. */
  format: Format | undefined
}

/**
 * The rows of the files in a directory, of those that come, and of what is added to them, until `signal`. Names that
 * begin with a dot, and those whose extension says no format unless one is given, are left alone.
 */
export async function* watchDirectory(directory: string, options: WatchOptions): AsyncGenerator<Piece> {
  while (!options.signal.aborted) {
    const entries = await readdir(directory, { withFileTypes: true })
    const names = entries.flatMap((entry) => (entry.isFile() && !entry.name.startsWith('.') ? [entry.name] : []))
    for (const name of names.sort()) yield* readFile(directory, name, options)
    if (forget(options, new Set(names))) await options.checkpoint.save()
    await pause(options.signal)
  }
}

async function* readFile(directory: string, name: string, options: WatchOptions): AsyncGenerator<Piece> {
  const path = join(directory, name)
  const format = options.format ?? formatOf(name)
  const file = format && (await openIfThere(path))
  if (format === undefined || file === undefined) return
  try {
    const { mtimeMs } = await file.stat()
    const isFinal = Date.now() - mtimeMs > SETTLED_MS
    const isWhole = format === 'parquet' || (await decompressorOf(await headOf(path))) !== undefined
    if (!isWhole) yield* readNow(file, path, { ...options, format, isFinal })
    else if (isFinal) yield* readWhole(file, path, { ...options, format })
  } finally {
    await file.close()
  }
}

/** Drops the places of files that are gone; true when there were any. */
function forget({ checkpoint }: WatchOptions, names: ReadonlySet<string>): boolean {
  const gone = [...checkpoint.places.keys()].filter((name) => !names.has(name))
  for (const name of gone) checkpoint.places.delete(name)
  return gone.length > 0
}
