import { randomUUID } from 'node:crypto'
import { isDeepStrictEqual } from 'node:util'
import { ApiError } from '../api-error.ts'
import { backoff } from '../calls/backoff.ts'
import { addDefinitions, MAX_DEFINITIONS } from '../groups/feature-definitions.ts'
import type { FeatureDefinition, FeatureGroup, PendingFeatures } from '../groups/feature-group.ts'
import { requireFreshFeatureGroup } from '../groups/feature-group-name.ts'
import type { FeatureDefinitionInput } from '../requests/model.ts'
import type { ControlStores } from '../stores.ts'
import { changeFeatureGroup } from './change-feature-group.ts'

type Features = Pick<PendingFeatures, 'added' | 'time'>
type Claimed = FeatureGroup & { pending: PendingFeatures }

/** Longer than any request takes: an update that began before is not under way any more. */
const MAX_UPDATE_MS = 2 * 60_000

/** About ten seconds in all. */
const MAX_ATTEMPTS = 12
const WAIT_MS = 100

/**
 * Adds features to a group. One with an offline store gets columns for them first, so that no row comes with a feature
 * that its table lacks; one such update after the other, since each says what the whole table is. An update that ended
 * half way is finished by the next one, whatever that adds, and counts as made when it is the same.
 * Throws ResourceNotFound, ValidationException, ResourceLimitExceeded, and ResourceInUse when others take too long.
 */
export async function addFeatures(
  stores: ControlStores,
  nameOrArn: string,
  inputs: FeatureDefinitionInput[],
): Promise<FeatureGroup> {
  const time = stores.now()
  for (let attempt = 0; attempt < MAX_ATTEMPTS; attempt++) {
    const group = await requireFreshFeatureGroup(stores, nameOrArn)
    if (group.OfflineStoreConfig === undefined) {
      return await changeFeatureGroup(stores, nameOrArn, (current) =>
        withFeatures(current, { added: newDefinitions(current, inputs), time }),
      )
    }
    const added = newDefinitions(group, inputs)
    const claimed = claim(group, { added, time }, stores.now())
    if (claimed === undefined || !(await stores.catalog.replace(claimed))) {
      await backoff(attempt, WAIT_MS)
      continue
    }
    const made = await make(stores, claimed)
    if (isDeepStrictEqual(claimed.pending.added, added)) return made
  }
  throw updating(nameOrArn)
}

/** The group with the update that is to be made next: what another has left, or these features. */
function claim(group: FeatureGroup, own: Features, now: number) {
  const { pending } = group
  if (pending !== undefined && now - pending.since < MAX_UPDATE_MS) return undefined
  const { added, time } = pending ?? own
  return { ...group, revision: group.revision + 1, pending: { added, time, by: randomUUID(), since: now } }
}

/** Gives the table the columns that the pending update needs, then the group its features. */
async function make(stores: ControlStores, claimed: Claimed): Promise<FeatureGroup> {
  const { pending, FeatureGroupName: name } = claimed
  try {
    await stores.tables.evolve(withFeatures(claimed, pending))
  } catch (error) {
    await release(stores, claimed, isRefusal(error))
    throw error
  }
  try {
    return await changeFeatureGroup(stores, name, (current) => {
      if (current.pending?.by !== pending.by) throw updating(name)
      return withFeatures(current, pending)
    })
  } catch (error) {
    await release(stores, claimed, false)
    throw error
  }
}

/** Lets others go on at once: with what was begun, or without it when the table has not changed. */
async function release(stores: ControlStores, claimed: Claimed, isUnchanged: boolean): Promise<void> {
  const change = (current: FeatureGroup): FeatureGroup => {
    const { pending, ...rest } = current
    if (pending?.by !== claimed.pending.by) return current
    return isUnchanged ? rest : { ...rest, pending: { ...pending, since: 0 } }
  }
  // The error that led here is the one to tell; without the release, others wait for two minutes.
  await changeFeatureGroup(stores, claimed.FeatureGroupName, change).catch(() => {})
}

function isRefusal(error: unknown): boolean {
  return error instanceof ApiError && error.code !== 'ServiceUnavailable'
}

function newDefinitions(group: FeatureGroup, inputs: FeatureDefinitionInput[]): FeatureDefinition[] {
  const count = group.FeatureDefinitions.length
  if (count + inputs.length <= MAX_DEFINITIONS) return addDefinitions(group.FeatureDefinitions, inputs).slice(count)
  throw new ApiError(
    'ResourceLimitExceeded',
    `feature group '${group.FeatureGroupName}' has ${count} features, and ${inputs.length} more are too many: it can have ${MAX_DEFINITIONS}`,
  )
}

function withFeatures(group: FeatureGroup, { added, time }: Features): FeatureGroup {
  const { pending: _, ...rest } = group
  return {
    ...rest,
    FeatureDefinitions: [...group.FeatureDefinitions, ...added],
    additions: [...group.additions, { position: group.FeatureDefinitions.length, time }],
    lastModifiedTime: time,
    isUpdated: true,
  }
}

function updating(name: string): ApiError {
  return new ApiError('ResourceInUse', `features are being added to feature group '${name}'; try again`)
}
