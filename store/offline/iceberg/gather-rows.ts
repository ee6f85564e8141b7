import type { FeatureGroup } from '../../groups/feature-group.ts'
import type { RowToCommit } from '../sqlite-log.ts'
import { type ColumnGatherer, columnGatherer, type GatheredColumns } from './columns.ts'
import { buffersOfCells } from './gathered-cells.ts'

export const MICROS_PER_DAY = 86_400_000_000n

/** Rows of one group's log, as the columns of its table: plain data, which costs little to give to another thread. */
export interface GatheredRows {
  count: number
  firstSequence: number
  lastSequence: number
  /** By the day of the event time, in days since the epoch: a Parquet file has rows of one. */
  days: Map<number, GatheredColumns>
}

/** Gathers rows of a group's log, which come in the order of their sequence. */
export function rowGatherer(group: FeatureGroup) {
  const days = new Map<number, ColumnGatherer>()
  let current: { start: bigint; end: bigint; gatherer: ColumnGatherer } | undefined
  let count = 0
  let firstSequence = 0
  let lastSequence = 0

  function gathererOf(eventTime: bigint): ColumnGatherer {
    // Rows that come together are mostly of one day, and comparing is cheaper than dividing.
    if (current !== undefined && eventTime >= current.start && eventTime < current.end) return current.gatherer
    const day = dayOf(eventTime)
    const gatherer = days.get(day) ?? columnGatherer(group)
    days.set(day, gatherer)
    const start = BigInt(day) * MICROS_PER_DAY
    current = { start, end: start + MICROS_PER_DAY, gatherer }
    return gatherer
  }

  return {
    /** Takes a row; answers how many columns were begun for it: those of its day, when it is the first of that. */
    add(row: RowToCommit): number {
      const daysBefore = days.size
      const gatherer = gathererOf(row.eventTime)
      gatherer.add(row)
      if (count === 0) firstSequence = row.sequence
      lastSequence = row.sequence
      count += 1
      return days.size === daysBefore ? 0 : gatherer.columnCount
    },
    /** The rows so far; the gatherer takes no more. */
    gathered: (): GatheredRows => ({
      count,
      firstSequence,
      lastSequence,
      days: new Map([...days].map(([day, gatherer]) => [day, gatherer.gathered()])),
    }),
  }
}

function dayOf(eventTime: bigint): number {
  const day = eventTime / MICROS_PER_DAY
  return Number(eventTime % MICROS_PER_DAY < 0n ? day - 1n : day)
}

/** The memory that the rows are in and that another thread can take over. */
export function buffersOf({ days }: GatheredRows): ArrayBuffer[] {
  return [...days.values()].flatMap(({ columns }) => columns.flatMap(({ gathered }) => buffersOfCells(gathered)))
}
