import { randomUUID } from 'node:crypto'
import { ApiError } from '../api-error.ts'
import { KdbError } from '../deletes/kdb-error.ts'
import { assertNotEncoded } from './body.ts'
import type { HttpRequest, HttpResponse } from './http.ts'
import type { Protocol } from './protocol.ts'

/** Answers a request in the form of `protocol`. Never throws. */
export async function respond(protocol: Protocol, request: HttpRequest): Promise<HttpResponse> {
  const call = { operation: 'unknown' }
  const { contentType } = protocol
  const requestId = randomUUID()
  try {
    if (request.body.length > 0) assertNotEncoded(request.headers['content-encoding'])
    const body = await protocol.answer(request, call)
    return { status: 200, headers: { 'content-type': contentType, 'x-amzn-requestid': requestId }, body, ...call }
  } catch (error) {
    return { ...refusal(protocol, error, requestId), ...call }
  }
}

/** The response to an error in the form of `protocol`. */
export function refusal(protocol: Protocol, error: unknown, requestId = randomUUID()) {
  const { contentType } = protocol
  const headers = { 'content-type': contentType, 'x-amzn-requestid': requestId }
  const response = protocol.refuse?.(error) ?? errorResponse(error, { contentType, requestId })
  return { headers, ...response, error }
}

interface Answering {
  contentType: Protocol['contentType']
  requestId: string
}

/** The response to an error in the form that both protocols share (`api.md` section 1.4); not ours: InternalFailure. */
export function errorResponse(error: unknown, { contentType, requestId }: Answering) {
  const isControlPlane = contentType === 'application/x-amz-json-1.1'
  const known = error instanceof ApiError ? error : new ApiError('InternalFailure', INTERNAL, { cause: error })
  const message = { Message: known.message }
  // The one error that the two APIs answer with different statuses (`api.md` section 5).
  const status = isControlPlane && known.code === 'ResourceNotFound' ? 400 : known.status
  const members = isControlPlane ? { __type: known.code, ...message } : message
  const headers: { [name: string]: string } = {
    'content-type': contentType,
    'x-amzn-requestid': requestId,
    'x-amzn-errortype': known.code,
  }
  return { status, headers, body: JSON.stringify(members) }
}

/** What metrics call an error that was answered. */
export function errorCode(error: unknown): string {
  if (error instanceof ApiError) return error.code
  return error instanceof KdbError ? error.text : 'InternalFailure'
}

const INTERNAL = 'Internal server error. Please try again later.'
