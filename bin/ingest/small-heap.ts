import { setFlagsFromString } from 'node:v8'

/**
 * Keeps V8's heaps small, in all threads, for work that lasts. The young generation stays as large as it is: it would
 * grow with how much outlives a collection, as the rows on their way do, and save no time. The old one is collected when
 * half as much again as was in use has come or 2 MB, in place of up to three times as much and at least 8 MB: rows take a
 * fifth longer. A young generation that is small is collected by the thread that has it: sharing that out takes longer,
 * and memory for each that helps.
 */
export function keepHeapSmall(): void {
  setFlagsFromString('--semi-space-growth-factor=1')
  setFlagsFromString('--optimize-for-size')
  setFlagsFromString('--heap-growing-percent=50')
  setFlagsFromString('--no-parallel-scavenge')
}
