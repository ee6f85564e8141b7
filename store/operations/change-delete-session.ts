import { quote } from '../api-error.ts'
import type { DeleteSession } from '../deletes/delete-session.ts'
import { KdbError } from '../deletes/kdb-error.ts'
import type { DeleteStores } from '../stores.ts'
import { requireDeleteSession } from './get-delete-session.ts'

const MAX_ATTEMPTS = 10

/**
 * Replaces a session by what `change` makes of it, again when its worker has moved it on in between. Throws KdbError
 * 404 for an unknown session, 503 when its worker is always faster.
 */
export async function changeDeleteSession(
  stores: Pick<DeleteStores, 'sessions'>,
  name: string,
  change: (session: DeleteSession) => DeleteSession,
): Promise<DeleteSession> {
  for (let attempt = 0; attempt < MAX_ATTEMPTS; attempt++) {
    const session = await requireDeleteSession(stores, name)
    const changed = change(session)
    if (changed === session) return session
    const revised = { ...changed, revision: session.revision + 1 }
    if (await stores.sessions.replace(revised)) return revised
  }
  throw new KdbError(503, 'unavailable', `session ${quote(name)} moved on ${MAX_ATTEMPTS} times meanwhile; try again`)
}
