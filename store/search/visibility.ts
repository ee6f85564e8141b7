import type * as v from 'valibot'
import { quote, validationException } from '../api-error.ts'
import { listOf, objectOf, TagKey, TagValue } from '../requests/model.ts'
import type { Condition } from './condition.ts'
import { valuesAt } from './resource.ts'

export const VisibilityConditions = listOf(objectOf({ Key: TagKey, Value: TagValue }), 1, 5)

const PREFIX = 'Tags.'

/**
 * Holds where each tag that is named has the value named with it, or is not there. Throws ValidationException for a
 * key that is not `Tags.<key>`.
 */
export function visibility(conditions: v.InferOutput<typeof VisibilityConditions>): Condition {
  const wanted = new Map(conditions.map(({ Key, Value }) => [tagKey(Key), Value]))
  return (document) =>
    (valuesAt(document, ['Tags']) as { Key: string; Value: string }[]).every(
      ({ Key, Value }) => (wanted.get(Key) ?? Value) === Value,
    )
}

function tagKey(key: string): string {
  if (key.startsWith(PREFIX)) return key.slice(PREFIX.length)
  throw validationException(`VisibilityConditions has the key ${quote(key)}. It must be of the form Tags.<key>.`)
}
