/** S3 takes up to 10,000 pieces, each but the last of at least 5 MiB: with these sizes, half a terabyte. */
const FIRST_BYTES = 8 * 1024 * 1024
const PIECES_OF_A_SIZE = 2_000

/** The bytes of chunks in pieces that grow with their number. */
export async function* pieces(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Buffer> {
  let waiting: Uint8Array[] = []
  let bytes = 0
  let count = 0
  for await (const chunk of chunks) {
    waiting.push(chunk)
    bytes += chunk.length
    if (bytes < pieceBytes(count)) continue
    yield Buffer.concat(waiting)
    count += 1
    waiting = []
    bytes = 0
  }
  if (bytes > 0) yield Buffer.concat(waiting)
}

/** The least size of the piece after so many. */
export function pieceBytes(count: number): number {
  return FIRST_BYTES * 2 ** Math.floor(count / PIECES_OF_A_SIZE)
}
