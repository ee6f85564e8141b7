import { randomUUID } from 'node:crypto'
import { ApiError, quote, validationError } from '../api-error.ts'
import { parseDeleteTime } from '../deletes/delete-time.ts'
import type { FeatureGroup } from '../groups/feature-group.ts'
import { requireFreshFeatureGroup } from '../groups/feature-group-name.ts'
import { shardCountOf } from '../groups/group-id.ts'
import { notEmpty } from '../jobs/restore-phases.ts'
import { STALLED_RESTORE_MS } from '../jobs/sweep-restores.ts'
import { startOf } from '../jobs/walk-shards.ts'
import { booleanOf, FeatureGroupNameOrArn, listOf, objectOf, optional, stringOf } from '../requests/model.ts'
import { parse } from '../requests/validation.ts'
import type { Restoration } from '../restores/restoration.ts'
import type { RestoreStores } from '../restores/restore-stores.ts'

const StartRestoreRequest = objectOf({
  FeatureGroupName: FeatureGroupNameOrArn,
  AsOf: optional(stringOf(1, 64)),
  IgnoreDelete: optional(listOf(stringOf(1, 128), 0, 1_000)),
  Replace: optional(booleanOf()),
})

export interface StartRestoreResponse {
  RestoreId: string
  FeatureGroupName: string
  Status: 'Processing'
}

/** A page of a listing may be empty: a store full of tombstones is looked through by the job. */
const MAX_PAGES = 20
const NANOS_PER_MILLI = 1_000_000n

/**
 * Accepts a restore of a group's online store from its history, which a job then does. Throws ResourceNotFound for an
 * unknown group, ConflictException while another restore of it is under way, and ValidationError for a group without
 * both stores, an online store that has live records unless `Replace` is sent, a time that is none, and delete sessions
 * that the group does not have.
 */
export async function startRestore(
  stores: RestoreStores,
  input: unknown,
  { actor }: { actor: string },
): Promise<StartRestoreResponse> {
  const request = parse(StartRestoreRequest, input, 'ValidationError')
  const group = await requireFreshFeatureGroup(stores, request.FeatureGroupName)
  assertBothStores(group)
  const now = stores.now()
  const writtenBy = request.AsOf == null ? undefined : readAsOf(request.AsOf, now)
  const ignored = await ignoredSessions(stores, group, request.IgnoreDelete ?? [])
  const doesReplace = request.Replace ?? false
  if (!doesReplace) await assertEmpty(stores, group)
  const restoration = restorationOf(group, { now, writtenBy, ignored, doesReplace, actor })
  if (!(await stores.restorations.create(restoration))) throw await underWay(stores, group)
  await stores.jobs.enqueue({ kind: 'restore', groupId: group.groupId, session: restoration.id })
  return { RestoreId: restoration.id, FeatureGroupName: group.FeatureGroupName, Status: 'Processing' }
}

function assertBothStores({ FeatureGroupName, OnlineStoreConfig, OfflineStoreConfig }: FeatureGroup): void {
  const lacking = OnlineStoreConfig === undefined ? 'OnlineStore to restore' : 'OfflineStore to restore it from'
  if (OnlineStoreConfig !== undefined && OfflineStoreConfig !== undefined) return
  throw validationError(`Feature group '${FeatureGroupName}' has no ${lacking}.`)
}

/** Milliseconds since the epoch. */
function readAsOf(text: string, now: number): number {
  const nanos = parseDeleteTime(/^\d{4}-\d{2}-\d{2}$/.test(text) ? `${text}T00:00:00Z` : text)
  if (nanos === undefined) {
    throw validationError(`AsOf ${quote(text)} is not valid. It must be a time such as 2026-01-31T12:00:00Z, in UTC.`)
  }
  const milliseconds = Math.floor(Number(nanos / NANOS_PER_MILLI))
  if (milliseconds <= now) return milliseconds
  throw validationError(
    `AsOf ${quote(text)} is not valid. It must not be later than now, ${new Date(now).toISOString()}.`,
  )
}

/** Those asked for, which the group must have, and those that no restore honours, as far as the group has them. */
async function ignoredSessions(
  { sessions, ignoredDeletes }: RestoreStores,
  { groupId, FeatureGroupName }: FeatureGroup,
  asked: string[],
): Promise<string[]> {
  const has = async (name: string) => (await sessions.get(name))?.groupId === groupId
  const known = new Set<string>()
  for (const name of [...asked, ...ignoredDeletes]) if (await has(name)) known.add(name)
  const unknown = asked.filter((name) => !known.has(name))
  if (unknown.length === 0) return [...known]
  throw validationError(
    `IgnoreDelete names ${unknown.map(quote).join(', ')}, of which feature group '${FeatureGroupName}' has no delete session.`,
  )
}

async function assertEmpty({ online, now }: RestoreStores, group: FeatureGroup): Promise<void> {
  let after: string | undefined
  for (let pages = 0; pages < MAX_PAGES; pages++) {
    const options = { limit: 1, includeSoftDeleted: false, now: now(), ...(after !== undefined && { after }) }
    const { identifiers, next } = await online.list(group.groupId, options)
    if (identifiers.length > 0) throw notEmpty(group)
    if (next === undefined) return
    after = next
  }
}

/** One that lost its worker is taken up again, when somebody asks for another. */
async function underWay({ restorations, jobs, now }: RestoreStores, group: FeatureGroup): Promise<ApiError> {
  const { groupId, FeatureGroupName } = group
  const id = await restorations.current(groupId)
  const other = id === undefined ? undefined : await restorations.get(id)
  if (other !== undefined && now() - other.updatedAt >= STALLED_RESTORE_MS) {
    await jobs.enqueue({ kind: 'restore', groupId, session: other.id })
  }
  return new ApiError(
    'ConflictException',
    `a restore of feature group '${FeatureGroupName}' is under way${id === undefined ? '; try again' : `: RestoreId '${id}'`}`,
  )
}

interface Accepted extends Pick<Restoration, 'ignored' | 'doesReplace' | 'actor'> {
  now: number
  writtenBy: number | undefined
}

function restorationOf(
  { groupId, FeatureGroupName }: FeatureGroup,
  { now, writtenBy, ...accepted }: Accepted,
): Restoration {
  return {
    id: randomUUID(),
    revision: 1,
    groupId,
    featureGroupName: FeatureGroupName,
    ...(writtenBy !== undefined && { writtenBy }),
    ...accepted,
    status: 'Processing',
    startedAt: now,
    updatedAt: now,
    phase: 'wait',
    cursors: startOf(shardCountOf(groupId)),
    counts: { rowsRead: 0, recordsWritten: 0, tombstones: 0, recordsKept: 0, recordsExpired: 0, recordsRemoved: 0 },
  }
}
