import { open } from 'node:fs/promises'

const FIRST_BYTES = 4 * 1024
const MOST_BYTES = 256 * 1024

/** The bytes of a file from `start` on, in chunks that grow: whoever wants a line does not wait for much more. */
export async function* readChunks(path: string, start: number): AsyncGenerator<Buffer> {
  const file = await open(path)
  try {
    let position = start
    for (let size = FIRST_BYTES; ; size = Math.min(size * 4, MOST_BYTES)) {
      const { buffer, bytesRead } = await file.read(Buffer.allocUnsafe(size), 0, size, position)
      if (bytesRead === 0) return
      position += bytesRead
      yield buffer.subarray(0, bytesRead)
    }
  } finally {
    await file.close()
  }
}
