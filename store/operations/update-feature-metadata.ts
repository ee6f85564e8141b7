import type * as v from 'valibot'
import { ApiError, quote, validationException } from '../api-error.ts'
import type { FeatureMetadata } from '../catalog/catalog.ts'
import { requireFreshFeatureGroup } from '../groups/feature-group-name.ts'
import { requireFeature } from '../groups/feature-metadata.ts'
import { FeatureGroupNameOrLongArn, FeatureName, listOf, objectOf, optional, patternOf } from '../requests/model.ts'
import { parse } from '../requests/validation.ts'
import type { ControlStores } from '../stores.ts'

const MAX_PARAMETERS = 25
const ParameterText = patternOf(1, 255, '([\\p{L}\\p{Z}\\p{N}_.:/=+\\-]*)')

const UpdateFeatureMetadataRequest = objectOf({
  FeatureGroupName: FeatureGroupNameOrLongArn,
  FeatureName,
  Description: optional(patternOf(0, 255, '.*')),
  ParameterAdditions: optional(listOf(objectOf({ Key: ParameterText, Value: ParameterText }), 0, MAX_PARAMETERS)),
  ParameterRemovals: optional(listOf(ParameterText, 0, MAX_PARAMETERS)),
})

type Update = v.InferOutput<typeof UpdateFeatureMetadataRequest>

const MAX_ATTEMPTS = 5

/**
 * Changes what is written about a feature. An empty Description removes the one that is there, and an addition
 * overwrites the parameter of its key. Throws ResourceNotFound, ValidationException for more than 25 parameters, and
 * ResourceInUse when others keep changing them.
 * https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_UpdateFeatureMetadata.html
 */
export async function updateFeatureMetadata(stores: ControlStores, input: unknown): Promise<void> {
  const request = parse(UpdateFeatureMetadataRequest, input, 'ValidationException')
  assertUpdate(request)
  const { catalog } = stores
  const group = await requireFreshFeatureGroup(stores, request.FeatureGroupName)
  requireFeature(group, request.FeatureName)
  for (let attempt = 0; attempt < MAX_ATTEMPTS; attempt++) {
    const stored = await catalog.getFeatureMetadata(group.groupId, request.FeatureName)
    if (await catalog.replaceFeatureMetadata(group.groupId, updated(stored, request, stores.now()))) return
  }
  throw new ApiError(
    'ResourceInUse',
    `the metadata of feature '${request.FeatureName}' was changed by others ${MAX_ATTEMPTS} times meanwhile; try again`,
  )
}

function assertUpdate({ Description, ParameterAdditions, ParameterRemovals }: Update): void {
  if (Description == null && ParameterAdditions == null && ParameterRemovals == null) {
    throw validationException(
      'the request has no update. It must have a Description, ParameterAdditions or ParameterRemovals.',
    )
  }
  const keys = new Set<string>()
  for (const key of [...(ParameterAdditions ?? []).map(({ Key }) => Key), ...(ParameterRemovals ?? [])]) {
    if (keys.has(key)) throw validationException(`Parameter ${quote(key)} is named more than once. Name it once.`)
    keys.add(key)
  }
}

function updated(stored: FeatureMetadata | undefined, request: Update, lastModifiedTime: number): FeatureMetadata {
  const parameters = new Map(stored?.Parameters.map(({ Key, Value }) => [Key, Value]))
  for (const key of request.ParameterRemovals ?? []) parameters.delete(key)
  for (const { Key, Value } of request.ParameterAdditions ?? []) parameters.set(Key, Value)
  if (parameters.size > MAX_PARAMETERS) {
    throw validationException(
      `Feature '${request.FeatureName}' would have ${parameters.size} parameters. It can have ${MAX_PARAMETERS}.`,
    )
  }
  const Description = request.Description ?? stored?.Description ?? ''
  return {
    revision: (stored?.revision ?? 0) + 1,
    FeatureName: request.FeatureName,
    ...(Description !== '' && { Description }),
    Parameters: [...parameters].map(([Key, Value]) => ({ Key, Value })),
    lastModifiedTime,
  }
}
