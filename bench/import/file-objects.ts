import { createWriteStream } from 'node:fs'
import { open, readFile, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import type { Objects } from '../../store/imports/objects.ts'

/** Objects as files: the one of the key `given`, and in a directory those that an import makes. */
export function fileObjects(given: { key: string; path: string }, directory: string): Objects {
  const pathOf = (key: string) => (key === given.key ? given.path : join(directory, encodeURIComponent(key)))
  return {
    async read({ key }, range) {
      if (range === undefined) return await readFile(pathOf(key))
      const file = await open(pathOf(key))
      try {
        const length = range.end - range.start
        return (await file.read(Buffer.alloc(length), 0, length, range.start)).buffer
      } finally {
        await file.close()
      }
    },
    async write(key, chunks) {
      const file = createWriteStream(pathOf(key))
      await pipeline(chunks, file)
      return file.bytesWritten
    },
    async removeAll(prefix) {
      await rm(pathOf(`${prefix}unpacked`), { force: true })
    },
  }
}
