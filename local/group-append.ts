import type { FeatureGroup } from '../store/groups/feature-group.ts'
import { beginAppend, newRows } from '../store/offline/iceberg/append.ts'
import type { GatheredRows } from '../store/offline/iceberg/gather-rows.ts'
import type { TableFiles } from '../store/offline/iceberg/table-files.ts'
import type { SqliteLog } from '../store/offline/sqlite-log.ts'
import { asError } from './as-error.ts'
import { PASS } from './commit-pass.ts'
import type { GatheredGroup } from './gather-pass.ts'

/** A group and the files of its table. */
export interface GroupTable {
  group: FeatureGroup
  files: TableFiles
}

interface Begun {
  files: TableFiles
  append: ReturnType<typeof beginAppend>
}

/** Rows of the log: those after one sequence, up to another. */
interface Range {
  after: number
  sequence: number
}

/**
 * Appends to a group's table what some passes have of it, as one snapshot. What fails is told when that is committed:
 * it is no reason to keep other groups waiting.
 */
export function groupAppend(log: SqliteLog, open: () => GroupTable) {
  let count = 0
  let failure: Error | undefined
  let begun: Begun | undefined

  function begin(): Begun {
    const { files } = open()
    return { files, append: beginAppend(files) }
  }

  /** Rows without those that the table has: a crash may come between their commit and their leaving the log. */
  function missing({ append }: Begun, rows: GatheredRows, { after, sequence }: Range): GatheredRows {
    if (rows.firstSequence > append.lastSequence) return rows
    const logged = log.read(after, PASS.rows, PASS.bytes)
    // The group may have got features since the snapshot was begun.
    const { group } = open()
    const ofGroup = logged.filter((row) => row.groupId === group.groupId && row.sequence <= sequence)
    return newRows(group, ofGroup, append.lastSequence)
  }

  return {
    /** Adds what a pass has of the group. */
    add(gathered: GatheredGroup, range: Range): void {
      if (failure !== undefined) return
      try {
        if ('failure' in gathered) throw gathered.failure
        begun ??= begin()
        const isWhollyThere = gathered.rows.lastSequence <= begun.append.lastSequence
        if (!isWhollyThere) begun.append.add(missing(begun, gathered.rows, range))
        count += gathered.rows.count
      } catch (error) {
        failure = asError(error)
      }
    },
    /** Commits what was added to the table of the group as it is now; answers how many rows that were. */
    async commit(group: FeatureGroup): Promise<number> {
      if (failure !== undefined) throw failure
      await begun?.append.commit(group, Date.now())
      return count
    },
    abandon: () => begun?.files.abandon(),
  }
}
