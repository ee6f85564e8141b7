import type { FeatureDefinition, FeatureType } from '@aws-sdk/client-sagemaker'
import type { Input } from '../../local/ingest/input.ts'
import type { Row } from '../../local/ingest/row.ts'
import { DEFAULT_OFFLINE_URI, type GroupPlan } from '../client/group-plan.ts'
import { type Column, columnTypes } from './infer-types.ts'

const FEATURE_NAME = /^[a-zA-Z0-9]([-_]*[a-zA-Z0-9]){0,63}$/

/** What a group is to be made of. */
export interface Wanted {
  name: string
  identifier: string
  eventTime: string
}

export interface InferredGroup {
  plan: GroupPlan
  columns: Column[]
}

/**
 * The feature group that a file's rows fit in, found by reading all of them once; `onRow` is told of each. A column
 * without any value becomes a String. Throws when the file cannot be a feature group's.
 */
export async function planGroup(input: Input, wanted: Wanted, onRow: (row: Row) => void): Promise<InferredGroup> {
  const types = columnTypes()
  if (input.format === 'csv') types.expect((await input.columns()) ?? [])
  for await (const row of input.rows()) {
    types.add(row)
    onRow(row)
  }
  const found = [...types.columns.values()]
  assertColumns(input, wanted, found)
  const columns = found.map((column) =>
    column.name === wanted.eventTime ? { ...column, type: eventTimeType(column, input) } : column,
  )
  const features = columns.map(definition)
  return { plan: { ...wanted, features, online: {}, offline: DEFAULT_OFFLINE_URI }, columns }
}

/** Throws when a column's name cannot be a feature's, or the columns of identifier and event time are not there. */
function assertColumns(input: Input, { identifier, eventTime }: Wanted, columns: Column[]): void {
  for (const name of [identifier, eventTime]) {
    if (columns.some((column) => column.name === name)) continue
    throw new Error(`${input.name} has no column '${name}'; it has ${columns.map((c) => `'${c.name}'`).join(', ')}`)
  }
  const misnamed = columns.find(({ name }) => !FEATURE_NAME.test(name))
  if (misnamed !== undefined) {
    throw new Error(
      `column '${misnamed.name}' cannot be a feature: a name has 1 to 64 letters, digits, '-' and '_' and begins and ends with a letter or digit`,
    )
  }
}

/** The type of the event time feature. Throws when none of its values can be an event time. */
function eventTimeType(column: Column, { format }: Pick<Input, 'format'>): FeatureType {
  const { name, textType, example, line, hasIsoTime, hasEpochTime, hasFineTime } = column
  // Parquet's times can be written as seconds, which have as many digits as they need; a String has milliseconds.
  if (format === 'parquet' && hasFineTime) return 'Fractional'
  if (textType === 'String' && hasIsoTime) return 'String'
  if (textType !== 'String' && hasEpochTime) return 'Fractional'
  if (textType === undefined) throw new Error(`no row has an event time in '${name}'`)
  throw new Error(
    `'${name}' has no event times but, on line ${line}, '${example}': they must be yyyy-MM-ddTHH:mm:ssZ or yyyy-MM-ddTHH:mm:ss.SSSZ in UTC, or seconds since 1970`,
  )
}

function definition({ name, type = 'String', isList }: Column): FeatureDefinition {
  return isList
    ? { FeatureName: name, FeatureType: type, CollectionType: 'List' }
    : { FeatureName: name, FeatureType: type }
}
