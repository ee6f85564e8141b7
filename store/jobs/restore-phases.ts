import { ApiError, validationError } from '../api-error.ts'
import type { FeatureGroup } from '../groups/feature-group.ts'
import type { ReplayedRecord } from '../offline/history-replay.ts'
import { isExpired, type ScannedRecord } from '../online/online-store.ts'
import type { Change, Evict, Expire, Outcome } from '../records/change.ts'
import { replayChange } from '../restores/replay-change.ts'
import type { Restoration, RestoreCounts, RestorePhase } from '../restores/restoration.ts'
import type { ReplayStores } from '../restores/restore-stores.ts'
import { sessionMeanings } from '../restores/session-meanings.ts'
import { isWalked, walkShards } from './walk-shards.ts'

/** What a bit of a phase has come to. */
export interface RestoreStep {
  restoration: Restoration
  isDone: boolean
  /** When there is nothing to do before, in milliseconds. */
  afterMs?: number
}

type Phase = (stores: ReplayStores, group: FeatureGroup, restoration: Restoration) => Promise<RestoreStep>

const RECORDS_PER_PAGE = 1_000
const WAIT_MS = 1_000

export const RESTORE_PHASES: Record<Exclude<RestorePhase, 'tidy'>, Phase> = { wait, survey, extract, evict, replay }

/** Waits for the delete sessions that were accepted before: what they do is a part of what is restored. */
async function wait(stores: ReplayStores, { groupId }: FeatureGroup, restoration: Restoration): Promise<RestoreStep> {
  if ((await stores.sessions.current(groupId)) !== undefined) return { restoration, isDone: false, afterMs: WAIT_MS }
  return { restoration: { ...restoration, startedAt: stores.now() }, isDone: true }
}

/**
 * Takes out what has expired: the history alone does not know that, if the record had a time to live of its own. Throws
 * ValidationError for a live record, unless the restore may replace it.
 */
async function survey(stores: ReplayStores, group: FeatureGroup, restoration: Restoration): Promise<RestoreStep> {
  const { startedAt, doesReplace } = restoration
  const cursors = await walkShards(restoration, walkOf(stores), async ({ records }) => {
    const now = stores.now()
    const isInTheWay = (record: ScannedRecord) => isLive(record, now) && record.writtenAt <= startedAt
    if (!doesReplace && records.some(isInTheWay)) throw notEmpty(group)
    await write(
      stores,
      records.flatMap((record) => expiry(group, record, now)),
    )
  })
  if (!isWalked(cursors)) return { restoration: { ...restoration, cursors }, isDone: false }
  const { id, writtenBy, ignored } = restoration
  const meanings = await sessionMeanings(stores.sessions, group, restoration)
  const scope = { id, startedAt, ...(writtenBy !== undefined && { writtenBy }), ignored, ...meanings }
  return { restoration: { ...restoration, scope }, isDone: true }
}

/** The error of a restore into a group whose online store is not empty. */
export function notEmpty({ FeatureGroupName }: FeatureGroup): ApiError {
  return validationError(
    `the online store of feature group '${FeatureGroupName}' has live records. Send Replace to have it rebuilt without them.`,
  )
}

/** Nothing online is touched before what takes its place is there to be read. */
async function extract(stores: ReplayStores, group: FeatureGroup, restoration: Restoration): Promise<RestoreStep> {
  const step = await stores.replay.step(group, scopeOf(restoration), restoration.historyState)
  const next = { ...restoration, historyState: step.state }
  if ('afterMs' in step) return { restoration: next, isDone: false, afterMs: step.afterMs }
  return { restoration: { ...next, rowsTotal: step.rowsTotal }, isDone: true }
}

/** Removes what was online before, tombstones too: the history has them, and those that are not to be must not fence. */
async function evict(stores: ReplayStores, { groupId }: FeatureGroup, restoration: Restoration): Promise<RestoreStep> {
  const counts = { ...restoration.counts }
  const target = { groupId, online: true, offline: false }
  const cursors = await walkShards(restoration, walkOf(stores), async ({ records }) => {
    const receivedAt = stores.now()
    const before = records.filter(({ writtenAt }) => writtenAt <= restoration.startedAt)
    const changes = before.map(
      ({ identifier }): Evict => ({
        kind: 'evict',
        target,
        identifier,
        receivedAt,
        writtenBefore: restoration.startedAt,
      }),
    )
    const outcomes = await write(stores, changes)
    for (const [index, record] of before.entries()) {
      if (outcomes[index]?.result === 'applied' && isLive(record, receivedAt)) counts.recordsRemoved += 1
    }
  })
  return { restoration: { ...restoration, cursors, counts }, isDone: isWalked(cursors) }
}

async function replay(stores: ReplayStores, group: FeatureGroup, restoration: Restoration): Promise<RestoreStep> {
  const { after: from, ...rest } = restoration
  const { records, next } = await stores.replay.read(group, scopeOf(restoration), from)
  const counts = await writeRecords(stores, group, { records, counts: restoration.counts })
  if (next === undefined) return { restoration: { ...rest, counts }, isDone: true }
  return { restoration: { ...rest, counts, after: next }, isDone: false }
}

interface Replayed {
  records: ReplayedRecord[]
  counts: RestoreCounts
}

async function writeRecords(stores: ReplayStores, group: FeatureGroup, { records, counts }: Replayed) {
  const receivedAt = stores.now()
  const changes = records.flatMap((record) => replayChange(group, record, receivedAt) ?? [])
  const outcomes = await write(stores, changes)
  const next = { ...counts, rowsRead: counts.rowsRead + records.length }
  next.recordsExpired += records.length - changes.length
  for (const [index, { result }] of outcomes.entries()) {
    if (result === 'historic') next.recordsKept += 1
    else if (changes[index]?.kind === 'softDelete') next.tombstones += 1
    else next.recordsWritten += 1
  }
  return next
}

function expiry({ groupId }: FeatureGroup, record: ScannedRecord, now: number): Expire[] {
  const { identifier, expiresAt } = record
  if (expiresAt === undefined || !isExpired(record, now)) return []
  return [{ kind: 'expire', target: { groupId, online: true, offline: true }, identifier, receivedAt: now, expiresAt }]
}

function isLive(record: ScannedRecord, now: number): boolean {
  return !record.isDeleted && !isExpired(record, now)
}

function scopeOf({ id, scope }: Restoration) {
  if (scope === undefined) throw new ApiError('InternalFailure', `restore ${id} has no scope, which its survey settles`)
  return scope
}

function walkOf({ online }: ReplayStores) {
  return { online, limit: RECORDS_PER_PAGE }
}

/** Makes the changes; throws ServiceUnavailable, so that the page is done again, when one was not taken. */
async function write({ writer }: ReplayStores, changes: Change[]): Promise<Outcome[]> {
  if (changes.length === 0) return []
  const outcomes = await writer.write(changes)
  const left = outcomes.filter(({ result }) => result === 'unprocessed').length
  if (left === 0) return outcomes
  throw new ApiError(
    'ServiceUnavailable',
    `${left} of ${changes.length} records were not written; they are tried again`,
  )
}
