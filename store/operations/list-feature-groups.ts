import * as v from 'valibot'
import type { FeatureGroup } from '../groups/feature-group.ts'
import { featureGroupStatus } from '../groups/feature-group-description.ts'
import { integerOf, NextToken, objectOf, oneOf, optional, SortOrder, stringOf } from '../requests/model.ts'
import { pageOf, type SortValue } from '../requests/page.ts'
import { parse } from '../requests/validation.ts'
import type { ControlStores } from '../stores.ts'

const MAX_RESULTS = 100
const Seconds = v.pipe(v.number(), v.finite('Member must be a number of seconds since the epoch'))

const ListFeatureGroupsRequest = objectOf({
  NameContains: optional(stringOf(1, 64)),
  FeatureGroupStatusEquals: optional(oneOf(['Creating', 'Created', 'CreateFailed', 'Deleting', 'DeleteFailed'])),
  OfflineStoreStatusEquals: optional(oneOf(['Active', 'Blocked', 'Disabled'])),
  CreationTimeAfter: optional(Seconds),
  CreationTimeBefore: optional(Seconds),
  SortOrder: optional(SortOrder),
  SortBy: optional(oneOf(['Name', 'FeatureGroupStatus', 'OfflineStoreStatus', 'CreationTime'])),
  MaxResults: optional(integerOf(1, MAX_RESULTS)),
  NextToken: optional(NextToken),
})

type Request = v.InferOutput<typeof ListFeatureGroupsRequest>

export interface ListFeatureGroupsResponse {
  FeatureGroupSummaries: ReturnType<typeof toSummary>[]
  NextToken?: string
}

/**
 * A page of the feature groups that pass every filter, those before and after a time without the time itself; the
 * newest first and a hundred of them unless asked otherwise.
 * https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_ListFeatureGroups.html
 */
export async function listFeatureGroups(stores: ControlStores, input: unknown): Promise<ListFeatureGroupsResponse> {
  const request = parse(ListFeatureGroupsRequest, input, 'ValidationException')
  const { MaxResults, NextToken: nextToken, SortBy, SortOrder: order, ...filters } = request
  const summaries = (await stores.catalog.list()).map(toSummary)
  const by = SortBy ?? 'CreationTime'
  const isDescending = order !== 'Ascending'
  const { items, ...next } = pageOf({
    items: summaries.filter((summary) => isListed(summary, filters)),
    keyOf: (summary) => ({ value: SORT_VALUES[by](summary), id: summary.FeatureGroupName }),
    isDescending,
    limit: MaxResults ?? MAX_RESULTS,
    nextToken,
    scope: JSON.stringify(['ListFeatureGroups', filters, by, isDescending]),
  })
  return { FeatureGroupSummaries: items, ...next }
}

function toSummary(group: FeatureGroup) {
  return {
    FeatureGroupName: group.FeatureGroupName,
    FeatureGroupArn: group.FeatureGroupArn,
    CreationTime: group.creationTime / 1000,
    ...featureGroupStatus(group),
  }
}

type Summary = ReturnType<typeof toSummary>

const SORT_VALUES: { [by in NonNullable<Request['SortBy']>]: (summary: Summary) => SortValue } = {
  Name: (summary) => summary.FeatureGroupName,
  FeatureGroupStatus: (summary) => summary.FeatureGroupStatus,
  OfflineStoreStatus: (summary) => summary.OfflineStoreStatus?.Status ?? null,
  CreationTime: (summary) => summary.CreationTime,
}

function isListed(summary: Summary, filters: Request): boolean {
  const { NameContains, FeatureGroupStatusEquals, OfflineStoreStatusEquals } = filters
  return (
    summary.FeatureGroupName.includes(NameContains ?? '') &&
    summary.FeatureGroupStatus === (FeatureGroupStatusEquals ?? summary.FeatureGroupStatus) &&
    (OfflineStoreStatusEquals == null || summary.OfflineStoreStatus?.Status === OfflineStoreStatusEquals) &&
    summary.CreationTime > (filters.CreationTimeAfter ?? Number.NEGATIVE_INFINITY) &&
    summary.CreationTime < (filters.CreationTimeBefore ?? Number.POSITIVE_INFINITY)
  )
}
