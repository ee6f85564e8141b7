import type { FeatureDefinition, FeatureGroup } from '../groups/feature-group.ts'
import type { HistoryRow } from '../records/change.ts'
import { exactInteger, exactNumber } from '../records/exact-number.ts'
import { ROUTING_COLUMN } from './columns.ts'
import { columnName } from './iceberg/schema.ts'
import { type StoredFeature, storedFeatures } from './stored-features.ts'
import { tableOf } from './table-name.ts'

/**
 * A row of history as the JSON text that Firehose takes for the group's Iceberg table: every column, null for what is
 * missing, times in microseconds, numbers exactly as they are (`aws.md` section 1.4). Undefined when the row has a
 * feature that `group` lacks, because it was read before the feature was added.
 */
export function firehoseRow(group: FeatureGroup, row: HistoryRow): string | undefined {
  const features = storedFeatures(group, row)
  const columns: Record<string, unknown> = {}
  for (const definition of group.FeatureDefinitions) {
    const feature = features.get(definition.FeatureName)
    columns[columnName(definition.FeatureName)] = cell(definition, feature)
    features.delete(definition.FeatureName)
  }
  if (features.size > 0) return undefined
  return JSON.stringify({
    [ROUTING_COLUMN]: tableOf(group),
    ...columns,
    write_time: row.writeTime * 1000,
    api_invocation_time: row.apiInvocationTime * 1000,
    is_deleted: row.isDeleted,
    _event_time: exactNumber(String(row.eventTime)),
    _deletion_session: row.deletionSession ?? null,
    _sequence: null,
  })
}

function cell({ FeatureType }: FeatureDefinition, feature: StoredFeature | undefined): unknown {
  const encode = ENCODERS[FeatureType]
  if (feature?.ValueAsString !== undefined) return encode(feature.ValueAsString)
  return feature?.ValueAsStringList?.map(encode) ?? null
}

const ENCODERS: Record<FeatureDefinition['FeatureType'], (text: string) => unknown> = {
  Integral: integer,
  Fractional: double,
  String: (text) => text,
}

/** A number, or a string of its digits where one that reads JSON numbers as doubles would change it. */
function integer(text: string): unknown {
  const value = exactInteger(text)
  const number = Number(value)
  return Number.isSafeInteger(number) ? number : String(value)
}

/** The 64-bit float that the column holds, in the digits that tell it from every other one. */
function double(text: string): unknown {
  const number = Number(text)
  return Object.is(number, -0) ? exactNumber('-0.0') : number
}
