import { ApiError, quote, validationException } from '../api-error.ts'
import type { Stores } from '../stores.ts'
import type { FeatureGroup, Tag } from './feature-group.ts'
import { featureGroupArn, featureGroupNotFound } from './feature-group-name.ts'

export const MAX_TAGS = 50

/** Throws ValidationException for a key that is there twice, or that begins with AWS's own prefix. */
export function assertTags(tags: Tag[]): void {
  const keys = new Set<string>()
  for (const { Key } of tags) {
    if (Key.toLowerCase().startsWith('aws:')) {
      throw validationException(`Tag key ${quote(Key)} is not valid. The prefix aws: is reserved.`)
    }
    if (keys.has(Key)) throw validationException(`Tag key ${quote(Key)} is there more than once. Keys must be unique.`)
    keys.add(Key)
  }
}

/** The tags of a group with these added, in place of those of the same keys. Throws ResourceLimitExceeded. */
export function addedTags(group: FeatureGroup, added: Tag[]): Tag[] {
  const tags = new Map([...group.Tags, ...added].map((tag) => [tag.Key, tag]))
  if (tags.size > MAX_TAGS) {
    throw new ApiError(
      'ResourceLimitExceeded',
      `feature group '${group.FeatureGroupName}' would have ${tags.size} tags: it can have ${MAX_TAGS}`,
    )
  }
  return [...tags.values()]
}

/** The name of the feature group that an ARN means. Throws ResourceNotFound for one that can be no group's here. */
export function taggedGroupName(stores: Pick<Stores, 'account' | 'region'>, resourceArn: string): string {
  const prefix = featureGroupArn(stores, '')
  if (resourceArn.startsWith(prefix)) return resourceArn.slice(prefix.length)
  throw featureGroupNotFound(resourceArn)
}
