import type { DynamoDBBatchResponse, DynamoDBRecord } from 'aws-lambda'
import type { OfflineStore } from '../../store/offline/offline-store.ts'
import { type Item, readEnvelope } from '../../store/online/dynamodb-item.ts'
import { groupIdOf } from '../../store/online/keys.ts'
import type { HistoryRow } from '../../store/records/change.ts'
import { expiryMarker, type RemovedRecord } from '../../store/records/expiry-marker.ts'
import type { WriteStores } from '../../store/stores.ts'
import { logError } from '../logger.ts'
import { addCount } from '../metrics.ts'

export interface MarkerStores extends Pick<WriteStores, 'catalog' | 'now'> {
  history: OfflineStore
  outbox: OfflineStore
}

/**
 * Appends the deletion marker of each record that DynamoDB removed by its time to live to the history, or else to the
 * outbox. Answers the records of the stream whose markers found place in neither: Lambda goes back to the first.
 */
export async function appendMarkers(records: DynamoDBRecord[], stores: MarkerStores): Promise<DynamoDBBatchResponse> {
  const from = new Map<HistoryRow, string>()
  for (const record of records) {
    const removed = readRemoved(record)
    const markers = removed === undefined ? [] : await expiryMarker(stores, removed)
    for (const marker of markers) from.set(marker, record.dynamodb?.SequenceNumber ?? '')
  }
  const refused = await stores.history.append([...from.keys()])
  const lost = refused.length === 0 ? [] : await stores.outbox.append(refused)
  addCount('ExpiredRecords', from.size - lost.length)
  return { batchItemFailures: lost.map((row) => ({ itemIdentifier: from.get(row) ?? '' })) }
}

/** The record that a change of the online table has removed by time to live; undefined for any other change. */
function readRemoved({ eventName, userIdentity, dynamodb }: DynamoDBRecord): RemovedRecord | undefined {
  const isByTimeToLive = userIdentity?.type === 'Service' && userIdentity.principalId === 'dynamodb.amazonaws.com'
  if (eventName !== 'REMOVE' || !isByTimeToLive) return undefined
  try {
    return readItem((dynamodb?.OldImage ?? {}) as Item)
  } catch (error) {
    // Nothing would ever make such a record readable, and it must not hold up those that follow it.
    unreadable(error)
    return undefined
  }
}

const unreadable = logError('an item that was removed is no record')

function readItem(item: Item): RemovedRecord {
  const { identifier, eventTimeText, expiresAt } = readEnvelope(item)
  if (expiresAt === undefined) throw new Error('the item has no time to live')
  return { groupId: groupIdOf(item['pk']?.S ?? ''), identifier, eventTimeText, expiresAt }
}
