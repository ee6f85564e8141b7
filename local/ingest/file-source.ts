import { open } from 'node:fs/promises'
import type { ByteSource } from '../../store/files/chunks.ts'

const FIRST_BYTES = 4 * 1024
const MOST_BYTES = 256 * 1024

/**
 * The bytes of a file. Without an end they come in chunks that grow: whoever wants a line does not wait for much more.
 */
export function fileSource(path: string): ByteSource {
  return async function* (start, end) {
    const file = await open(path)
    try {
      let position = start
      let size = end === undefined ? FIRST_BYTES : end - start
      while (size > 0) {
        const { buffer, bytesRead } = await file.read(Buffer.allocUnsafe(size), 0, size, position)
        if (bytesRead === 0) return
        position += bytesRead
        yield buffer.subarray(0, bytesRead)
        size = end === undefined ? Math.min(size * 4, MOST_BYTES) : end - position
      }
    } finally {
      await file.close()
    }
  }
}
