import { randomUUID } from 'node:crypto'
import { ApiError } from '../api-error.ts'
import type { Stores } from '../stores.ts'
import type { HttpRequest, HttpResponse } from './http.ts'
import { callControlPlane, matchTarget } from './json-1-1.ts'
import { callRuntime } from './rest-json.ts'
import { matchRoute } from './route-match.ts'

const JSON_1_1 = 'application/x-amz-json-1.1'

/** Answers a request of the runtime API or of the control plane. Never throws. */
export async function respond(stores: Stores, request: HttpRequest): Promise<HttpResponse> {
  const call = { operation: 'unknown' }
  const isControlPlane = request.path === '/'
  const contentType = isControlPlane ? JSON_1_1 : 'application/json'
  const requestId = randomUUID()
  try {
    const body = await (isControlPlane ? controlPlane(stores, request, call) : runtime(stores, request, call))
    return { status: 200, headers: { 'content-type': contentType, 'x-amzn-requestid': requestId }, body, ...call }
  } catch (error) {
    return { ...errorResponse(error, { contentType, requestId }), ...call, error }
  }
}

async function runtime(stores: Stores, request: HttpRequest, call: { operation: string }): Promise<string> {
  const match = matchRoute(request.method, request.path)
  call.operation = match.operation
  return await callRuntime(stores, request, match)
}

async function controlPlane(stores: Stores, request: HttpRequest, call: { operation: string }): Promise<string> {
  if (request.method !== 'POST') {
    throw new ApiError('MethodNotAllowedException', `method '${request.method}' is not allowed for '/': POST`)
  }
  const operation = matchTarget(request.headers['x-amz-target'])
  call.operation = operation
  return await callControlPlane(stores, request, operation)
}

/** The response to an error in the form that both protocols share (`api.md` section 1.4); not ours: InternalFailure. */
export function errorResponse(error: unknown, { contentType, requestId }: { contentType: string; requestId: string }) {
  const known = error instanceof ApiError ? error : new ApiError('InternalFailure', INTERNAL, { cause: error })
  const message = { Message: known.message }
  // The one error that the two APIs answer with different statuses (`api.md` section 5).
  const status = contentType === JSON_1_1 && known.code === 'ResourceNotFound' ? 400 : known.status
  const members = contentType === JSON_1_1 ? { __type: known.code, ...message } : message
  const headers: { [name: string]: string } = {
    'content-type': contentType,
    'x-amzn-requestid': requestId,
    'x-amzn-errortype': known.code,
  }
  return { status, headers, body: JSON.stringify(members) }
}

const INTERNAL = 'Internal server error. Please try again later.'
