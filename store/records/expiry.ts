import { findUndeletedGroup } from '../groups/feature-group-name.ts'
import type { ExpiredRecord } from '../online/sqlite.ts'
import type { WriteStores } from '../stores.ts'
import type { Expire } from './change.ts'

/** Removes records that have expired from the online store, and appends their deletion markers offline. */
export async function removeExpired(stores: WriteStores, expired: ExpiredRecord[]): Promise<void> {
  const receivedAt = stores.now()
  const changes: Expire[] = []
  for (const { groupId, identifier, expiresAt } of expired) {
    const target = { groupId, online: true, offline: await hasHistory(stores, groupId) }
    changes.push({ kind: 'expire', target, identifier, expiresAt, receivedAt })
  }
  if (changes.length > 0) await stores.writer.write(changes)
}

/** False for a deleted group: its records go away with it, they do not expire. */
export async function hasHistory(stores: Pick<WriteStores, 'catalog'>, groupId: string): Promise<boolean> {
  const group = await findUndeletedGroup(stores, groupId)
  return group?.OfflineStoreConfig !== undefined
}
