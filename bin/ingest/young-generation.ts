import { setFlagsFromString } from 'node:v8'

/**
 * Keeps V8's young generation as large as it is now, in all threads. It would grow with how much outlives a collection,
 * as the rows on their way do: a hundred megabytes for a long file, that save no time.
 */
export function keepYoungGenerationSmall(): void {
  setFlagsFromString('--semi-space-growth-factor=1')
}
