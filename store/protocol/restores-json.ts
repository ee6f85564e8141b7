import { ApiError, quote } from '../api-error.ts'
import { readJsonObject } from './body.ts'
import type { HttpRequest } from './http.ts'
import type { Protocol } from './protocol.ts'
import { RESTORE_ROUTES, type RestoreOperation } from './restore-routes.ts'
import { decode } from './route-match.ts'

/** The operations of restores, each with what its route says and its body has. */
export interface RestoreOperations {
  /** `actor` is who asks: the ARN of the IAM caller, or `local`. */
  StartRestore: (input: unknown, caller: { actor: string }) => Promise<unknown>
  GetRestore: (id: string) => Promise<unknown>
}

const LOCAL_CALLER = 'local'

/**
 * The API of restores, in the JSON that the operations on the history have, with these of its operations: a server has
 * all of them, a Lambda those of one right.
 */
export function restoresJson(operations: Partial<RestoreOperations>): Protocol {
  return {
    contentType: 'application/json',
    async answer(request, call) {
      const { operation, id } = match(request)
      call.operation = operation
      const { path, query, body, caller: actor = LOCAL_CALLER } = request
      if (query !== '') throw new ApiError('ValidationError', `query ${quote(query)} is not allowed for ${quote(path)}`)
      const answer =
        operation === 'GetRestore'
          ? operations.GetRestore?.(id)
          : operations.StartRestore?.(readJsonObject(body, 'ValidationError'), { actor })
      if (answer === undefined) throw new ApiError('UnknownOperationException', `${operation} is not here`)
      return JSON.stringify(await answer)
    },
  }
}

function match({ method, path }: HttpRequest): { operation: RestoreOperation; id: string } {
  const [, , id = '', ...rest] = path.split('/')
  if (rest.length > 0) throw new ApiError('UnknownOperationException', `there is no path ${quote(path)}`)
  const operation: RestoreOperation = id === '' ? 'StartRestore' : 'GetRestore'
  const allowed = RESTORE_ROUTES[operation].method
  if (method === allowed) return { operation, id: decode(id) }
  throw new ApiError(
    'MethodNotAllowedException',
    `method ${quote(method)} is not allowed for ${quote(path)}: ${allowed}`,
  )
}
