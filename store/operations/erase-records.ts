import type { History } from '../offline/history.ts'
import type { GroupStores, Stores } from '../stores.ts'
import { readErasure } from './read-erasure.ts'

/** The proof of an erasure. Where nothing was found, all counts are 0 and the proof holds as well. */
export interface EraseRecordsResponse {
  FeatureGroupName: string
  RecordIdentifiersValueAsString: string[]
  Status: 'Completed'
  OnlineRecordsRemoved: number
  HistoryRowsRemoved: number
  FilesRewritten: number
  FilesRemoved: number
  SnapshotsExpired: number
  /** When the files that are left had been read and found without the records; ISO 8601. */
  VerifiedAt: string
}

/**
 * Erases records: no version of them stays online, in the history or in one of its earlier snapshots. Throws
 * ResourceNotFound for an unknown group, ValidationError for identifiers that no record can have.
 */
export async function eraseRecords(
  stores: GroupStores & Pick<Stores, 'now'>,
  history: History,
  input: unknown,
): Promise<EraseRecordsResponse> {
  const { group, identifiers } = await readErasure(stores, input)
  const erasure = await history.erase(group, identifiers)
  return {
    FeatureGroupName: group.FeatureGroupName,
    RecordIdentifiersValueAsString: identifiers,
    Status: 'Completed',
    OnlineRecordsRemoved: erasure.onlineRecordsRemoved,
    HistoryRowsRemoved: erasure.historyRowsRemoved,
    FilesRewritten: erasure.filesRewritten,
    FilesRemoved: erasure.filesRemoved,
    SnapshotsExpired: erasure.snapshotsExpired,
    VerifiedAt: new Date(stores.now()).toISOString(),
  }
}
