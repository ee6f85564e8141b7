import { quote, validationError } from '../api-error.ts'
import { schemaOf } from '../groups/feature-group.ts'
import { featureGroupNotFoundToWrite, findFeatureGroup } from '../groups/feature-group-name.ts'
import type { HardDelete, Outcome, SoftDelete } from '../records/change.ts'
import { parseEventTime } from '../records/event-time.ts'
import { assertIdentifier } from '../records/record.ts'
import { resolveTarget } from '../records/target-stores.ts'
import { FeatureGroupNameOrArn, objectOf, oneOf, optional, TargetStores, ValueAsString } from '../requests/model.ts'
import { parse } from '../requests/validation.ts'
import { type WriteStores, writeOne } from '../stores.ts'

const DeleteRecordRequest = objectOf({
  FeatureGroupName: FeatureGroupNameOrArn,
  RecordIdentifierValueAsString: ValueAsString,
  EventTime: ValueAsString,
  TargetStores: optional(TargetStores),
  DeletionMode: optional(oneOf(['SoftDelete', 'HardDelete'])),
})

type Deletion = SoftDelete | HardDelete

/**
 * Deletes a record as of an event time: soft leaves a tombstone that fences older events, hard removes the row. Both
 * append a marker offline. Throws ValidationError for a hard delete that is not later than the stored record.
 * https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_feature_store_DeleteRecord.html
 */
export async function deleteRecord(stores: WriteStores, input: unknown): Promise<void> {
  const deletion = await deletionChange(stores, input, stores.now())
  assertDeleted(deletion, await writeOne(stores, deletion))
}

/** The change that a DeleteRecord request asks for. Throws ValidationError. */
export async function deletionChange(stores: WriteStores, input: unknown, receivedAt: number): Promise<Deletion> {
  const request = parse(DeleteRecordRequest, input, 'ValidationError')
  const group = await findFeatureGroup(stores, request.FeatureGroupName)
  if (group === undefined) throw featureGroupNotFoundToWrite(request.FeatureGroupName)
  const target = resolveTarget(group, request.TargetStores)
  const { RecordIdentifierValueAsString: identifier, EventTime: eventTimeText } = request
  assertIdentifier(identifier)
  const eventTime = parseEventTime(eventTimeText, schemaOf(group).eventTimeType)
  const kind = request.DeletionMode === 'HardDelete' ? 'hardDelete' : 'softDelete'
  return { kind, target, identifier, eventTime, eventTimeText, receivedAt }
}

/** Throws the error that DeleteRecord answers when the deletion was refused. */
export function assertDeleted({ eventTimeText }: Deletion, { result }: Outcome): void {
  if (result !== 'stale') return
  throw validationError(
    `EventTime ${quote(eventTimeText)} is not later than the EventTime of the stored record. A hard delete must be later.`,
  )
}
