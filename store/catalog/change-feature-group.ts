import { ApiError } from '../api-error.ts'
import type { FeatureGroup } from '../groups/feature-group.ts'
import { requireFreshFeatureGroup } from '../groups/feature-group-name.ts'
import type { ControlStores } from '../stores.ts'

const MAX_ATTEMPTS = 5

/**
 * Replaces a group by what `change` makes of it, again for a group that another request has changed in between.
 * Throws ResourceNotFound, and ResourceInUse when others keep changing it.
 */
export async function changeFeatureGroup(
  stores: ControlStores,
  nameOrArn: string,
  change: (group: FeatureGroup) => FeatureGroup,
): Promise<FeatureGroup> {
  for (let attempt = 0; attempt < MAX_ATTEMPTS; attempt++) {
    const group = await requireFreshFeatureGroup(stores, nameOrArn)
    const changed = { ...change(group), revision: group.revision + 1 }
    if (await stores.catalog.replace(changed)) return changed
  }
  throw new ApiError(
    'ResourceInUse',
    `feature group '${nameOrArn}' was changed by others ${MAX_ATTEMPTS} times meanwhile; try again`,
  )
}
