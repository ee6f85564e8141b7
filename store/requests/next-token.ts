import { createHash } from 'node:crypto'
import { ApiError, type ErrorCode, quote } from '../api-error.ts'

const DIGEST_BYTES = 12

/** An opaque token for the page after `cursor`, good only for listings of the same scope. */
export function encodeNextToken(cursor: string, scope: string): string {
  return Buffer.concat([digest(cursor, scope), Buffer.from(cursor)]).toString('base64url')
}

/** The cursor in a token. Throws `code` for a token that was altered, or given out for another scope. */
export function decodeNextToken(token: string, scope: string, code: ErrorCode): string {
  const bytes = Buffer.from(token, 'base64url')
  const cursor = bytes.toString('utf8', DIGEST_BYTES)
  if (encodeNextToken(cursor, scope) !== token) {
    throw new ApiError(code, `NextToken ${quote(token)} is not valid. It must be one that this very listing answered.`)
  }
  return cursor
}

function digest(cursor: string, scope: string): Buffer {
  return createHash('sha256').update(`${scope}\n${cursor}`).digest().subarray(0, DIGEST_BYTES)
}
