import { quote } from '../api-error.ts'
import type { DeleteSession } from '../deletes/delete-session.ts'
import { KdbError } from '../deletes/kdb-error.ts'
import { sessionStatus } from '../deletes/session-answer.ts'
import type { DeleteStores } from '../stores.ts'

/** The status of a delete session. Throws KdbError 404 for a name that no session has. */
export async function getDeleteSession(stores: Pick<DeleteStores, 'sessions'>, name: string) {
  return sessionStatus(await requireDeleteSession(stores, name))
}

/** The session of that name. Throws KdbError 404. */
export async function requireDeleteSession(
  { sessions }: Pick<DeleteStores, 'sessions'>,
  name: string,
): Promise<DeleteSession> {
  const session = await sessions.get(name)
  if (session === undefined) throw new KdbError(404, 'unknown', `session ${quote(name)}`)
  return session
}
