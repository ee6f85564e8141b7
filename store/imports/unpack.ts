import { ApiError, validationError } from '../api-error.ts'
import { decompressedSource, decompressorOf, HEAD_BYTES } from '../files/compression.ts'
import type { FileImport } from './file-import.ts'
import type { ImportStores } from './import-stores.ts'
import { unpackedKey } from './object-names.ts'
import { objectSource } from './object-source.ts'

/**
 * Decompresses a file into an object of its own, since a compressed one cannot be entered in its middle; answers how many
 * bytes that has, undefined for a file that is not compressed. Throws ValidationError when it is damaged, and when one
 * run of the function does not suffice.
 */
export async function unpack(stores: ImportStores, { id, object }: FileImport): Promise<number | undefined> {
  const { objects } = stores
  const end = Math.min(HEAD_BYTES, object.bytes)
  if (end === 0) return undefined
  const decompress = decompressorOf(await objects.read(object, { start: 0, end }))
  if (decompress === undefined) return undefined
  const text = decompressedSource(objectSource(objects, object, object.bytes), decompress)
  try {
    return await objects.write(unpackedKey(id), withinTime(stores, text(0)))
  } catch (error) {
    if (error instanceof ApiError) throw error
    throw validationError(`the file cannot be decompressed: ${(error as Error).message}`)
  }
}

async function* withinTime({ hasTime }: ImportStores, chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  let bytes = 0
  for await (const chunk of chunks) {
    if (!hasTime()) {
      throw validationError(
        `the file is too large to be decompressed: after ${bytes} bytes of text the time of the function was up. Put it in several files, or uncompressed.`,
      )
    }
    bytes += chunk.length
    yield chunk
  }
}
