import { ApiError, quote } from '../api-error.ts'
import type { RestoreStatus } from '../restores/restoration.ts'
import type { RestoreStores } from '../restores/restore-stores.ts'

/** What a restore has come to. Times are ISO 8601; what is not known yet is null. */
export interface GetRestoreResponse {
  RestoreId: string
  FeatureGroupName: string
  Status: RestoreStatus
  AsOf: string | null
  IgnoreDelete: string[]
  Replace: boolean
  StartedAt: string
  UpdatedAt: string
  EndedAt: string | null
  /** How many records the history has to restore. */
  RowsTotal: number | null
  RowsRead: number
  RecordsWritten: number
  Tombstones: number
  RecordsKept: number
  RecordsExpired: number
  RecordsRemoved: number
  Error: string | null
}

/** The status of a restore. Throws ResourceNotFound for an id that none has. */
export async function getRestore({ restorations }: Pick<RestoreStores, 'restorations'>, id: string) {
  const restoration = await restorations.get(id)
  if (restoration === undefined) throw new ApiError('ResourceNotFound', `there is no restore ${quote(id)}`)
  const { writtenBy, endedAt, counts } = restoration
  return {
    RestoreId: restoration.id,
    FeatureGroupName: restoration.featureGroupName,
    Status: restoration.status,
    AsOf: isoTime(writtenBy),
    IgnoreDelete: restoration.ignored,
    Replace: restoration.doesReplace,
    StartedAt: new Date(restoration.startedAt).toISOString(),
    UpdatedAt: new Date(restoration.updatedAt).toISOString(),
    EndedAt: isoTime(endedAt),
    RowsTotal: restoration.rowsTotal ?? null,
    RowsRead: counts.rowsRead,
    RecordsWritten: counts.recordsWritten,
    Tombstones: counts.tombstones,
    RecordsKept: counts.recordsKept,
    RecordsExpired: counts.recordsExpired,
    RecordsRemoved: counts.recordsRemoved,
    Error: restoration.error ?? null,
  } satisfies GetRestoreResponse
}

function isoTime(milliseconds: number | undefined): string | null {
  return milliseconds === undefined ? null : new Date(milliseconds).toISOString()
}
