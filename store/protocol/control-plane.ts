import { ApiError, quote } from '../api-error.ts'
import type { ControlStores } from '../stores.ts'
import { callControlPlane, matchTarget } from './json-1-1.ts'
import type { Protocol } from './protocol.ts'

/** The control plane API: every operation at `POST /`, named by `X-Amz-Target`. */
export function controlPlane(stores: ControlStores): Protocol {
  return {
    contentType: 'application/x-amz-json-1.1',
    async answer(request, call) {
      if (request.method !== 'POST') {
        throw new ApiError('MethodNotAllowedException', `method '${request.method}' is not allowed for '/': POST`)
      }
      call.operation = matchTarget(request.headers['x-amz-target'])
      if (request.query !== '') {
        throw new ApiError(
          'ValidationException',
          `query ${quote(request.query)} is not valid: every member is in the body`,
        )
      }
      return await callControlPlane(stores, request, call.operation)
    },
  }
}
