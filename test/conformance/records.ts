import {
  DeleteRecordCommand,
  type DeleteRecordCommandInput,
  type FeatureValue,
  GetRecordCommand,
  type GetRecordCommandInput,
  PutRecordCommand,
  type PutRecordCommandInput,
} from '@aws-sdk/client-sagemaker-featurestore-runtime'
import { type Group, runtime } from './deployment.ts'

/** A record by feature name; a list for a collection. */
export interface Values {
  [feature: string]: string | string[]
}

/** An event time: that many seconds after the start of 2026. */
export function at(second: number): string {
  return isoTime(Date.UTC(2026, 0, 1) / 1000 + second)
}

/** Seconds since the epoch as an event time without a fraction. */
export function isoTime(seconds: number): string {
  return new Date(seconds * 1000).toISOString().replace('.000Z', 'Z')
}

export function toRecord(values: Values): FeatureValue[] {
  return Object.entries(values).map(([FeatureName, value]) =>
    typeof value === 'string' ? { FeatureName, ValueAsString: value } : { FeatureName, ValueAsStringList: value },
  )
}

/** The record by feature name; undefined when there is none. Throws for a feature that is answered twice. */
export function toValues(record: FeatureValue[] | undefined): Values | undefined {
  if (record === undefined) return undefined
  const values: Values = {}
  for (const { FeatureName = '', ValueAsString, ValueAsStringList } of record) {
    if (FeatureName in values) throw new Error(`feature ${FeatureName} is answered twice`)
    values[FeatureName] = ValueAsString ?? ValueAsStringList ?? []
  }
  return values
}

export function putRecord(group: Group, values: Values, rest: Partial<PutRecordCommandInput> = {}) {
  return runtime.send(new PutRecordCommand({ FeatureGroupName: group.name, Record: toRecord(values), ...rest }))
}

export function getRecord(group: Group, identifier: string, rest: Partial<GetRecordCommandInput> = {}) {
  return runtime.send(
    new GetRecordCommand({ FeatureGroupName: group.name, RecordIdentifierValueAsString: identifier, ...rest }),
  )
}

/** The live record of that identifier; undefined when there is none. */
export async function recordOf(group: Group, identifier: string): Promise<Values | undefined> {
  return toValues((await getRecord(group, identifier)).Record)
}

/** Deletes the record as of `EventTime`, softly unless `rest` says otherwise. */
export function deleteRecord(
  group: Group,
  identifier: string,
  EventTime: string,
  rest: Partial<DeleteRecordCommandInput> = {},
) {
  const RecordIdentifierValueAsString = identifier
  return runtime.send(
    new DeleteRecordCommand({ FeatureGroupName: group.name, RecordIdentifierValueAsString, EventTime, ...rest }),
  )
}
