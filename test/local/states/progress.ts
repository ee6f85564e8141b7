import { getEnvironmentData, setEnvironmentData } from 'node:worker_threads'

const NAME = 'cairn.progress'

/** What each number that the threads share is about. */
export const SLOT = { lock: 0, points: 1, states: 2, acknowledged: 3, erased: 4 } as const

/** Numbers that all threads of the process share; made by the main thread before there are others. */
export function progressOfThreads(isMainThread: boolean): Int32Array {
  const there = getEnvironmentData(NAME)
  if (there instanceof SharedArrayBuffer) return new Int32Array(there)
  if (!isMainThread) throw new Error('the main thread was not asked to keep states')
  const made = new SharedArrayBuffer(Object.keys(SLOT).length * Int32Array.BYTES_PER_ELEMENT)
  setEnvironmentData(NAME, made)
  return new Int32Array(made)
}
