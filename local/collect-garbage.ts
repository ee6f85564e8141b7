import { getHeapStatistics, setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'

/** What some thousands of short rows leave behind, in bytes. */
export const MUCH_GARBAGE = 8 * 1024 * 1024

/**
 * Makes a function that collects the garbage of this thread, at once, if at least `growth` bytes more are in use than it
 * left the last time. A thread of a long job calls it where little is needed any more: left to itself, V8 goes on
 * allocating while it marks, and how far it gets, and so the memory of the whole, grows with how long it runs. To call it
 * takes some microseconds. https://nodejs.org/api/cli.html#--expose-gc
 */
export function garbageCollector(): (growth: number) => void {
  setFlagsFromString('--expose-gc')
  const collect: () => void = runInNewContext('gc')
  let left = bytesInUse()
  return (growth) => {
    if (bytesInUse() - left < growth) return
    collect()
    left = bytesInUse()
  }
}

/** What this thread has in V8's heap and in buffers. */
function bytesInUse(): number {
  const { used_heap_size: heap, external_memory: buffers } = getHeapStatistics()
  return heap + buffers
}
