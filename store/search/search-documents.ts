import type { Catalog } from '../catalog/catalog.ts'
import { featureGroupDescription } from '../groups/feature-group-description.ts'
import { featureDescription } from '../groups/feature-metadata.ts'

/** Every feature group as Search answers it. */
export async function featureGroupDocuments(catalog: Catalog) {
  const groups = await catalog.list()
  return groups.map((group) => ({ ...featureGroupDescription(group), Tags: group.Tags }))
}

/** Every feature of every group as Search answers it, whether or not anything was written about it. */
export async function featureMetadataDocuments(catalog: Catalog) {
  const groups = await catalog.list()
  const documents = groups.map(async (group) => {
    const stored = await catalog.listFeatureMetadata(group.groupId)
    const byName = new Map(stored.map((metadata) => [metadata.FeatureName, metadata]))
    return group.FeatureDefinitions.map((definition, position) =>
      featureDescription(group, definition, { position, metadata: byName.get(definition.FeatureName) }),
    )
  })
  return (await Promise.all(documents)).flat()
}
