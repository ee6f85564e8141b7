import { ApiError, type ErrorCode, quote } from '../api-error.ts'

const utf8 = new TextDecoder('utf-8', { fatal: true })

/** Reads a body as a JSON object; no body at all is an empty one. Throws `code` for anything else. */
export function readJsonObject(body: Uint8Array, code: ErrorCode): { [member: string]: unknown } {
  if (body.length === 0) return {}
  const value = parseJson(body, code)
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new ApiError(code, `the body ${quote(value)} is not valid: it must be a JSON object`)
  }
  return value as { [member: string]: unknown }
}

/** Throws ValidationError for a body that its `content-encoding` says is compressed. */
export function assertNotEncoded(encoding: string | undefined): void {
  if (encoding === undefined || encoding === 'identity') return
  throw new ApiError('ValidationError', `content-encoding ${quote(encoding)} is not supported: send the body as it is`)
}

function parseJson(body: Uint8Array, code: ErrorCode): unknown {
  try {
    return JSON.parse(utf8.decode(body))
  } catch (cause) {
    const reason = cause instanceof SyntaxError ? cause.message : 'it is not UTF-8'
    throw new ApiError(code, `the body is not valid JSON: ${reason}`, { cause })
  }
}
