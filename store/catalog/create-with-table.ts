import type { FeatureGroup } from '../groups/feature-group.ts'
import type { ControlStores } from '../stores.ts'

/**
 * Creates a group whose history has a table that must be there first. False, and nothing is left of it, when a group of
 * its name exists.
 */
export async function createWithTable(
  { catalog, tables }: Pick<ControlStores, 'catalog' | 'tables'>,
  group: FeatureGroup,
): Promise<boolean> {
  const { FeatureGroupName: name, groupId } = group
  const isThere = async () => (await catalog.get(name, { isFresh: true }))?.groupId === groupId
  if ((await catalog.get(name, { isFresh: true })) !== undefined) return false
  const placed = await tables.create(group)
  try {
    if (await catalog.create(placed)) return true
  } catch (error) {
    // The answer may have been lost, and a group must not lose its table.
    if (await isThere()) return true
    await tables.remove(placed)
    throw error
  }
  await tables.remove(placed)
  return false
}
