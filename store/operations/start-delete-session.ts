import { randomUUID } from 'node:crypto'
import { quote } from '../api-error.ts'
import type { DeleteRequest } from '../deletes/delete-request.ts'
import type { DeleteMode, DeleteSession } from '../deletes/delete-session.ts'
import { compileFilter } from '../deletes/filter.ts'
import { KdbError } from '../deletes/kdb-error.ts'
import { assertNotLocked } from '../deletes/locked-range.ts'
import { type SessionAnswer, sessionAnswer } from '../deletes/session-answer.ts'
import { turnAt } from '../deletes/session-change.ts'
import type { FeatureGroup } from '../groups/feature-group.ts'
import { findFeatureGroup } from '../groups/feature-group-name.ts'
import { shardCountOf } from '../groups/group-id.ts'
import { startOf } from '../jobs/walk-shards.ts'
import type { DeleteStores } from '../stores.ts'
import { type DeletePreview, previewDelete } from './preview-delete.ts'
import { resumeDeleteSession } from './resume-delete-session.ts'

const UNDO_DAYS = 7
const DAY_MS = 86_400_000

export interface DeleteCaller {
  /** Who asks: the ARN of the IAM caller, or `local`. */
  actor: string
  /** What the caller's route lets it do. */
  modes: readonly DeleteMode[]
}

/**
 * Accepts a delete of the records in a window that match a filter, which a job then does; or tells what it would delete.
 * The same request of the same name is the same session, which is taken up again if it failed to remove something for
 * good. Throws KdbError: 400 for a request that is not valid, 403 for a mode that the route does not have, 409 for
 * another request of the same name.
 */
export async function startDeleteSession(
  stores: DeleteStores,
  request: DeleteRequest,
  { actor, modes }: DeleteCaller,
): Promise<SessionAnswer | DeletePreview> {
  if (!modes.includes(request.mode)) throw new KdbError(403, 'forbidden', notOnThisRoute(request.mode, modes))
  const group = await findFeatureGroup(stores, request.table, { isFresh: true })
  if (group === undefined) throw new KdbError(400, 'unknown', `table ${quote(request.table)}`)
  assertApplicable(group, request)
  if (request.dryRun) return await previewDelete(stores, group, request)
  const session = sessionOf(group, request, { actor, now: stores.now(), undoDays: stores.undoDays ?? UNDO_DAYS })
  const known = await resumeDeleteSession(stores, await firstOfName(stores, session), actor)
  if (known.turn !== undefined) {
    await stores.jobs.enqueue({ kind: 'delete-session', groupId: known.groupId, session: known.name })
  }
  return sessionAnswer(known)
}

function notOnThisRoute(mode: DeleteMode, modes: readonly DeleteMode[]): string {
  return `mode ${quote(mode)} is not allowed on this route: ${modes.join(', ')}`
}

function assertApplicable(group: FeatureGroup, { filter, mode, from }: DeleteRequest): void {
  compileFilter(group, filter)
  if (group.OnlineStoreConfig === undefined && mode !== 'erase') {
    throw new KdbError(400, 'invalid', `table ${quote(group.FeatureGroupName)} has no online store: mode erase only`)
  }
  assertNotLocked(group, from)
}

/** The session as it is kept, the earlier one if there is one of the name that was asked for in the same words. */
async function firstOfName({ sessions }: DeleteStores, session: DeleteSession): Promise<DeleteSession> {
  if (await sessions.create(session)) return session
  const earlier = await sessions.get(session.name)
  if (earlier?.fingerprint === session.fingerprint) return earlier
  throw new KdbError(409, 'conflict', `session ${quote(session.name)} was asked for with another body`)
}

function sessionOf(
  group: FeatureGroup,
  request: DeleteRequest,
  { actor, now, undoDays }: { actor: string; now: number; undoDays: number },
): DeleteSession {
  const { session: name = randomUUID(), from, to, filter, mode, maxRows, fingerprint } = request
  return {
    name,
    revision: 1,
    groupId: group.groupId,
    table: group.FeatureGroupName,
    mode,
    ...(from !== undefined && { from: String(from) }),
    ...(to !== undefined && { to: String(to) }),
    filter,
    ...(maxRows !== undefined && { maxRows }),
    fingerprint,
    status: 'processing',
    acceptedAt: now,
    updatedAt: now,
    ...(mode === 'soft' && { undoUntil: now + undoDays * DAY_MS }),
    actor,
    counts: { matched: 0, deleted: 0, conflicts: 0, later: 0, restored: 0 },
    error: [],
    ledger: [{ status: 'processing', at: now, actor }],
    phase: maxRows === undefined ? 'mark' : 'count',
    cursors: startOf(shardCountOf(group.groupId)),
    turn: turnAt(now, name),
  }
}
