const FRAME = 0xfd2fb528
/** https://www.rfc-editor.org/rfc/rfc8878#name-skippable-frames: sixteen numbers that differ in four bits. */
const SKIPPABLE = 0x184d2a5
const DICTIONARY_ID_BYTES = [0, 1, 2, 4]
const CONTENT_SIZE_BYTES = [0, 2, 4, 8]
const CHECKSUM_BYTES = 4
const RLE_BLOCK = 1

/**
 * Cuts zstd (RFC 8878) where its frames end: Node.js leaves out, without a word, what follows the end of a frame in the
 * same chunk, and concatenated and parallel compression make many frames. Throws for what is no frame.
 */
export async function* splitZstdFrames(source: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  const input = byteReader(source)
  while (true) {
    const magic = await input.take(4)
    if (magic.length === 0) return
    const number = magic.length < 4 ? undefined : magic.readUInt32LE()
    if (number !== undefined && number >>> 4 === SKIPPABLE) await skip(input)
    else if (number === FRAME || number === undefined) yield* frame(input, magic)
    else throw new Error('a part of it is no zstd frame')
  }
}

type ByteReader = ReturnType<typeof byteReader>

async function skip(input: ByteReader): Promise<void> {
  const size = await input.take(4)
  for await (const _ of input.pass(size.length < 4 ? 0 : size.readUInt32LE()));
}

/** A frame; one that is cut off is passed on as it is, for the decompressor to tell. */
async function* frame(input: ByteReader, magic: Buffer): AsyncGenerator<Buffer> {
  yield magic
  const descriptor = await input.take(1)
  yield descriptor
  const flags = descriptor[0] ?? 0
  const isSingleSegment = (flags & 0x20) !== 0
  const contentSizeBytes = CONTENT_SIZE_BYTES[flags >> 6] || (isSingleSegment ? 1 : 0)
  yield* input.pass((isSingleSegment ? 0 : 1) + (DICTIONARY_ID_BYTES[flags & 3] ?? 0) + contentSizeBytes)
  for (let isLast = false; !isLast; ) {
    const header = await input.take(3)
    yield header
    if (header.length < 3) return
    const block = header.readUIntLE(0, 3)
    isLast = (block & 1) === 1
    yield* input.pass(((block >> 1) & 3) === RLE_BLOCK ? 1 : block >> 3)
  }
  if ((flags & 0x04) !== 0) yield* input.pass(CHECKSUM_BYTES)
}

/** Reads by the byte what comes in chunks. */
function byteReader(source: AsyncIterable<Buffer>) {
  const chunks = source[Symbol.asyncIterator]()
  let left: Buffer = Buffer.alloc(0)

  /** The next bytes, `count` of them unless they end before. */
  async function* pass(count: number): AsyncGenerator<Buffer> {
    for (let missing = count; missing > 0; ) {
      if (left.length === 0) {
        const { done, value } = await chunks.next()
        if (done === true) return
        left = value
      }
      const part = left.subarray(0, missing)
      left = left.subarray(part.length)
      missing -= part.length
      if (part.length > 0) yield part
    }
  }
  return { pass, take: async (count: number) => Buffer.concat(await Array.fromAsync(pass(count))) }
}
