import type * as v from 'valibot'
import { ApiError } from '../api-error.ts'
import { featureGroupNotFound, withFeatureGroup } from '../groups/feature-group-name.ts'
import type { Put } from '../records/change.ts'
import {
  FeatureGroupNameOrArn,
  listOf,
  objectOf,
  optional,
  Record,
  TargetStores,
  TtlDuration,
} from '../requests/model.ts'
import { check, parse, type Violation, violationError } from '../requests/validation.ts'
import type { WriteStores } from '../stores.ts'
import { toPut } from './put-record.ts'

const Entry = objectOf({
  FeatureGroupName: FeatureGroupNameOrArn,
  Record,
  TargetStores: optional(TargetStores),
  TtlDuration: optional(TtlDuration),
})

const BatchWriteRecordRequest = objectOf({
  Entries: listOf(Entry, 1, 25),
  TtlDuration: optional(TtlDuration),
})
type EntryRequest = v.InferOutput<typeof Entry>

export interface BatchWriteRecordResponse {
  /** Entries that can never succeed as they are, as they were sent, with the reason. */
  Errors: { Entry: unknown; ErrorCode: string; ErrorMessage: string }[]
  /** Entries that a store did not take; sending them again is safe. */
  UnprocessedEntries: unknown[]
}

/**
 * Writes each entry as PutRecord would, in entry order. A request of the wrong shape fails whole and writes nothing;
 * an entry that breaks a constraint or its group's schema fails alone.
 * https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_feature_store_BatchWriteRecord.html
 */
export async function batchWriteRecord(stores: WriteStores, input: unknown): Promise<BatchWriteRecordResponse> {
  const receivedAt = stores.now()
  const { input: request, violations } = check(BatchWriteRecordRequest, input, 'ValidationError')
  const violated = byEntry(violations)
  // The caller's own objects: AWS's SDK finds a failed entry by comparing it with those it sent.
  const sent = (input as { Entries: unknown[] }).Entries
  const response: BatchWriteRecordResponse = { Errors: [], UnprocessedEntries: [] }
  const accepted: { put: Put; entry: unknown }[] = []
  for (const [index, entry] of request.Entries.entries()) {
    try {
      const broken = violated.get(index)
      if (broken !== undefined) throw violationError(broken, 'ValidationError')
      const put = await toEntryPut(
        stores,
        { ...entry, TtlDuration: entry.TtlDuration ?? request.TtlDuration },
        receivedAt,
      )
      accepted.push({ put, entry: sent[index] })
    } catch (error) {
      if (!(error instanceof ApiError)) throw error
      response.Errors.push({ Entry: sent[index], ErrorCode: error.code, ErrorMessage: error.message })
    }
  }
  response.UnprocessedEntries = await write(stores, accepted)
  return response
}

/** The put that one entry asks for. Throws the error that BatchWriteRecord would tell of it. */
export async function entryPut(stores: WriteStores, entry: unknown, receivedAt: number): Promise<Put> {
  return await toEntryPut(stores, parse(Entry, entry, 'ValidationError'), receivedAt)
}

async function toEntryPut(stores: WriteStores, entry: EntryRequest, receivedAt: number): Promise<Put> {
  return await withFeatureGroup(stores, entry.FeatureGroupName, featureGroupNotFound, (group) =>
    toPut(group, entry, receivedAt),
  )
}

/** Writes the entries; those that no store would take come back. */
async function write(stores: WriteStores, accepted: { put: Put; entry: unknown }[]): Promise<unknown[]> {
  if (accepted.length === 0) return []
  const outcomes = await stores.writer.write(accepted.map(({ put }) => put))
  return accepted.flatMap(({ entry }, index) => (outcomes[index]?.result === 'unprocessed' ? [entry] : []))
}

/** The violations of each entry. Throws when one is of the request itself. */
function byEntry(violations: Violation[]): Map<number, Violation[]> {
  const byIndex = new Map<number, Violation[]>()
  for (const violation of violations) {
    const [member, index] = violation.path
    if (member !== 'Entries' || typeof index !== 'number') throw violationError(violations, 'ValidationError')
    byIndex.set(index, [...(byIndex.get(index) ?? []), violation])
  }
  return byIndex
}
