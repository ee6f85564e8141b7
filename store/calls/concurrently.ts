/**
 * Calls `work` for every item, at most `limit` at a time; resolves to the results, in order. When a call fails no
 * further one begins, and the promise rejects with its error once those under way have ended.
 */
export async function concurrently<Item, Result>(
  items: readonly Item[],
  limit: number,
  work: (item: Item) => Promise<Result>,
): Promise<Result[]> {
  const results: Result[] = []
  const entries = items.entries()
  let failed = false
  async function worker(): Promise<void> {
    for (const [index, item] of entries) {
      if (failed) return
      try {
        results[index] = await work(item)
      } catch (error) {
        failed = true
        throw error
      }
    }
  }
  const workers = Array.from({ length: Math.min(limit, items.length) }, worker)
  const settled = await Promise.allSettled(workers)
  for (const outcome of settled) if (outcome.status === 'rejected') throw outcome.reason
  return results
}
