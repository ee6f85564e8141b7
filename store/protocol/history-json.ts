import { ApiError, quote } from '../api-error.ts'
import { readJsonObject } from './body.ts'
import { HISTORY_ROUTES, type HistoryOperation } from './history-routes.ts'
import type { HttpRequest } from './http.ts'
import type { Protocol } from './protocol.ts'
import { decode } from './route-match.ts'

interface Caller {
  /** Who asks: the ARN of the IAM caller, or `local`. */
  actor: string
}

/** The operations on the history, each with the body of its request or with the erasure that its path names. */
export interface HistoryOperations {
  EraseRecords: (input: unknown, caller: Caller) => Promise<unknown>
  GetErasure: (erasureId: string) => Promise<unknown>
  FlushHistory: (input: unknown) => Promise<unknown>
}

interface Asked extends Caller {
  input: unknown
  erasureId: string
}

type HistoryCall = (to: Partial<HistoryOperations>, asked: Asked) => Promise<unknown> | undefined

const CALLS: { [operation in HistoryOperation]: HistoryCall } = {
  EraseRecords: (to, { input, actor }) => to.EraseRecords?.(input, { actor }),
  GetErasure: (to, { erasureId }) => to.GetErasure?.(erasureId),
  FlushHistory: (to, { input }) => to.FlushHistory?.(input),
}

const LOCAL_CALLER = 'local'

/** The operations on the history, of these: JSON objects in, JSON objects out. */
export function historyJson(operations: Partial<HistoryOperations>): Protocol {
  return {
    contentType: 'application/json',
    async answer(request, call) {
      const { path, query, body, caller: actor = LOCAL_CALLER } = request
      const { operation, erasureId } = match(request)
      call.operation = operation
      if (query !== '') throw new ApiError('ValidationError', `query ${quote(query)} is not allowed for ${quote(path)}`)
      const input = readJsonObject(body, 'ValidationError')
      const answer = CALLS[operation](operations, { input, erasureId, actor })
      if (answer === undefined) throw new ApiError('UnknownOperationException', `${operation} is not here`)
      return JSON.stringify(await answer)
    },
  }
}

function match({ method, path }: HttpRequest): { operation: HistoryOperation; erasureId: string } {
  const [, first, id, ...rest] = path.split('/')
  const template = id === undefined ? `/${first}` : `/${first}/{ErasureId}`
  const found = Object.entries(HISTORY_ROUTES).find((route) => route[1].path === template)
  if (found === undefined || rest.length > 0) {
    throw new ApiError('UnknownOperationException', `there is no path ${quote(path)}`)
  }
  const [operation, { method: allowed }] = found
  if (method === allowed) return { operation: operation as HistoryOperation, erasureId: decode(id ?? '') }
  const message = `method ${quote(method)} is not allowed for ${quote(path)}: ${allowed}`
  throw new ApiError('MethodNotAllowedException', message)
}
