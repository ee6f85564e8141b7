import { sweepSessions } from '../store/jobs/sweep-sessions.ts'
import type { DeleteStores } from '../store/stores.ts'

/** The undo window is of days. */
const INTERVAL_MS = 3_600_000

/** Sweeps the delete sessions now and again every hour, until it is stopped. */
export function startSessionSweeper(stores: DeleteStores, onError: (error: unknown) => void) {
  const sweep = () => void sweepSessions(stores).catch(onError)
  const timer = setInterval(sweep, INTERVAL_MS).unref()
  sweep()
  return { stop: () => clearInterval(timer) }
}
