import { validationError } from '../api-error.ts'
import type { FeatureGroup } from '../groups/feature-group.ts'
import { featureGroupNotFound, findFeatureGroup } from '../groups/feature-group-name.ts'
import { entryPut } from '../operations/batch-write-record.ts'
import { assertDeleted, deletionChange } from '../operations/delete-record.ts'
import { assertUpdated, updateChange } from '../operations/update-record.ts'
import type { Outcome } from '../records/change.ts'
import type { WriteStores } from '../stores.ts'
import type { EventOperation } from './event-schema.ts'
import { quickPut } from './quick-put.ts'
import type { Event, EventInput } from './read-event.ts'

/** Makes an event's input the change that it asks for. Throws the error of its operation. */
type ToChange = (stores: WriteStores, input: EventInput, receivedAt: number) => Promise<EventChange>

/** A change that an event asks for. */
export type EventChange = Awaited<ReturnType<typeof entryPut | typeof updateChange | typeof deletionChange>>

const CHANGES: { [operation in EventOperation]: ToChange } = {
  async Put(stores, input, receivedAt) {
    return (await quickPut(stores, input, receivedAt)) ?? (await entryPut(stores, input, receivedAt))
  },
  async Update(stores, { Record: Features, ...input }, receivedAt) {
    const { RecordIdentifierFeatureName } = await groupOf(stores, input)
    const RecordIdentifierValueAsString = requiredValue(Features, RecordIdentifierFeatureName, 'record identifier')
    return await updateChange(stores, { ...input, RecordIdentifierValueAsString, Features }, receivedAt)
  },
  SoftDelete: (stores, input, receivedAt) => deletion(stores, input, { receivedAt, DeletionMode: 'SoftDelete' }),
  HardDelete: (stores, input, receivedAt) => deletion(stores, input, { receivedAt, DeletionMode: 'HardDelete' }),
}

/** The change that an event asks for. Throws the error that the API would answer. */
export async function eventChange(
  stores: WriteStores,
  { operation, input }: Event,
  receivedAt: number,
): Promise<EventChange> {
  return await CHANGES[operation](stores, input, receivedAt)
}

/** Throws the error that the API answers when a change was not made. */
export function assertMade(change: EventChange, outcome: Outcome): void {
  if (change.kind === 'update') assertUpdated(change, outcome)
  else if (change.kind !== 'put') assertDeleted(change, outcome)
}

async function deletion(
  stores: WriteStores,
  { Record: record, ...input }: EventInput,
  { receivedAt, DeletionMode }: { receivedAt: number; DeletionMode: string },
) {
  const { RecordIdentifierFeatureName, EventTimeFeatureName } = await groupOf(stores, input)
  const RecordIdentifierValueAsString = requiredValue(record, RecordIdentifierFeatureName, 'record identifier')
  const EventTime = requiredValue(record, EventTimeFeatureName, 'event time')
  return await deletionChange(stores, { ...input, RecordIdentifierValueAsString, EventTime, DeletionMode }, receivedAt)
}

async function groupOf(
  stores: WriteStores,
  { FeatureGroupName }: Pick<EventInput, 'FeatureGroupName'>,
): Promise<FeatureGroup> {
  const group = await findFeatureGroup(stores, FeatureGroupName)
  if (group === undefined) throw featureGroupNotFound(FeatureGroupName)
  return group
}

function requiredValue(record: EventInput['Record'], name: string, what: string): string {
  const value = record.find(({ FeatureName }) => FeatureName === name)?.ValueAsString
  if (value == null) throw validationError(`The record must have a value for its ${what} feature '${name}'.`)
  return value
}
