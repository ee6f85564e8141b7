import { createWriteStream } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Duplex, Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'

/** A file that can be read more than once, and how what was made for it is removed. */
export interface Rereadable {
  path: string
  close(): Promise<void>
}

/** A temporary file of what comes through the streams. Throws when that cannot be decompressed. */
export async function temporaryCopy(
  streams: [Readable, ...Duplex[]],
  name: string,
  signal: AbortSignal,
): Promise<Rereadable> {
  const directory = await mkdtemp(join(tmpdir(), 'cairn-ingest-'))
  const path = join(directory, 'input')
  const close = () => rm(directory, { recursive: true, force: true })
  try {
    await pipeline([...streams, createWriteStream(path, { mode: 0o600 })], { signal })
    return { path, close }
  } catch (error) {
    await close()
    if (signal.aborted || streams.length === 1) throw error
    throw new Error(`${name} cannot be decompressed: ${(error as Error).message}`)
  }
}
