import { schemaOf } from '../groups/feature-group.ts'
import { requireFeatureGroup } from '../groups/feature-group-name.ts'
import type { History } from '../offline/history.ts'
import { assertTypedIdentifier } from '../records/record.ts'
import { FeatureGroupNameOrArn, listOf, objectOf, ValueAsString } from '../requests/model.ts'
import { parse } from '../requests/validation.ts'
import type { GroupStores, Stores } from '../stores.ts'

const MAX_IDENTIFIERS = 100

const EraseRecordsRequest = objectOf({
  FeatureGroupName: FeatureGroupNameOrArn,
  RecordIdentifiersValueAsString: listOf(ValueAsString, 1, MAX_IDENTIFIERS),
})

/** The proof of an erasure. Where nothing was found, all counts are 0 and the proof holds as well. */
export interface EraseRecordsResponse {
  FeatureGroupName: string
  RecordIdentifiersValueAsString: string[]
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
  const request = parse(EraseRecordsRequest, input, 'ValidationError')
  const group = await requireFeatureGroup(stores, request.FeatureGroupName)
  const identifiers = [...new Set(request.RecordIdentifiersValueAsString)]
  const { identifier: feature } = schemaOf(group)
  for (const identifier of identifiers) assertTypedIdentifier(identifier, feature)
  const erasure = await history.erase(group, identifiers)
  return {
    FeatureGroupName: group.FeatureGroupName,
    RecordIdentifiersValueAsString: identifiers,
    OnlineRecordsRemoved: erasure.onlineRecordsRemoved,
    HistoryRowsRemoved: erasure.historyRowsRemoved,
    FilesRewritten: erasure.filesRewritten,
    FilesRemoved: erasure.filesRemoved,
    SnapshotsExpired: erasure.snapshotsExpired,
    VerifiedAt: new Date(stores.now()).toISOString(),
  }
}
