import type { DeleteCondition } from '../arguments/delete-filter.ts'
import { call } from '../client/call.ts'
import type { Connection } from '../client/connection.ts'

export type DeleteMode = 'soft' | 'hard' | 'erase'

/** What is to be deleted, as the API has it. */
export interface DeleteRequest {
  session?: string
  table: string
  startTS?: string
  endTS?: string
  filter?: DeleteCondition[]
  mode: DeleteMode
  maxRows?: number
  all?: true
}

/** What a delete would do. */
export interface DeletePreview {
  table: string
  matched: number
  oldest: string | null
  newest: string | null
  /** False when the server did not have the time to look at every record. */
  isComplete: boolean
}

/** The answer to a delete that was accepted. */
export interface DeleteAnswer {
  name: string
  status: string
}

/** What the bars, the table and the exit status need of a session's status; the API answers more. */
export interface SessionStatus extends DeleteAnswer {
  error: string[]
  table: string
  mode: DeleteMode
  acceptedAt: string
  matched: number
  deleted: number
  conflicts: number
  later: number
  restored: number
}

interface SessionPage {
  sessions: SessionStatus[]
  nextToken?: string
}

/** The API of delete sessions, over HTTP. */
export function deleteSessions(connection: Connection) {
  const ask = <Answer>(...[method, path, body]: ['GET' | 'POST', string, object?]) =>
    call(connection, { method, path, body }) as Promise<Answer>
  return {
    preview: (request: DeleteRequest) => ask<DeletePreview>('POST', routeOf(request), { ...request, dryRun: true }),
    start: (request: DeleteRequest) => ask<DeleteAnswer>('POST', routeOf(request), request),
    get: (name: string) => ask<SessionStatus>('GET', pathOf(name)),
    cancel: (name: string, reason: string) => ask<SessionStatus>('POST', `${pathOf(name)}/cancel`, { reason }),
    undo: (name: string) => ask<SessionStatus>('POST', `${pathOf(name)}/undo`, {}),
    /** Newest first, a page at a time. */
    async *pages(wanted: { table?: string; status?: string }): AsyncGenerator<SessionStatus[]> {
      for (let query: { [key: string]: string } | undefined = { ...wanted }; query !== undefined; ) {
        const page = (await call(connection, { method: 'GET', path: '/delete', query })) as SessionPage
        yield page.sessions
        query = page.nextToken === undefined ? undefined : { ...wanted, nextToken: page.nextToken }
      }
    },
  }
}

export type DeleteSessions = ReturnType<typeof deleteSessions>

/** Erasing has a route, and so a permission, of its own. */
function routeOf({ mode }: DeleteRequest): string {
  return mode === 'erase' ? '/delete/erase' : '/delete'
}

function pathOf(name: string): string {
  return `/delete/${encodeURIComponent(name)}`
}
