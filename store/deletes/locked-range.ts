import { quote } from '../api-error.ts'
import { type FeatureGroup, schemaOf } from '../groups/feature-group.ts'
import { type EventTime, parseEventTime } from '../records/event-time.ts'
import { parseDeleteTime, windowOf } from './delete-time.ts'
import { KdbError } from './kdb-error.ts'

/** The tag of a feature group whose value is an event time: what is older is not deleted by a session. */
export const LOCKED_BEFORE = 'cairn:locked-before'

/**
 * Throws KdbError `locked` when a window that begins at `from`, or has no beginning, reaches into the range that the
 * group's tag locks; for a tag whose time does not parse too, since what it was to protect is not known.
 */
export function assertNotLocked(group: FeatureGroup, from: EventTime | undefined): void {
  const tag = group.Tags.find(({ Key }) => Key === LOCKED_BEFORE)
  if (tag === undefined) return
  const lockedBefore = readTime(group, tag.Value)
  if (lockedBefore === undefined)
    throw new KdbError(400, 'locked', `tag ${LOCKED_BEFORE} ${quote(tag.Value)} is no time`)
  if (from !== undefined && from >= lockedBefore) return
  throw new KdbError(400, 'locked', `event times before ${tag.Value} (tag ${LOCKED_BEFORE})`)
}

/** As an event time of the group, or in one of the forms that a window's ends have. */
function readTime(group: FeatureGroup, text: string): EventTime | undefined {
  const nanoseconds = parseDeleteTime(text)
  if (nanoseconds !== undefined) return windowOf(nanoseconds, undefined).from
  try {
    return parseEventTime(text, schemaOf(group).eventTimeType)
  } catch {
    return undefined
  }
}
