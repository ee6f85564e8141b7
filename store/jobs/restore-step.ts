import { ApiError } from '../api-error.ts'
import type { FeatureGroup } from '../groups/feature-group.ts'
import { findUndeletedGroup } from '../groups/feature-group-name.ts'
import { shardCountOf } from '../groups/group-id.ts'
import type { Restoration, RestorePhase } from '../restores/restoration.ts'
import { endedRestoration, failedRestoration } from '../restores/restoration-change.ts'
import type { ReplayStores } from '../restores/restore-stores.ts'
import type { Job, Progress } from './job-queue.ts'
import { RESTORE_PHASES, type RestoreStep } from './restore-phases.ts'
import { startOf } from './walk-shards.ts'

const NEXT: Record<Exclude<RestorePhase, 'tidy'>, RestorePhase> = {
  wait: 'survey',
  survey: 'extract',
  extract: 'evict',
  evict: 'replay',
  replay: 'tidy',
}

/**
 * Does the next bit of a restore, and writes down how far it came. Every bit is safe to repeat: what is written gives
 * way to all that is as new. An error of the API, but ServiceUnavailable, ends the restore; throws any other, so that the
 * bit is tried again later.
 */
export async function restoreStep(stores: ReplayStores, { groupId, session: id }: Job): Promise<Progress> {
  const restoration = id === undefined ? undefined : await stores.restorations.get(id)
  if (restoration === undefined || restoration.endedAt !== undefined || restoration.groupId !== groupId) return 'done'
  const { restoration: next, afterMs } = await attempt(stores, restoration)
  const revised = { ...next, revision: restoration.revision + 1, updatedAt: stores.now() }
  // Of two workers the one that was overtaken leaves the restore to the other, which saves doing all twice.
  if (!(await stores.restorations.replace(revised))) return 'done'
  if (next.endedAt !== undefined) return 'done'
  return afterMs === undefined ? 'more' : { afterMs }
}

type Stepped = Omit<RestoreStep, 'isDone'>

interface Place {
  group: FeatureGroup
  phase: keyof typeof NEXT
}

async function attempt(stores: ReplayStores, restoration: Restoration): Promise<Stepped> {
  const { phase } = restoration
  if (phase === 'tidy') {
    await stores.replay.discard(restoration.id)
    return { restoration: endedRestoration(restoration, stores.now()) }
  }
  const group = await findUndeletedGroup(stores, restoration.groupId, { isFresh: true })
  if (group === undefined) return { restoration: failedRestoration(restoration, 'the feature group was deleted') }
  try {
    return afterStep(await RESTORE_PHASES[phase](stores, group, restoration), { group, phase })
  } catch (error) {
    if (!(error instanceof ApiError) || error.code === 'ServiceUnavailable') throw error
    return { restoration: failedRestoration(restoration, error.message) }
  }
}

function afterStep({ restoration, isDone, afterMs }: RestoreStep, { group, phase }: Place): Stepped {
  if (!isDone) return afterMs === undefined ? { restoration } : { restoration, afterMs }
  return { restoration: { ...restoration, phase: NEXT[phase], cursors: startOf(shardCountOf(group.groupId)) } }
}
