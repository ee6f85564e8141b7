import type { DynamoDBClient } from '@aws-sdk/client-dynamodb'
import { ApiError } from '../api-error.ts'
import type { FeatureGroup } from '../groups/feature-group.ts'
import type { Catalog, FeatureMetadata } from './catalog.ts'
import { type CatalogItems, type Condition, catalogItems } from './dynamodb-items.ts'
import { deletedItem, groupItem, metadataItem, pointerItem, readGroup, readMetadata, type StoredItem } from './items.ts'
import { GROUPS, groupKey, metadataKey, metadataPartition, pointerKey } from './keys.ts'
import { recent } from './recent.ts'

const isNew = 'attribute_not_exists(pk)'
const isSameGroup = '#id = :id AND revision = :revision'
const isSameRevision = 'revision = :revision'

const MAX_REMEMBERED = 500
const MAX_REMOVAL_ATTEMPTS = 10

/**
 * The catalog in a DynamoDB table, read consistently. Throws ServiceUnavailable when DynamoDB does not answer.
 * A write whose answer was lost is recognized by what it left, so that one which succeeded is not taken for refused.
 */
export function dynamodbCatalog(client: DynamoDBClient, table: string): Catalog {
  const items = catalogItems(client, table)
  return { ...featureGroups(items), ...featureMetadata(items) }
}

type Metadata = Pick<Catalog, 'getFeatureMetadata' | 'replaceFeatureMetadata' | 'listFeatureMetadata'>

function featureGroups(items: CatalogItems): Omit<Catalog, keyof Metadata> {
  const { get, getById } = groupReader(items)
  return {
    get,
    getById,
    async create(group) {
      await items.write(pointerItem(group))
      const written = await items.write(groupItem(group), { ConditionExpression: isNew })
      if (written === 'written') return true
      if (written === 'repeated' && (await get(group.FeatureGroupName))?.groupId === group.groupId) return true
      await items.remove(pointerKey(group.groupId))
      return false
    },
    async replace(group) {
      const written = await items.write(groupItem(group), sameGroup(group.groupId, group.revision - 1))
      if (written !== 'repeated') return written === 'written'
      return isSame(await get(group.FeatureGroupName), group)
    },
    remove: (group) => removeGroup(items, group),
    async list() {
      const stored = await items.list(GROUPS)
      return stored.flatMap((item) => readGroup(item) ?? [])
    },
  }
}

function groupReader(items: CatalogItems) {
  const known = recent<FeatureGroup>(MAX_REMEMBERED)

  async function get(name: string): Promise<FeatureGroup | undefined> {
    const item = await items.read(groupKey(name))
    const before = known.get(name)
    if (item !== undefined && before !== undefined && isRevision(item, before)) return before
    const group = item && readGroup(item)
    if (group === undefined) known.delete(name)
    else known.set(name, group)
    return group
  }

  async function getById(groupId: string): Promise<FeatureGroup | undefined> {
    const pointer = await items.read(pointerKey(groupId))
    const group = pointer && (await get(pointer['name']?.S ?? ''))
    if (group?.groupId === groupId) return group
    // Deleted, perhaps just now: then the definition is in the pointer since.
    const deleted = pointer && (await items.read(pointerKey(groupId)))
    return deleted && readGroup(deleted)
  }

  return { get, getById }
}

function featureMetadata(items: CatalogItems): Metadata {
  async function get(groupId: string, featureName: string): Promise<FeatureMetadata | undefined> {
    const item = await items.read(metadataKey(groupId, featureName))
    return item && readMetadata(item)
  }
  return {
    getFeatureMetadata: get,
    async replaceFeatureMetadata(groupId, metadata) {
      const written = await items.write(metadataItem(groupId, metadata), sameMetadata(metadata))
      if (written !== 'repeated') return written === 'written'
      return isSame(await get(groupId, metadata.FeatureName), metadata)
    },
    async listFeatureMetadata(groupId) {
      return (await items.list(metadataPartition(groupId))).map(readMetadata)
    },
  }
}

/**
 * Leaves the definition in the pointer before the name goes, so that the group is found by its id at every moment;
 * again for a group that was changed in between.
 */
async function removeGroup(items: CatalogItems, group: FeatureGroup): Promise<boolean> {
  let wasRemoved = false
  for (let attempt = 0; attempt < MAX_REMOVAL_ATTEMPTS; attempt++) {
    const item = await items.read(groupKey(group.FeatureGroupName))
    const stored = item && readGroup(item)
    if (stored?.groupId !== group.groupId) return wasRemoved
    await items.write(deletedItem(stored))
    const removed = await items.remove(groupKey(group.FeatureGroupName), sameGroup(group.groupId, stored.revision))
    if (removed === 'written') return true
    wasRemoved = removed === 'repeated'
  }
  throw new ApiError('ResourceInUse', `feature group '${group.FeatureGroupName}' is being changed by others; try again`)
}

function isSame<Value>(stored: Value | undefined, value: Value): boolean {
  return stored !== undefined && JSON.stringify(stored) === JSON.stringify(value)
}

function isRevision(item: StoredItem, group: FeatureGroup): boolean {
  return item['id']?.S === group.groupId && item['revision']?.N === String(group.revision)
}

function sameGroup(groupId: string, revision: number): Condition {
  return {
    ConditionExpression: isSameGroup,
    ExpressionAttributeNames: { '#id': 'id' },
    ExpressionAttributeValues: { ':id': { S: groupId }, ':revision': { N: String(revision) } },
  }
}

function sameMetadata({ revision }: FeatureMetadata): Condition {
  if (revision === 1) return { ConditionExpression: isNew }
  return {
    ConditionExpression: isSameRevision,
    ExpressionAttributeValues: { ':revision': { N: String(revision - 1) } },
  }
}
