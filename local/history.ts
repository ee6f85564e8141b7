import { ApiError } from '../store/api-error.ts'
import type { Restorations } from '../store/catalog/restorations.ts'
import type { FeatureGroup } from '../store/groups/feature-group.ts'
import type { Erasure, History } from '../store/offline/history.ts'
import type { TableErasure } from '../store/offline/iceberg/erase.ts'

export interface HistoryParts {
  flush: () => Promise<number>
  /** Erases records from the online store and from the log. */
  eraseRecords: (groupId: string, identifiers: string[]) => Promise<{ online: number; logged: number }>
  /** Erases records from a group's table. */
  eraseFromTable: (groupId: string, identifiers: string[]) => Promise<TableErasure>
  /** Leaves no byte of what jobs have noted of where they were, which may be a record. */
  emptyJobsLog: () => void
  /** The id of the restore of a group that is under way. */
  restoreOf: Restorations['current']
}

/** The history of the embedded store. Erasing throws ConflictException while the group is being restored. */
export function localHistory(parts: HistoryParts): History {
  const { flush, eraseRecords, eraseFromTable, emptyJobsLog, restoreOf } = parts
  return {
    flush,
    async erase({ groupId, FeatureGroupName }: FeatureGroup, identifiers: string[]): Promise<Erasure> {
      const assertAtRest = async () => assertNoRestore(FeatureGroupName, await restoreOf(groupId))
      await assertAtRest()
      // The table comes second: rows that a pass had taken from the log before are in it by then.
      const { online, logged } = await eraseRecords(groupId, identifiers)
      const { rowsRemoved, ...table } = await eraseFromTable(groupId, identifiers)
      emptyJobsLog()
      // A restore that began meanwhile may have read what was erased.
      await assertAtRest()
      return { onlineRecordsRemoved: online, historyRowsRemoved: logged + rowsRemoved, ...table }
    },
  }
}

function assertNoRestore(name: string, restoreId: string | undefined): void {
  if (restoreId === undefined) return
  const reason = `restore '${restoreId}' of feature group '${name}' is under way and may have read the records`
  throw new ApiError('ConflictException', `${reason}: erase again when it has ended`)
}
