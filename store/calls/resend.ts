import { backoff } from './backoff.ts'

export interface ResendOptions {
  /** How often an item is sent at most. */
  attempts: number
  /** The base of the waits between attempts, in milliseconds. */
  backoffMs: number
  /** Told why items were not taken. */
  onError: (error: unknown) => void
}

/**
 * Sends the items, then again and again those that `send` answers because they were not taken, with a growing random
 * wait in between; gives back those that were never taken. When `send` throws, none of what it was sending counts as
 * taken, and nothing is sent again.
 */
export async function resend<Item>(
  items: Item[],
  send: (items: Item[]) => Promise<Item[]>,
  { attempts, backoffMs, onError }: ResendOptions,
): Promise<Item[]> {
  let left = items
  for (let attempt = 0; attempt < attempts && left.length > 0; attempt++) {
    if (attempt > 0) await backoff(attempt - 1, backoffMs)
    try {
      left = await send(left)
    } catch (error) {
      onError(error)
      return left
    }
  }
  if (left.length > 0) onError(new Error(`${left.length} of ${items.length} items were refused ${attempts} times`))
  return left
}
