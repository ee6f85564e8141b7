import type { FileImport } from './file-import.ts'
import { resultKey } from './object-names.ts'

/** What others are told of a file: what its result object says, but for the refused rows. */
export interface ImportSummary {
  Status: 'Ingested' | 'Failed'
  Bucket: string
  Key: string
  VersionId?: string
  ETag: string
  FeatureGroupName: string
  RowsRead: number
  /** Of the rows read, those that count online now, or are for the offline store alone. */
  RowsWritten: number
  RowsHistoric: number
  RowsRefused: number
  /** Why the file, or the rest of it, could not be read. */
  Error?: string
  ResultKey: string
  StartedAt: string
  EndedAt: string
}

/** Tells whoever listens that a file has ended, at least once. */
export interface ImportEvents {
  /** Throws ServiceUnavailable when it could not be told. */
  ended(summary: ImportSummary): Promise<void>
}

/** The summary of an import whose rows are all dealt with. `now` is in milliseconds since the epoch. */
export function summaryOf(file: FileImport, bucket: string, now: number): ImportSummary {
  const { object, featureGroupName, counts, error, startedAt } = file
  return {
    Status: error === undefined ? 'Ingested' : 'Failed',
    Bucket: bucket,
    Key: object.key,
    ...(object.version !== undefined && { VersionId: object.version }),
    ETag: object.etag,
    FeatureGroupName: featureGroupName,
    RowsRead: counts.read,
    RowsWritten: counts.written,
    RowsHistoric: counts.historic,
    RowsRefused: counts.refused,
    ...(error !== undefined && { Error: error }),
    ResultKey: resultKey(object.key),
    StartedAt: new Date(startedAt).toISOString(),
    EndedAt: new Date(now).toISOString(),
  }
}
