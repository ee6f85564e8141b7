import { ApiError, quote } from '../api-error.ts'
import { addTags } from '../operations/add-tags.ts'
import { createFeatureGroup } from '../operations/create-feature-group.ts'
import { deleteFeatureGroup } from '../operations/delete-feature-group.ts'
import { deleteTags } from '../operations/delete-tags.ts'
import { describeFeatureGroup } from '../operations/describe-feature-group.ts'
import { describeFeatureMetadata } from '../operations/describe-feature-metadata.ts'
import { listFeatureGroups } from '../operations/list-feature-groups.ts'
import { listTags } from '../operations/list-tags.ts'
import { updateFeatureGroup } from '../operations/update-feature-group.ts'
import { updateFeatureMetadata } from '../operations/update-feature-metadata.ts'
import type { ControlStores } from '../stores.ts'
import { readJsonObject } from './body.ts'
import type { HttpRequest } from './http.ts'

const PREFIX = 'SageMaker.'

type Operation = (stores: ControlStores, input: unknown) => Promise<unknown>

const OPERATIONS: { [operation: string]: Operation } = {
  AddTags: addTags,
  CreateFeatureGroup: createFeatureGroup,
  DeleteFeatureGroup: deleteFeatureGroup,
  DeleteTags: deleteTags,
  DescribeFeatureGroup: describeFeatureGroup,
  DescribeFeatureMetadata: describeFeatureMetadata,
  ListFeatureGroups: listFeatureGroups,
  ListTags: listTags,
  // The largest of them is loaded when it is first asked for.
  Search: async (stores, input) => await (await import('../operations/search.ts')).search(stores, input),
  UpdateFeatureGroup: updateFeatureGroup,
  UpdateFeatureMetadata: updateFeatureMetadata,
}

/** The control plane operation that `X-Amz-Target` names. Throws UnknownOperationException for any other. */
export function matchTarget(target: string | undefined): string {
  if (target === undefined) {
    throw new ApiError('UnknownOperationException', `POST / needs the header X-Amz-Target: ${PREFIX}<operation>`)
  }
  const operation = target.startsWith(PREFIX) ? target.slice(PREFIX.length) : ''
  if (Object.hasOwn(OPERATIONS, operation)) return operation
  const known = Object.keys(OPERATIONS).join(', ')
  throw new ApiError('UnknownOperationException', `there is no target ${quote(target)}; ${PREFIX} has ${known}`)
}

/** Calls the operation of a JSON 1.1 request; its answer as JSON text, empty when it answers nothing. */
export async function callControlPlane(
  stores: ControlStores,
  request: HttpRequest,
  operation: string,
): Promise<string> {
  const input = readJsonObject(request.body, 'SerializationException')
  const output = await OPERATIONS[operation]?.(stores, input)
  return output === undefined ? '' : JSON.stringify(output)
}
