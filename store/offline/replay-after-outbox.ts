import type { HistoryReplay } from './history-replay.ts'

const WAITING = 'rows wait in the outbox'
const RETRY_MS = 60_000

/** Begins to extract a history when nothing waits in the outbox: a row that comes from there later would be missing. */
export function replayAfterOutbox(replay: HistoryReplay, waiting: () => Promise<number>): HistoryReplay {
  return {
    ...replay,
    async step(group, scope, state) {
      const begun = state === WAITING ? undefined : state
      if (begun === undefined && (await waiting()) > 0) return { state: WAITING, afterMs: RETRY_MS }
      return await replay.step(group, scope, begun)
    },
  }
}
