import * as v from 'valibot'
import { requireFeatureGroup } from '../groups/feature-group-name.ts'
import { assertOnlineStore } from '../records/target-stores.ts'
import { FeatureGroupNameOrArn, integerOf, objectOf, optional, stringOf } from '../requests/model.ts'
import { decodeNextToken, encodeNextToken } from '../requests/next-token.ts'
import { parse } from '../requests/validation.ts'
import type { ReadStores } from '../stores.ts'

const MAX_RESULTS = 100

const ListRecordsRequest = objectOf({
  FeatureGroupName: FeatureGroupNameOrArn,
  MaxResults: optional(integerOf(1, MAX_RESULTS)),
  NextToken: optional(stringOf(1, 8192)),
  IncludeSoftDeletedRecords: optional(v.boolean()),
})

export interface ListRecordsResponse {
  RecordIdentifiers: string[]
  NextToken?: string
}

/**
 * A page of the identifiers in a group's online store, those of tombstones too if asked. A page may be short, even
 * empty, and still have a NextToken. A token is good for its group and its IncludeSoftDeletedRecords only.
 * https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_feature_store_ListRecords.html
 */
export async function listRecords(stores: ReadStores, input: unknown): Promise<ListRecordsResponse> {
  const request = parse(ListRecordsRequest, input, 'ValidationError')
  const group = await requireFeatureGroup(stores, request.FeatureGroupName)
  assertOnlineStore(group)
  const includeSoftDeleted = request.IncludeSoftDeletedRecords ?? false
  const scope = `${group.groupId}/${includeSoftDeleted}`
  const page = await stores.online.list(group.groupId, {
    limit: request.MaxResults ?? MAX_RESULTS,
    includeSoftDeleted,
    now: stores.now(),
    ...(request.NextToken != null && { after: decodeNextToken(request.NextToken, scope, 'ValidationError') }),
  })
  const response: ListRecordsResponse = { RecordIdentifiers: page.identifiers }
  if (page.next !== undefined) response.NextToken = encodeNextToken(page.next, scope)
  return response
}
