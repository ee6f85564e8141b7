import { ApiError } from '../api-error.ts'
import type { DeleteCounts, DeletePhase, DeleteSession } from '../deletes/delete-session.ts'
import { type FoundPage, type FoundRecord, findByScan } from '../deletes/find-records.ts'
import { withStatus } from '../deletes/session-change.ts'
import type { FeatureGroup } from '../groups/feature-group.ts'
import type { Change, Outcome, Retract } from '../records/change.ts'
import type { SessionStores } from '../stores.ts'
import { isWalked, walkPages, walkShards } from './walk-shards.ts'

/** What a bit of a phase has come to. */
export interface PhaseStep {
  session: DeleteSession
  isDone: boolean
  /** When there is nothing to do before, in milliseconds. */
  afterMs?: number
}

type Phase = (stores: SessionStores, group: FeatureGroup, session: DeleteSession) => Promise<PhaseStep>

/** So many records of a shard are looked at in one bit: a bit of a millisecond each, so that others get their turn. */
const RECORDS_PER_PAGE = 1_000

export const PHASES: Record<DeletePhase, Phase> = {
  count,
  mark,
  settle,
  purge,
  evict,
  history,
  restore,
  forget,
}

/** Looks whether more match than the session may delete, before it deletes anything. */
async function count(stores: SessionStores, group: FeatureGroup, session: DeleteSession): Promise<PhaseStep> {
  const { maxRows = Number.POSITIVE_INFINITY } = session
  let { matched } = session.counts
  const cursors = await findPages(stores, { group, session, now: stores.now() }, ({ records }) => {
    matched += records.filter(({ judgement }) => judgement === 'victim').length
  })
  if (matched > maxRows) return tooMany(session, { matched, maxRows }, stores.now())
  // The victims are counted anew when they are marked.
  const isDone = isWalked(cursors)
  return { session: { ...session, cursors, counts: { ...session.counts, matched: isDone ? 0 : matched } }, isDone }
}

function tooMany(session: DeleteSession, found: { matched: number; maxRows: number }, now: number): PhaseStep {
  const reason = `more than maxRows ${found.maxRows} records match; nothing was deleted`
  const failed = withStatus(session, { status: 'failed', actor: 'cairn', reason, now })
  return {
    session: { ...failed, error: [reason], counts: { ...session.counts, matched: found.matched } },
    isDone: true,
  }
}

/** Makes victims tombstones. */
async function mark(stores: SessionStores, group: FeatureGroup, session: DeleteSession): Promise<PhaseStep> {
  if (group.OnlineStoreConfig === undefined) return { session, isDone: true }
  const counts = { ...session.counts }
  const now = stores.now()
  const cursors = await findPages(stores, { group, session, now }, async ({ records }) => {
    const victims = records.filter(({ judgement }) => judgement !== 'later')
    counts.later += records.length - victims.length
    const outcomes = await write(stores, victims.map(retraction(group, session, now)))
    countMarked(counts, outcomes)
  })
  return { session: { ...session, cursors, counts }, isDone: isWalked(cursors) }
}

/**
 * Counts the tombstones past the cursors: they were made, and the worker stopped before it wrote that down. They are
 * made again, since their markers may be missing too.
 */
async function settle(stores: SessionStores, group: FeatureGroup, session: DeleteSession): Promise<PhaseStep> {
  const counts = { ...session.counts }
  const cursors = await walkShards(session, walkOf(stores, session.name), async ({ records }) => {
    const made = records.filter(({ isDeleted }) => isDeleted)
    countMarked(counts, await write(stores, made.map(retraction(group, session, stores.now()))))
  })
  return { session: { ...session, cursors, counts }, isDone: isWalked(cursors) }
}

function retraction(group: FeatureGroup, { name, acceptedAt }: DeleteSession, receivedAt: number) {
  const target = { groupId: group.groupId, online: true, offline: group.OfflineStoreConfig !== undefined }
  return ({ identifier, eventTime, eventTimeText }: Omit<FoundRecord, 'judgement'>): Retract => ({
    kind: 'retract',
    target,
    identifier,
    receivedAt,
    session: name,
    seen: eventTime,
    seenText: eventTimeText,
    acceptedAt,
  })
}

function countMarked(counts: DeleteCounts, outcomes: Outcome[]): void {
  for (const { result } of outcomes) {
    counts.matched += 1
    if (result === 'stale') counts.conflicts += 1
    else counts.deleted += 1
  }
}

/** Removes the rows from the history, by whatever steps that takes where it is. */
async function history(stores: SessionStores, group: FeatureGroup, session: DeleteSession): Promise<PhaseStep> {
  if (group.OfflineStoreConfig === undefined) return { session, isDone: true }
  const { name, acceptedAt, from, to, filter, historyState, historyDueAt = 0 } = session
  // A message that was asked for another time, or that SQS could not delay for so long, comes too early.
  const leftMs = historyDueAt - stores.now()
  if (leftMs > 0) return { session, isDone: false, afterMs: leftMs }
  const scope = {
    session: name,
    writtenBefore: acceptedAt,
    ...(from !== undefined && { from }),
    ...(to !== undefined && { to }),
    filter,
  }
  const step = await stores.erasure.step(group, scope, historyState)
  if ('proof' in step) return { session: { ...session, erasure: step.proof }, isDone: true }
  const { state, afterMs } = step
  const waiting = { ...session, historyState: state, historyDueAt: stores.now() + afterMs }
  return { session: waiting, isDone: false, afterMs }
}

/** Removes the records that the filter names, as they were when the session was accepted. */
async function evict(stores: SessionStores, group: FeatureGroup, session: DeleteSession): Promise<PhaseStep> {
  if (group.OnlineStoreConfig === undefined) return { session, isDone: true }
  const target = { groupId: group.groupId, online: true, offline: false }
  const [[, , named] = []] = session.filter
  const identifiers = Array.isArray(named) ? named.map(String) : []
  const outcomes = await write(
    stores,
    identifiers.map((identifier) => ({
      kind: 'evict',
      target,
      identifier,
      receivedAt: stores.now(),
      writtenBefore: session.acceptedAt,
    })),
  )
  const gone = outcomes.filter(({ result }) => result === 'applied').length
  const { matched, deleted } = session.counts
  const counts = { ...session.counts, matched: matched + gone, deleted: deleted + gone }
  return { session: { ...session, counts }, isDone: true }
}

/** Removes the tombstones of the session. */
async function purge(stores: SessionStores, group: FeatureGroup, session: DeleteSession): Promise<PhaseStep> {
  return await endTombstones(stores, group, session, 'purge')
}

/** Removes what the tombstones of the session hide; they stay, and fence what is older. */
async function forget(stores: SessionStores, group: FeatureGroup, session: DeleteSession): Promise<PhaseStep> {
  return await endTombstones(stores, group, session, 'forget')
}

/** Brings back every record that is still a tombstone of the session. */
async function restore(stores: SessionStores, group: FeatureGroup, session: DeleteSession): Promise<PhaseStep> {
  const target = { groupId: group.groupId, online: true, offline: group.OfflineStoreConfig !== undefined }
  const featureOrder = group.FeatureDefinitions.map(({ FeatureName }) => FeatureName)
  const counts = { ...session.counts }
  const cursors = await walkShards(session, walkOf(stores, session.name), async ({ records }) => {
    const receivedAt = stores.now()
    const outcomes = await write(
      stores,
      records.map(({ identifier }) => ({
        kind: 'restore',
        target,
        identifier,
        receivedAt,
        session: session.name,
        featureOrder,
      })),
    )
    counts.restored += outcomes.filter(({ result }) => result === 'applied' || result === 'repeated').length
  })
  return { session: { ...session, cursors, counts }, isDone: isWalked(cursors) }
}

async function endTombstones(
  stores: SessionStores,
  { groupId }: FeatureGroup,
  session: DeleteSession,
  kind: 'purge' | 'forget',
): Promise<PhaseStep> {
  const target = { groupId, online: true, offline: false }
  const cursors = await walkShards(session, walkOf(stores, session.name), async ({ records }) => {
    const receivedAt = stores.now()
    const tombstones = records.filter(({ isDeleted }) => isDeleted)
    const changes = tombstones.map(({ identifier }) => ({
      kind,
      target,
      identifier,
      receivedAt,
      session: session.name,
    }))
    await write(stores, changes)
  })
  return { session: { ...session, cursors }, isDone: isWalked(cursors) }
}

interface Finding {
  group: FeatureGroup
  session: DeleteSession
  /** Milliseconds since the epoch. */
  now: number
}

/** One page of each shard that is not done yet, of the records that the session has to do with. */
function findPages(
  { online, recordsPerPage: limit = RECORDS_PER_PAGE, find = findByScan(online) }: SessionStores,
  { group, session, now }: Finding,
  use: (page: FoundPage) => Promise<void> | void,
) {
  return walkPages(session.cursors, (place) => find(group, session, { ...place, limit, now }), use)
}

function walkOf({ online, recordsPerPage }: SessionStores, tombstonesOf?: string) {
  return { online, limit: recordsPerPage ?? RECORDS_PER_PAGE, ...(tombstonesOf !== undefined && { tombstonesOf }) }
}

/** Makes the changes; throws, so that the page is done again, when one was not taken. */
async function write({ writer }: SessionStores, changes: Change[]): Promise<Outcome[]> {
  if (changes.length === 0) return []
  const outcomes = await writer.write(changes)
  const left = outcomes.filter(({ result }) => result === 'unprocessed').length
  if (left > 0) throw new ApiError('ServiceUnavailable', `${left} of ${changes.length} records could not be written`)
  return outcomes
}
