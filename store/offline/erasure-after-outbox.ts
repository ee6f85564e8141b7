import type { HistoryErasure } from './history-erasure.ts'

const WAITING = 'rows wait in the outbox'
const RETRY_MS = 60_000

/**
 * Begins an erasure when nothing waits in the outbox: a row that came from there later would be in the history again.
 */
export function erasureAfterOutbox(erasure: HistoryErasure, waiting: () => Promise<number>): HistoryErasure {
  return {
    async step(group, scope, state) {
      const begun = state === WAITING ? undefined : state
      if (begun === undefined && (await waiting()) > 0) return { state: WAITING, afterMs: RETRY_MS }
      return await erasure.step(group, scope, begun)
    },
  }
}
