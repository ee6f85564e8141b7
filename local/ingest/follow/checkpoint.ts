import { open, readFile, rename } from 'node:fs/promises'
import { dirname } from 'node:path'
import type { Place } from './place.ts'

/** How far each file has been read and written, by name. */
export interface Checkpoint {
  places: Map<string, Place>
  /** Brings it to disk whole or not at all. */
  save(): Promise<void>
}

/** Opens a checkpoint, which is empty when its file is not there. Throws when the file is something else. */
export async function openCheckpoint(path: string): Promise<Checkpoint> {
  const places = await readPlaces(path)
  const temporary = `${path}.new`
  return {
    places,
    async save() {
      const file = await open(temporary, 'w')
      try {
        await file.writeFile(`${JSON.stringify({ files: Object.fromEntries(places) })}\n`)
        await file.sync()
      } finally {
        await file.close()
      }
      await rename(temporary, path)
      await syncDirectory(dirname(path))
    },
  }
}

async function readPlaces(path: string): Promise<Map<string, Place>> {
  const text = await readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return '{"files":{}}'
    throw error
  })
  try {
    return new Map(Object.entries((JSON.parse(text) as { files: { [name: string]: Place } }).files))
  } catch (cause) {
    throw new Error(`${path} is no checkpoint: take it away, or name another with --checkpoint`, { cause })
  }
}

async function syncDirectory(path: string): Promise<void> {
  const directory = await open(path)
  try {
    await directory.sync()
  } finally {
    await directory.close()
  }
}
