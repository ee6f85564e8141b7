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

function readChunks(message: IncomingMessage): Promise<Uint8Array[]> {
  return new Promise((resolve, reject) => {
    const chunks: Uint8Array[] = []
    let bytes = 0
    message.on('data', (chunk: Uint8Array) => {
      bytes += chunk.length
      if (bytes <= MAX_BODY_BYTES) chunks.push(chunk)
      else reject(tooLarge(`more than ${MAX_BODY_BYTES} bytes`))
    })
    message.on('end', () => resolve(chunks))
    message.on('error', (cause) => {
      reject(new ApiError('ValidationError', `the body ended after ${bytes} bytes, before it was whole`, { cause }))
    })
  })
}

function tooLarge(size: string): ApiError {
  return new ApiError('RequestEntityTooLargeException', `the body has ${size}; at most ${MAX_BODY_BYTES} are allowed`)
}
