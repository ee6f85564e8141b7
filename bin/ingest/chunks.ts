import { open } from 'node:fs/promises'

const FIRST_BYTES = 4 * 1024
const MOST_BYTES = 256 * 1024

/** Bytes that can be read from any place on, more than once. */
export type ByteSource = (start: number) => AsyncIterable<Buffer>

/** The bytes of a file. */
export function fileSource(path: string): ByteSource {
  return (start) => readChunks(path, start)
}

/** Bytes in memory, the first of which stands at `base`. */
export function bufferSource(bytes: Buffer, base: number): ByteSource {
  return async function* (start) {
    yield bytes.subarray(start - base)
  }
}

/** The bytes of a file from `start` on, in chunks that grow: whoever wants a line does not wait for much more. */
async function* readChunks(path: string, start: number): AsyncGenerator<Buffer> {
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
