import type { TargetStore } from '@aws-sdk/client-sagemaker-featurestore-runtime'
import { type Cell, type Event, type Row, toRecord } from '../../local/ingest/row.ts'
import type { Duration } from '../arguments/duration.ts'
import type { KnownGroups } from './known-groups.ts'
import type { OutgoingRow } from './send-batch.ts'
import type { TargetGroup } from './target-group.ts'

export interface Outgoing {
  /** The group of rows that are no events; undefined when there can be none. */
  group: TargetGroup | undefined
  groups: KnownGroups
  /** All stores of the group unless given. */
  targetStores?: TargetStore[]
  ttl?: Duration
}

/** For each value about what the names of members and the quotes add to a request. */
const OVERHEAD = 50

/** A row of a group's cells on its way there. */
export function outgoingRow(
  { file, line, json }: Row,
  cells: Cell[],
  group: TargetGroup,
  options: Outgoing,
): OutgoingRow {
  const input = { FeatureGroupName: group.name, Record: toRecord(cells) }
  return {
    file,
    line,
    json,
    ...placeOf(input.Record, group),
    event: withDefaults({ operation: 'Put', input }, options),
  }
}

/** An event on its way to the group that it names; where the group is not known, it is told so when it is sent. */
export async function outgoingEvent(
  { file, line, json }: Row,
  event: Event,
  { groups, ...options }: Outgoing,
): Promise<OutgoingRow> {
  const { FeatureGroupName, Record } = event.input
  const group = await groups(FeatureGroupName)
  const names = {
    identifier: group?.RecordIdentifierFeatureName ?? '',
    eventTime: group?.EventTimeFeatureName ?? '',
  }
  return { file, line, json, ...placeOf(Record, names), event: withDefaults(event, options) }
}

function withDefaults({ operation, input }: Event, { targetStores, ttl }: Pick<Outgoing, 'targetStores' | 'ttl'>) {
  const isWrite = operation === 'Put' || operation === 'Update'
  const TargetStores = input.TargetStores ?? targetStores
  const TtlDuration = input.TtlDuration ?? (isWrite ? (ttl as Event['input']['TtlDuration']) : undefined)
  return {
    operation,
    input: { ...input, ...(TargetStores && { TargetStores }), ...(TtlDuration && { TtlDuration }) },
  }
}

/** What record the row is of, and about how large it is. */
function placeOf(record: Event['input']['Record'], names: Pick<TargetGroup, 'identifier' | 'eventTime'>) {
  let identifier = ''
  let eventTime: string | undefined
  let size = 0
  for (const { FeatureName, ValueAsString: text, ValueAsStringList: list } of record) {
    if (FeatureName === names.identifier && text != null) identifier = text
    if (FeatureName === names.eventTime && text != null) eventTime = text
    size += FeatureName.length + OVERHEAD + (text?.length ?? 0)
    for (const element of list ?? []) size += element.length + 3
  }
  return { identifier, eventTime, size }
}
