import { storedGroups } from '../store/catalog/sqlite.ts'
import type { FeatureGroup } from '../store/groups/feature-group.ts'
import { type GatheredRows, RowGatherer } from '../store/offline/iceberg/gather-rows.ts'
import { type RowToCommit, sqliteLog } from '../store/offline/sqlite-log.ts'
import { asError } from './as-error.ts'
import { PASS } from './commit-pass.ts'
import type { RecordPaths } from './data-directory.ts'
import { openDatabaseToRead } from './database.ts'

/** Rows that follow one another in the log. */
export interface GatheredPass {
  /** The last of them; that after which they were looked for when there is none. */
  sequence: number
  /** Whether there may be more behind them. */
  isFull: boolean
  groups: GatheredGroup[]
}

export type GatheredGroup = { groupId: string } & ({ rows: GatheredRows } | { failure: Error })

/** Every page is read once, from one end to the other. */
const LOG_CACHE_KIB = 2 * 1024

/**
 * Gathers the rows of the log that a commit takes, so many of those after that sequence. What is wrong with the rows of
 * one group is no reason to keep others waiting.
 */
export function passGatherer({ recordsPath, catalogPath }: RecordPaths) {
  const db = openDatabaseToRead(recordsPath, LOG_CACHE_KIB)
  const log = sqliteLog(db)
  const stored = storedGroups(openDatabaseToRead(catalogPath))

  function gatherAfter(after: number, extent: typeof PASS): GatheredPass {
    const groups = new Map<string, GroupGatherer>()
    const begin = (groupId: string) => {
      const begun = new GroupGatherer(groupId, () => groupOf(stored, groupId))
      groups.set(groupId, begun)
      return begun
    }
    let sequence = after
    const left = { ...extent }
    for (const rows of log.portions(after, extent.rows, extent.bytes)) {
      for (const row of rows) {
        const gatherer = groups.get(row.groupId) ?? begin(row.groupId)
        left.columns -= gatherer.add(row)
        left.bytes -= row.features?.length ?? 0
        left.rows -= 1
        sequence = row.sequence
        if (left.columns <= 0) break
      }
      if (left.columns <= 0) break
    }
    const isFull = left.rows === 0 || left.bytes <= 0 || left.columns <= 0
    return { sequence, isFull, groups: [...groups.values()].map((group) => group.gathered()) }
  }

  return (after: number, extent = PASS): GatheredPass => {
    // All rows are of one moment, and a group is looked up after it: its definitions have every feature of its rows.
    db.exec('BEGIN')
    try {
      return gatherAfter(after, extent)
    } finally {
      db.exec('COMMIT')
    }
  }
}

/** The group of rows in the log. Throws when the catalog does not know it. */
export function groupOf(groups: ReturnType<typeof storedGroups>, groupId: string): FeatureGroup {
  const group = groups.getById(groupId)
  if (group === undefined) throw new Error(`the log has rows of group ${groupId}, which the catalog does not know`)
  return group
}

/** The rows of one group. */
class GroupGatherer {
  readonly #groupId: string
  #gatherer: RowGatherer | Error

  constructor(groupId: string, group: () => FeatureGroup) {
    this.#groupId = groupId
    this.#gatherer = begun(group)
  }

  /** Takes a row; answers how many columns were begun for it. */
  add(row: RowToCommit): number {
    if (this.#gatherer instanceof Error) return 0
    try {
      return this.#gatherer.add(row)
    } catch (error) {
      this.#gatherer = asError(error)
      return 0
    }
  }

  gathered(): GatheredGroup {
    const groupId = this.#groupId
    return this.#gatherer instanceof Error
      ? { groupId, failure: this.#gatherer }
      : { groupId, rows: this.#gatherer.gathered() }
  }
}

function begun(group: () => FeatureGroup): RowGatherer | Error {
  try {
    return new RowGatherer(group())
  } catch (error) {
    return asError(error)
  }
}
