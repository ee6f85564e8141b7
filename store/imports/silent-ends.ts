import { validationError } from '../api-error.ts'

/** So many workers may end at one place of a file without a word: by a lack of memory or time, or since they were stopped. */
const MAX_STARTS = 5

/**
 * How many workers have begun at a place, with one that is about to. Throws ValidationError when too many before it have
 * ended there without a word: that of one more would be the same.
 */
export function nextStart({ starts = 0 }: { starts?: number }, where: string): number {
  if (starts < MAX_STARTS) return starts + 1
  throw validationError(
    `${where} cannot be read: ${starts} workers have come to their end there. What is there may be damaged, or need more memory or time than the function has.`,
  )
}
