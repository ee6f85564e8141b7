import { schemaOf } from '../groups/feature-group.ts'
import { findFeatureGroup } from '../groups/feature-group-name.ts'
import { toPut } from '../operations/put-record.ts'
import type { Put } from '../records/change.ts'
import type { WriteStores } from '../stores.ts'
import type { EventInput } from './read-event.ts'

/**
 * The put of an input that is certainly what BatchWriteRecord takes, at half of what checking every member costs;
 * undefined for any other, good or bad, which is left to the full check and its messages. What is not looked at here
 * follows from what is: a feature of the group has a valid name, and a record within its size has no value that is too
 * long.
 */
export async function quickPut(stores: WriteStores, input: EventInput, receivedAt: number): Promise<Put | undefined> {
  const { FeatureGroupName, Record, TtlDuration, TargetStores } = input
  if (TtlDuration !== undefined || TargetStores !== undefined || FeatureGroupName.startsWith('arn:')) return undefined
  const group = await findFeatureGroup(stores, FeatureGroupName)
  if (group === undefined || !Record.every(isWellFormed)) return undefined
  const { features } = schemaOf(group)
  if (Record.length === 0 || !Record.every(({ FeatureName }) => features.has(FeatureName))) return undefined
  try {
    return toPut(group, input, receivedAt)
  } catch {
    return undefined
  }
}

function isWellFormed({ ValueAsString: text, ValueAsStringList: list }: EventInput['Record'][number]): boolean {
  if (text != null && !text.isWellFormed()) return false
  return list == null || list.every((element) => element.isWellFormed())
}
