import type { RestoreStores } from '../restores/restore-stores.ts'

/** A worker writes down how far it came far more often than this, or has a message that waits. */
export const STALLED_RESTORE_MS = 30 * 60_000

/** Takes up restores again that lost their worker; answers how many. May be repeated at any time. */
export async function sweepRestores({
  restorations,
  jobs,
  now,
}: Pick<RestoreStores, 'restorations' | 'jobs' | 'now'>): Promise<number> {
  const time = now()
  const stalled = (await restorations.underWay()).filter(({ updatedAt }) => time - updatedAt >= STALLED_RESTORE_MS)
  for (const { groupId, id } of stalled) await jobs.enqueue({ kind: 'restore', groupId, session: id })
  return stalled.length
}
