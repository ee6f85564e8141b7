import type { ResourceLimits } from 'node:worker_threads'

/** What V8 reserves for the code of a thread, in place of half a gigabyte: ten times what any of them has. */
const CODE_RANGE_MB = 32

/** The limits of a thread's memory, that of its code among them. */
export function threadLimits(limits: ResourceLimits = {}): ResourceLimits {
  return { ...limits, codeRangeSizeMb: CODE_RANGE_MB }
}
