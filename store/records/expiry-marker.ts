import type { WriteStores } from '../stores.ts'
import { type HistoryRow, historyRows } from './change.ts'
import { hasHistory } from './expiry.ts'

/** A record that the online store has removed by itself because its time was over. */
export interface RemovedRecord {
  groupId: string
  identifier: string
  eventTimeText: string
  /** Seconds since the epoch. */
  expiresAt: number
}

/** The deletion marker of a removed record; none when its group keeps no history, or is deleted. */
export async function expiryMarker(
  stores: Pick<WriteStores, 'catalog' | 'now'>,
  { groupId, identifier, eventTimeText, expiresAt }: RemovedRecord,
): Promise<HistoryRow[]> {
  const receivedAt = stores.now()
  const target = { groupId, online: true, offline: await hasHistory(stores, groupId) }
  const expired = { eventTimeText, expiresAt }
  return historyRows(
    { kind: 'expire', target, identifier, expiresAt, receivedAt },
    { result: 'applied', expired },
    receivedAt,
  )
}
