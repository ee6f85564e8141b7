import type { FeatureGroup } from '../../../store/groups/feature-group.ts'
import { tableOf } from '../../../store/offline/table-name.ts'
import type { HistoryRow } from '../../../store/records/change.ts'

export type Columns = Record<string, unknown>

/** The columns of a row that Firehose took. Integers past the safe ones are read exactly. */
export function readColumns(text: string): Columns {
  return JSON.parse(text, (_, value: unknown, { source }: { source?: string } = {}) =>
    typeof value === 'number' && source !== undefined && /^-?\d+$/.test(source) && !Number.isSafeInteger(value)
      ? BigInt(source)
      : value,
  )
}

/** The row of history that Firehose took for one of the groups, whose features but the event time are all strings. */
export function readHistoryRow(text: string, groups: FeatureGroup[]): HistoryRow {
  const columns = readColumns(text)
  const group = groups.find((candidate) => tableOf(candidate) === columns['_table'])
  if (group === undefined) throw new Error(`no group has the table ${columns['_table']}`)
  const isDeleted = columns['is_deleted'] === true
  const deletionSession = columns['_deletion_session']
  const features = group.FeatureDefinitions.flatMap(({ FeatureName }) => {
    const value = columns[FeatureName.toLowerCase()]
    return FeatureName === group.EventTimeFeatureName || value === null ? [] : { FeatureName, ValueAsString: value }
  })
  return {
    groupId: group.groupId,
    identifier: String(columns[group.RecordIdentifierFeatureName.toLowerCase()]),
    eventTime: BigInt(columns['_event_time'] as number),
    eventTimeText: String(columns[group.EventTimeFeatureName.toLowerCase()]),
    isDeleted,
    features: isDeleted ? null : JSON.stringify(features),
    writeTime: Number(columns['write_time']) / 1000,
    apiInvocationTime: Number(columns['api_invocation_time']) / 1000,
    ...(deletionSession !== null && { deletionSession: String(deletionSession) }),
  }
}
