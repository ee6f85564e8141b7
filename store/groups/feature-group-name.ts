import { ApiError, quote } from '../api-error.ts'
import { isUnknownFeature } from '../records/record.ts'
import type { GroupStores, Stores } from '../stores.ts'
import type { FeatureGroup } from './feature-group.ts'

/** The ARN of the feature group of that name. */
export function featureGroupArn({ account, region }: Pick<Stores, 'account' | 'region'>, name: string): string {
  return `arn:aws:sagemaker:${region}:${account}:feature-group/${name}`
}

/** The feature group that a name or an ARN of this account and region means; undefined when there is none. */
export async function findFeatureGroup(
  stores: GroupStores,
  nameOrArn: string,
  options: { isFresh: boolean } = { isFresh: false },
): Promise<FeatureGroup | undefined> {
  const name = nameOf(stores, nameOrArn)
  return name === undefined ? undefined : await stores.catalog.get(name, options)
}

/**
 * What `use` makes of the feature group. A group may be known from a few seconds ago: when `use` misses a feature in
 * it, the group is looked up afresh and used again. Throws `notFound` when there is no group.
 */
export async function withFeatureGroup<T>(
  stores: GroupStores,
  nameOrArn: string,
  notFound: (nameOrArn: string) => ApiError,
  use: (group: FeatureGroup) => T,
): Promise<T> {
  const group = await findFeatureGroup(stores, nameOrArn)
  if (group === undefined) throw notFound(nameOrArn)
  try {
    return use(group)
  } catch (error) {
    if (!isUnknownFeature(error)) throw error
    const fresh = await findFeatureGroup(stores, nameOrArn, { isFresh: true })
    if (fresh === undefined) throw notFound(nameOrArn)
    if (fresh === group) throw error
    return use(fresh)
  }
}

function nameOf(stores: GroupStores, nameOrArn: string): string | undefined {
  if (!nameOrArn.startsWith('arn:')) return nameOrArn
  const [, , , region, account, resource] = nameOrArn.split(':')
  if (region !== stores.region || account !== stores.account) return undefined
  return resource?.slice(resource.indexOf('/') + 1)
}

/** The feature group of that name or ARN. Throws ResourceNotFound. */
export async function requireFeatureGroup(stores: GroupStores, nameOrArn: string): Promise<FeatureGroup> {
  const group = await findFeatureGroup(stores, nameOrArn)
  if (group === undefined) throw featureGroupNotFound(nameOrArn)
  return group
}

/** As `requireFeatureGroup`, but as the group is now rather than some seconds ago: what the control plane works on. */
export async function requireFreshFeatureGroup(stores: GroupStores, nameOrArn: string): Promise<FeatureGroup> {
  const group = await findFeatureGroup(stores, nameOrArn, { isFresh: true })
  if (group === undefined) throw featureGroupNotFound(nameOrArn)
  return group
}

export function featureGroupNotFound(nameOrArn: string): ApiError {
  return new ApiError('ResourceNotFound', notFoundMessage(nameOrArn))
}

/**
 * The group of that id, unless it was deleted: it may have a successor of its name by then. It may be some seconds old,
 * unless `isFresh`.
 */
export async function findUndeletedGroup(
  { catalog }: Pick<Stores, 'catalog'>,
  groupId: string,
  options: { isFresh: boolean } = { isFresh: false },
): Promise<FeatureGroup | undefined> {
  const group = await catalog.getById(groupId)
  const current = group && (await catalog.get(group.FeatureGroupName, options))
  return current?.groupId === groupId ? current : undefined
}

/** What the operations answer whose model has no ResourceNotFound: PutRecord and DeleteRecord. */
export function featureGroupNotFoundToWrite(nameOrArn: string): ApiError {
  return new ApiError('ValidationError', notFoundMessage(nameOrArn))
}

/** The service's own sentence, quoted in aws/sagemaker-python-sdk#2606. */
function notFoundMessage(nameOrArn: string): string {
  return `Resource Not Found: Amazon SageMaker can't find a FeatureGroup with name ${quote(nameOrArn).slice(1, -1)}`
}
