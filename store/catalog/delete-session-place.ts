import type { DeleteSession } from '../deletes/delete-session.ts'
import { decodeNextToken, encodeNextToken } from '../requests/next-token.ts'
import type { SessionListOptions } from './delete-sessions.ts'
import { sortableTime } from './keys.ts'

/** Where a session is among all: sorted as text, by the time of acceptance and then by name. */
export function placeOf({ acceptedAt, name }: Pick<DeleteSession, 'acceptedAt' | 'name'>): string {
  return `${sortableTime(acceptedAt)}#${name}`
}

/** The `next` of a page that ends at that place: good for the same table and status only. */
export function nextAfter(place: string, options: SessionListOptions): string {
  return encodeNextToken(place, scopeOf(options))
}

/** The place that `after` names. Throws ValidationError when it is not the `next` of a page of the same listing. */
export function placeAfter(options: SessionListOptions): string | undefined {
  if (options.after === undefined) return undefined
  return decodeNextToken(options.after, scopeOf(options), 'ValidationError')
}

function scopeOf({ table, status }: SessionListOptions): string {
  return JSON.stringify(['delete-sessions', table ?? null, status ?? null])
}

/**
 * When a sweep is to go on with a session: to complete what it did, or to remove what it hides. Undefined when neither
 * is to be done.
 */
export function sessionDueAt(session: DeleteSession): number | undefined {
  if (session.completionDueAt !== undefined) return session.completionDueAt
  if (session.mode !== 'soft' || session.payloadsRemovedAt !== undefined) return undefined
  return session.undoUntil
}
