import { setFlagsFromString } from 'node:v8'
import { garbageCollector, MUCH_GARBAGE } from '../../local/collect-garbage.ts'

/** How often it is looked at whether there is garbage. */
const CHECK_MS = 10

/**
 * Keeps V8's heaps small, for work that lasts; answers what ends that for this thread. The young generation stays as
 * large as it is: it would grow with how much outlives a collection, as the rows on their way do, and save no time. It
 * is collected by the thread that has it: sharing that out takes longer for a small one, and memory for each that helps.
 * The old one is collected at once and soon. V8 would mark it while it goes on allocating, the more the busier the
 * machine is, so that the most it ever takes grows with how long it runs.
 */
export function keepHeapSmall(): () => void {
  setFlagsFromString('--semi-space-growth-factor=1')
  setFlagsFromString('--no-parallel-scavenge')
  setFlagsFromString('--no-incremental-marking')
  const timer = setInterval(garbageCollector(), CHECK_MS, MUCH_GARBAGE).unref()
  return () => clearInterval(timer)
}
