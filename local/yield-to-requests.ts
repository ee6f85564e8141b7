import { setPriority } from 'node:os'

/** Requests come first, but under a load that lasts the history must keep up: a quarter of a core that both want. */
const NICENESS = 5

/** Has this thread give way to those that answer requests, where a priority can be a thread's own: on Linux. */
export function yieldToRequests(): void {
  if (process.platform === 'linux') setPriority(NICENESS)
}
