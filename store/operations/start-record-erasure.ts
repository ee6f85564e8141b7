import { randomUUID } from 'node:crypto'
import { ApiError, quote } from '../api-error.ts'
import type { Restorations } from '../catalog/restorations.ts'
import type { DeleteSession } from '../deletes/delete-session.ts'
import { turnAt } from '../deletes/session-change.ts'
import type { FeatureGroup } from '../groups/feature-group.ts'
import { shardCountOf } from '../groups/group-id.ts'
import { startOf } from '../jobs/walk-shards.ts'
import type { DeleteStores } from '../stores.ts'
import { type RecordErasure, recordErasure } from './get-record-erasure.ts'
import { readErasure } from './read-erasure.ts'

export interface ErasureStores extends Omit<DeleteStores, 'online'> {
  restorations: Pick<Restorations, 'current'>
  /**
   * Removes whatever lies online of these records and was written by that time, in milliseconds since the epoch;
   * answers of how many something was there.
   */
  eraseOnline: (groupId: string, identifiers: string[], writtenBy: number) => Promise<number>
}

/**
 * Erases records: online at once, and by a job their rows in the history and its earlier snapshots, and online what was
 * on its way there. What was acknowledged before is gone then; what is written later stays, in both stores. Throws
 * ResourceNotFound for an unknown group, ValidationError for identifiers that no record can have, ConflictException
 * while the group is being restored. The same request may be sent again.
 */
export async function startRecordErasure(
  stores: ErasureStores,
  input: unknown,
  { actor }: { actor: string },
): Promise<RecordErasure> {
  const { group, identifiers } = await readErasure(stores, input)
  await assertNoRestore(stores, group)
  const now = stores.now()
  const hasOnline = group.OnlineStoreConfig !== undefined
  const removed = hasOnline ? await stores.eraseOnline(group.groupId, identifiers, now) : 0
  const session = sessionOf(group, identifiers, { actor, now, removed })
  await stores.sessions.create(session)
  await stores.jobs.enqueue({ kind: 'delete-session', groupId: group.groupId, session: session.name })
  // One that began meanwhile may bring back what was removed.
  await assertNoRestore(stores, group)
  return recordErasure(session)
}

async function assertNoRestore({ restorations }: ErasureStores, { groupId, FeatureGroupName }: FeatureGroup) {
  const id = await restorations.current(groupId)
  if (id === undefined) return
  const reason = `restore ${quote(id)} of feature group ${quote(FeatureGroupName)} is under way and may have read the records`
  throw new ApiError('ConflictException', `${reason}: erase again when it has ended`)
}

interface Begun {
  actor: string
  now: number
  removed: number
}

/** A session that goes on with what may be on its way online, and the history. */
function sessionOf(group: FeatureGroup, identifiers: string[], { actor, now, removed }: Begun): DeleteSession {
  const name = randomUUID()
  const { groupId, RecordIdentifierFeatureName } = group
  return {
    name,
    revision: 1,
    groupId,
    table: group.FeatureGroupName,
    mode: 'erase',
    filter: [['in', RecordIdentifierFeatureName, identifiers]],
    // No request to delete is the same.
    fingerprint: name,
    status: 'processing',
    acceptedAt: now,
    updatedAt: now,
    actor,
    counts: { matched: removed, deleted: removed, conflicts: 0, later: 0, restored: 0 },
    error: [],
    ledger: [{ status: 'processing', at: now, actor }],
    phase: 'evict',
    cursors: startOf(shardCountOf(groupId)),
    turn: turnAt(now, name),
  }
}
