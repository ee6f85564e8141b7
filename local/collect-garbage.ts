import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'

/**
 * Makes a function that collects the garbage of this thread before it returns. A thread of a long job calls it where
 * little is in use: left to itself, V8 goes on allocating while it marks, and how far it gets, and so the memory of the
 * whole, grows with how long it runs. https://nodejs.org/api/cli.html#--expose-gc
 */
export function garbageCollector(): () => void {
  setFlagsFromString('--expose-gc')
  return runInNewContext('gc')
}
