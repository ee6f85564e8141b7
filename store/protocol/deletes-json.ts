import { ApiError, quote } from '../api-error.ts'
import { type DeleteRequest, parseDeleteRequest } from '../deletes/delete-request.ts'
import { KdbError, kdbErrorBody } from '../deletes/kdb-error.ts'
import { readMembers } from '../deletes/request-members.ts'
import { told } from '../deletes/told.ts'
import type { Cancellation } from '../operations/cancel-delete-session.ts'
import type { SessionListRequest } from '../operations/list-delete-sessions.ts'
import { DELETE_ROUTES, type DeleteOperation } from './delete-routes.ts'
import type { HttpRequest } from './http.ts'
import type { Protocol } from './protocol.ts'
import { readQuery } from './query.ts'
import { decode } from './route-match.ts'

interface Caller {
  /** Who asks: the ARN of the IAM caller, or `local`. */
  actor: string
}

/** The operations of delete sessions, each with what its route says and its body has. */
export interface DeleteOperations {
  StartDeleteSession: (request: DeleteRequest, caller: Caller) => Promise<unknown>
  StartErasure: (request: DeleteRequest, caller: Caller) => Promise<unknown>
  ListDeleteSessions: (request: SessionListRequest) => Promise<unknown>
  GetDeleteSession: (session: string) => Promise<unknown>
  CancelDeleteSession: (session: string, cancellation: Cancellation) => Promise<unknown>
  UndoDeleteSession: (session: string, caller: Caller) => Promise<unknown>
}

interface Asked extends Caller {
  request: HttpRequest
  /** The session that the path names. */
  session: string
}

const LOCAL_CALLER = 'local'
const LIST_MEMBERS = Object.fromEntries(
  ['table', 'status', 'limit', 'nextToken'].map((key) => [key, { key, isList: false }]),
)

/**
 * The API of delete sessions in the manner of kdb Insights, its answers and its errors included, with these of its
 * operations: a server has all of them, a Lambda those of one right.
 */
export function deletesJson(operations: Partial<DeleteOperations>): Protocol {
  return {
    contentType: 'application/json',
    async answer(request, call) {
      const { operation, session } = match(request)
      call.operation = operation
      if (operation !== 'ListDeleteSessions' && request.query !== '') {
        throw new KdbError(400, 'unknown', `query ${quote(request.query)}`)
      }
      if (request.method === 'GET' && request.body.length > 0) throw new KdbError(400, 'unknown', 'body')
      const answer = CALLS[operation](operations, { request, session, actor: request.caller ?? LOCAL_CALLER })
      if (answer === undefined) throw new KdbError(404, 'unknown', `${operation} is not here`)
      return JSON.stringify(await answer)
    },
    refuse: (error) => {
      const known = toKdbError(error)
      return { status: known.status, body: kdbErrorBody(known) }
    },
  }
}

type DeleteCall = (to: Partial<DeleteOperations>, asked: Asked) => Promise<unknown> | undefined

/** How each operation is called with what its request says; undefined where there is no such operation. */
const CALLS: { [operation in DeleteOperation]: DeleteCall } = {
  StartDeleteSession: (to, { request, actor }) => to.StartDeleteSession?.(parseDeleteRequest(request.body), { actor }),
  StartErasure: (to, { request, actor }) => to.StartErasure?.(parseDeleteRequest(request.body, 'erase'), { actor }),
  ListDeleteSessions: (to, { request }) => to.ListDeleteSessions?.(readListQuery(request.query)),
  GetDeleteSession: (to, { session }) => to.GetDeleteSession?.(session),
  CancelDeleteSession: (to, { request, session, actor }) =>
    to.CancelDeleteSession?.(session, { reason: readReason(request.body), actor }),
  UndoDeleteSession: (to, { request, session, actor }) => {
    assertNoMembers(request.body)
    return to.UndoDeleteSession?.(session, { actor })
  },
}

function match({ method, path }: HttpRequest): { operation: DeleteOperation; session: string } {
  const [, , name, action, ...rest] = path.split('/')
  const template = templateOf(name, action)
  const routes = Object.entries(DELETE_ROUTES).filter((route) => route[1].path === template)
  if (routes.length === 0 || rest.length > 0) throw new KdbError(404, 'unknown', `path ${quote(path)}`)
  const found = routes.find((route) => route[1].method === method)
  if (found === undefined) {
    const allowed = routes.map((route) => route[1].method).join(', ')
    throw new KdbError(405, 'invalid', `method ${quote(method)} of path ${quote(path)}: ${allowed}`)
  }
  return { operation: found[0] as DeleteOperation, session: name === undefined ? '' : decode(name) }
}

function templateOf(name: string | undefined, action: string | undefined): string {
  if (name === undefined) return '/delete'
  if (action !== undefined) return `/delete/{session}/${action}`
  return name === 'erase' ? '/delete/erase' : '/delete/{session}'
}

/** A member that is empty counts as absent. */
function readListQuery(query: string): SessionListRequest {
  return Object.fromEntries(Object.entries(readQuery(query, LIST_MEMBERS)).filter(([, value]) => value !== ''))
}

function readReason(body: Uint8Array): string {
  const reason = readMembers(body, ['reason']).get('reason')
  if (reason === undefined || reason === '') throw new KdbError(400, 'missing', 'reason')
  if (typeof reason !== 'string') throw new KdbError(400, 'type', `reason ${told(reason)} must be a string`)
  if (reason.length <= MAX_REASON_CHARS) return reason
  throw new KdbError(400, 'invalid', `reason of ${reason.length} characters: at most ${MAX_REASON_CHARS}`)
}

const MAX_REASON_CHARS = 1_024

function assertNoMembers(body: Uint8Array): void {
  if (body.length > 0) readMembers(body, [])
}

/** What other layers throw, in the words of this API. */
function toKdbError(error: unknown): KdbError {
  if (error instanceof KdbError) return error
  const known = error instanceof ApiError ? error : undefined
  if (known === undefined || known.status === 500) {
    return new KdbError(500, 'internal', 'server error; try again later', { cause: error })
  }
  const options = { cause: error }
  if (known.status === 503) return new KdbError(503, 'unavailable', known.message, options)
  if (known.status === 404) return new KdbError(404, 'unknown', known.message, options)
  if (known.status === 403) return new KdbError(403, 'forbidden', known.message, options)
  if (known.status === 413) return new KdbError(413, 'invalid', known.message, options)
  return new KdbError(400, 'invalid', known.message, options)
}
