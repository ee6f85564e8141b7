import type { IncomingMessage } from 'node:http'
import { ApiError } from '../store/api-error.ts'
import { assertNotEncoded } from '../store/protocol/body.ts'
import { MAX_BODY_BYTES } from '../store/protocol/http.ts'

const EMPTY = new Uint8Array()

/** Reads the whole body. Throws RequestEntityTooLargeException over the limit, ValidationError when it is encoded. */
export async function readBody(message: IncomingMessage): Promise<Uint8Array> {
  const { 'content-length': length, 'transfer-encoding': transfer, 'content-encoding': encoding } = message.headers
  if ((length === undefined || length === '0') && transfer === undefined) return EMPTY
  assertNotEncoded(encoding)
  if (Number(length) > MAX_BODY_BYTES) throw tooLarge(`${length} bytes`)
  const chunks = await readChunks(message)
  return chunks.length === 1 && chunks[0] !== undefined ? chunks[0] : Buffer.concat(chunks)
}

async function readChunks(message: IncomingMessage): Promise<Uint8Array[]> {
  const chunks: Uint8Array[] = []
  let bytes = 0
  try {
    // Leaving the loop must not close the connection: the answer still has to go out on it.
    for await (const chunk of message.iterator({ destroyOnReturn: false }) as AsyncIterable<Uint8Array>) {
      bytes += chunk.length
      if (bytes > MAX_BODY_BYTES) throw tooLarge(`more than ${MAX_BODY_BYTES} bytes`)
      chunks.push(chunk)
    }
    return chunks
  } catch (error) {
    if (error instanceof ApiError) throw error
    throw new ApiError('ValidationError', `the body ended after ${bytes} bytes, before it was whole`, { cause: error })
  }
}

function tooLarge(size: string): ApiError {
  return new ApiError('RequestEntityTooLargeException', `the body has ${size}; at most ${MAX_BODY_BYTES} are allowed`)
}
