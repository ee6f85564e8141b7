import { ApiError, quote } from '../api-error.ts'
import type { DeleteSession, DeleteStatus } from '../deletes/delete-session.ts'
import type { DeleteStores } from '../stores.ts'

/** How far an erasure has come, and its proof when it is completed. Times are ISO 8601. */
export interface RecordErasure {
  ErasureId: string
  FeatureGroupName: string
  Status: 'Processing' | 'Completed' | 'Failed'
  OnlineRecordsRemoved: number
  AcceptedAt: string
  /** Of the history's table. */
  HistoryRowsRemoved?: number
  SnapshotsExpired?: number
  RemovedAt?: string
  /** When the table had been read and found without the records. */
  VerifiedAt?: string
  FailureReason?: string
}

const STATUS: { [status in DeleteStatus]: RecordErasure['Status'] } = {
  processing: 'Processing',
  completed: 'Completed',
  failed: 'Failed',
  // Only what is of mode soft is undone, and what was cancelled has not erased all that it was to.
  undoing: 'Processing',
  undone: 'Failed',
  cancelled: 'Failed',
}

/** The status of an erasure: of records, or of a delete session that erases. Throws ResourceNotFound for any other id. */
export async function getRecordErasure(
  { sessions }: Pick<DeleteStores, 'sessions'>,
  erasureId: string,
): Promise<RecordErasure> {
  const session = await sessions.get(erasureId)
  if (session?.mode === 'erase') return recordErasure(session)
  throw new ApiError('ResourceNotFound', `there is no erasure ${quote(erasureId)}`)
}

export function recordErasure({ name, table, status, counts, acceptedAt, error, erasure }: DeleteSession) {
  const proof = erasure && {
    HistoryRowsRemoved: erasure.rowsRemoved,
    SnapshotsExpired: erasure.snapshotsExpired.length,
    RemovedAt: iso(erasure.removedAt),
    VerifiedAt: iso(erasure.verifiedAt),
  }
  return {
    ErasureId: name,
    FeatureGroupName: table,
    Status: STATUS[status],
    OnlineRecordsRemoved: counts.deleted,
    AcceptedAt: iso(acceptedAt),
    ...proof,
    ...(error.length > 0 && { FailureReason: error.join('; ') }),
  } satisfies RecordErasure
}

function iso(milliseconds: number): string {
  return new Date(milliseconds).toISOString()
}
