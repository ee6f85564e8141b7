/**
 * Bytes that can be read more than once: those from `start` on, up to `end` where it is given. Each chunk may be of
 * any length but none.
 */
export type ByteSource = (start: number, end?: number) => AsyncIterable<Buffer>

/** Bytes in memory, the first of which stands at `base`. */
export function bufferSource(bytes: Buffer, base: number): ByteSource {
  return async function* (start, end) {
    const chunk = bytes.subarray(start - base, end === undefined ? bytes.length : end - base)
    if (chunk.length > 0) yield chunk
  }
}

/** All bytes from `start` to `end`, fewer where there are no more. */
export async function readBytes(source: ByteSource, start: number, end: number): Promise<Buffer> {
  const chunks: Buffer[] = []
  let missing = end - start
  if (missing <= 0) return Buffer.alloc(0)
  for await (const chunk of source(start, end)) {
    chunks.push(chunk)
    missing -= chunk.length
    if (missing <= 0) break
  }
  const [first] = chunks
  return (first !== undefined && chunks.length === 1 ? first : Buffer.concat(chunks)).subarray(0, end - start)
}
