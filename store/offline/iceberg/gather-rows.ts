import type { FeatureGroup } from '../../groups/feature-group.ts'
import type { RowToCommit } from '../sqlite-log.ts'
import { ColumnGatherer, type GatheredColumns } from './columns.ts'
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

interface OpenDay {
  start: bigint
  end: bigint
  gatherer: ColumnGatherer
}

/** Gathers rows of a group's log, which come in the order of their sequence. */
export class RowGatherer {
  readonly #group: FeatureGroup
  readonly #days = new Map<number, ColumnGatherer>()
  #current: OpenDay | undefined
  #count = 0
  #firstSequence = 0
  #lastSequence = 0

  constructor(group: FeatureGroup) {
    this.#group = group
  }

  /** Takes a row; answers how many columns were begun for it: those of its day, when it is the first of that. */
  add(row: RowToCommit): number {
    const daysBefore = this.#days.size
    const gatherer = this.#gathererOf(row.eventTime)
    gatherer.add(row)
    if (this.#count === 0) this.#firstSequence = row.sequence
    this.#lastSequence = row.sequence
    this.#count += 1
    return this.#days.size === daysBefore ? 0 : gatherer.columnCount
  }

  /** The rows so far; the gatherer takes no more. */
  gathered(): GatheredRows {
    return {
      count: this.#count,
      firstSequence: this.#firstSequence,
      lastSequence: this.#lastSequence,
      days: new Map([...this.#days].map(([day, gatherer]) => [day, gatherer.gathered()])),
    }
  }

  #gathererOf(eventTime: bigint): ColumnGatherer {
    const current = this.#current
    // Rows that come together are mostly of one day, and comparing is cheaper than dividing.
    if (current !== undefined && eventTime >= current.start && eventTime < current.end) return current.gatherer
    const day = dayOf(eventTime)
    const gatherer = this.#days.get(day) ?? new ColumnGatherer(this.#group)
    this.#days.set(day, gatherer)
    const start = BigInt(day) * MICROS_PER_DAY
    this.#current = { start, end: start + MICROS_PER_DAY, gatherer }
    return gatherer
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
