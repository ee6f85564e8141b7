import { quote, validationException } from './api-error.ts'
import type { Tag } from './feature-group.ts'

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
