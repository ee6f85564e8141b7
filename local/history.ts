import type { FeatureGroup } from '../store/groups/feature-group.ts'
import type { Erasure, History } from '../store/offline/history.ts'
import type { TableErasure } from '../store/offline/iceberg/erase.ts'

export interface HistoryParts {
  flush: () => Promise<number>
  /** Erases records from the online store and from the log. */
  eraseRecords: (groupId: string, identifiers: string[]) => Promise<{ online: number; logged: number }>
  /** Erases records from a group's table. */
  eraseFromTable: (groupId: string, identifiers: string[]) => Promise<TableErasure>
}

/** The history of the embedded store. */
export function localHistory({ flush, eraseRecords, eraseFromTable }: HistoryParts): History {
  return {
    flush,
    async erase({ groupId }: FeatureGroup, identifiers: string[]): Promise<Erasure> {
      // The table comes second: rows that a pass had taken from the log before are in it by then.
      const { online, logged } = await eraseRecords(groupId, identifiers)
      const { rowsRemoved, ...table } = await eraseFromTable(groupId, identifiers)
      return { onlineRecordsRemoved: online, historyRowsRemoved: logged + rowsRemoved, ...table }
    },
  }
}
