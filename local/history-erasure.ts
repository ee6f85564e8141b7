import type { ErasureProof } from '../store/deletes/delete-session.ts'
import type { ErasureScope, HistoryErasure } from '../store/offline/history-erasure.ts'

export interface HistoryErasureParts {
  /** Moves the rows that wait into their tables. */
  flush: () => Promise<number>
  /** Erases rows from a group's table. */
  eraseScope: (groupId: string, scope: ErasureScope) => Promise<ErasureProof>
  /** Leaves no byte of rows that were removed from the log, and of what jobs have noted of where they were. */
  emptyWriteAheadLogs: (groupId: string) => Promise<void>
}

/**
 * Erases rows from the histories of the embedded store, in one step. What was written by its beginning is in the table
 * by then, and no byte of the rows is left in the table's files or in the log.
 */
export function localHistoryErasure({ flush, eraseScope, emptyWriteAheadLogs }: HistoryErasureParts): HistoryErasure {
  return {
    async step({ groupId }, scope) {
      await flush()
      const proof = await eraseScope(groupId, scope)
      await emptyWriteAheadLogs(groupId)
      return { proof }
    },
  }
}
