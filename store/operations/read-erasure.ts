import { type FeatureGroup, schemaOf } from '../groups/feature-group.ts'
import { requireFeatureGroup } from '../groups/feature-group-name.ts'
import { assertTypedIdentifier } from '../records/record.ts'
import { FeatureGroupNameOrArn, listOf, objectOf, ValueAsString } from '../requests/model.ts'
import { parse } from '../requests/validation.ts'
import type { GroupStores } from '../stores.ts'

const MAX_IDENTIFIERS = 100

const EraseRecordsRequest = objectOf({
  FeatureGroupName: FeatureGroupNameOrArn,
  RecordIdentifiersValueAsString: listOf(ValueAsString, 1, MAX_IDENTIFIERS),
})

export interface ErasureRequest {
  group: FeatureGroup
  /** Each once. */
  identifiers: string[]
}

/**
 * Reads a request to erase records. Throws ResourceNotFound for an unknown group, ValidationError for identifiers that
 * no record can have.
 */
export async function readErasure(stores: GroupStores, input: unknown): Promise<ErasureRequest> {
  const request = parse(EraseRecordsRequest, input, 'ValidationError')
  const group = await requireFeatureGroup(stores, request.FeatureGroupName)
  const identifiers = [...new Set(request.RecordIdentifiersValueAsString)]
  const { identifier: feature } = schemaOf(group)
  for (const identifier of identifiers) assertTypedIdentifier(identifier, feature)
  return { group, identifiers }
}
