import { quote, validationError } from '../api-error.ts'
import type { FeatureGroup } from '../groups/feature-group.ts'
import type { Target } from './change.ts'

/** The stores that a write goes to: those named, or all that the group has. Throws for one that it lacks. */
export function resolveTarget(group: FeatureGroup, named: readonly string[] | null | undefined): Target {
  const has = {
    OnlineStore: group.OnlineStoreConfig !== undefined,
    OfflineStore: group.OfflineStoreConfig !== undefined,
  }
  const wants = (store: keyof typeof has) => (named == null ? has[store] : named.includes(store))
  for (const store of ['OnlineStore', 'OfflineStore'] as const) {
    if (wants(store) && !has[store]) {
      const allowed = has.OnlineStore ? 'OnlineStore' : 'OfflineStore'
      throw validationError(
        `TargetStores names ${quote(store)}, which feature group '${group.FeatureGroupName}' does not have. It has ${allowed}.`,
      )
    }
  }
  return { groupId: group.groupId, online: wants('OnlineStore'), offline: wants('OfflineStore') }
}

/** Throws ValidationError for a group that cannot be read, because it has no online store. */
export function assertOnlineStore(group: FeatureGroup): void {
  if (group.OnlineStoreConfig === undefined) {
    throw validationError(`Feature group '${group.FeatureGroupName}' has no OnlineStore to read records from.`)
  }
}
