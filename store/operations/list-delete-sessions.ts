import { quote } from '../api-error.ts'
import type { SessionListOptions } from '../catalog/delete-sessions.ts'
import type { DeleteStatus } from '../deletes/delete-session.ts'
import { KdbError } from '../deletes/kdb-error.ts'
import { sessionStatus } from '../deletes/session-answer.ts'
import { decodeNextToken, encodeNextToken } from '../requests/next-token.ts'
import type { DeleteStores } from '../stores.ts'

const STATUSES: readonly DeleteStatus[] = ['processing', 'undoing', 'completed', 'failed', 'cancelled', 'undone']
const MAX_LIMIT = 100

export interface SessionListRequest {
  table?: string
  status?: string
  /** A whole number from 1 to 100. @default - 100 */
  limit?: string
  nextToken?: string
}

/** The delete sessions, newest first, a page of them. Throws KdbError 400 for a member that is not valid. */
export async function listDeleteSessions({ sessions }: Pick<DeleteStores, 'sessions'>, request: SessionListRequest) {
  const { table, nextToken } = request
  const status = readStatus(request.status)
  const scope = `deletes\n${table ?? ''}\n${status ?? ''}`
  const options: SessionListOptions = {
    limit: readLimit(request.limit),
    ...(table !== undefined && { table }),
    ...(status !== undefined && { status }),
    ...(nextToken !== undefined && { after: readToken(nextToken, scope) }),
  }
  const { sessions: found, next } = await sessions.list(options)
  return {
    sessions: found.map(sessionStatus),
    ...(next !== undefined && { nextToken: encodeNextToken(next, scope) }),
  }
}

function readStatus(text: string | undefined): DeleteStatus | undefined {
  if (text === undefined) return undefined
  const status = STATUSES.find((known) => known === text)
  if (status === undefined) throw new KdbError(400, 'invalid', `status ${quote(text)}: one of ${STATUSES.join(', ')}`)
  return status
}

function readLimit(text = String(MAX_LIMIT)): number {
  const limit = /^\d{1,3}$/.test(text) ? Number(text) : 0
  if (limit >= 1 && limit <= MAX_LIMIT) return limit
  throw new KdbError(400, 'invalid', `limit ${quote(text)}: a whole number from 1 to ${MAX_LIMIT}`)
}

function readToken(token: string, scope: string): string {
  try {
    return decodeNextToken(token, scope, 'ValidationError')
  } catch (cause) {
    throw new KdbError(400, 'invalid', `nextToken ${quote(token)}`, { cause })
  }
}
