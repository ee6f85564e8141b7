/** The longest wait between two attempts, in milliseconds. */
const MAX_MS = 2_000

/**
 * Waits before attempt `attempt` + 1, where the first is 0: a random time up to `baseMs` doubled with every attempt, so
 * that callers that failed together do not come back together.
 */
export async function backoff(attempt: number, baseMs: number): Promise<void> {
  const ms = Math.random() * Math.min(baseMs * 2 ** attempt, MAX_MS)
  await new Promise((resolve) => setTimeout(resolve, ms))
}
