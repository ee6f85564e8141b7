import type { Cell } from './columns.ts'

/**
 * Takes the cells of a column while its rows come in, one after the other, into few objects: whatever is an object for
 * each cell is copied again and again by the garbage collector until the file is written. Those that do are classes, since
 * V8 forgets the code that it made of closures when those of one pass are gone, and makes it anew for the next.
 */
export interface CellGatherer {
  /** Takes a cell, in the place of one that the row has; rows come in order. */
  put(row: number, cell: Cell): void
  /** What there is so far; the gatherer takes no more. */
  gathered(): GatheredCells
}

/** Takes the cells of a column of scalars. */
export interface ScalarGatherer extends CellGatherer {
  /** Takes, as the cell of a row, the value whose UTF-8 is between two places. */
  read(row: number, bytes: Buffer, from: number, to: number): void
}

/** The cells of a column: plain data, which costs little to give to another thread. */
export type GatheredCells = GatheredNumbers | GatheredTexts | GatheredAnyCells

/** Integers or doubles of eight bytes each, and 1 for each row that has one. */
export interface GatheredNumbers {
  kind: 'long' | 'double'
  numbers: ArrayBuffer
  isThere: Uint8Array<ArrayBuffer>
}

/** Texts in UTF-8, one behind the other, and for each row where its text ends, or `NONE`. */
export interface GatheredTexts {
  kind: 'text'
  bytes: ArrayBuffer
  ends: Int32Array<ArrayBuffer>
}

export interface GatheredAnyCells {
  kind: 'any'
  cells: Cell[]
}

/** In the place of where the text of a row ends, when it has none. */
export const NONE = -1

/** How many rows there is room for at first. */
export const FIRST_CAPACITY = 64
/** Of a number. */
export const BYTES = 8
export const TWO_TO_32 = 2 ** 32

/** A value of another type, as a file may have that others wrote, is not to be lost. */
export function assertNone(cell: Cell): void {
  if (cell !== null) throw new Error(`a column has a value of another type: ${String(cell)}`)
}

/** The memory that the cells are in and that another thread can take over. */
export function buffersOfCells(gathered: GatheredCells): ArrayBuffer[] {
  if (gathered.kind === 'any') return []
  return gathered.kind === 'text' ? [gathered.bytes, gathered.ends.buffer] : [gathered.numbers, gathered.isThere.buffer]
}

/** Cells of any kind, as they are. */
export class AnyCells implements CellGatherer {
  readonly #cells: Cell[] = []

  put(row: number, cell: Cell): void {
    while (this.#cells.length < row) this.#cells.push(null)
    this.#cells[row] = cell
  }

  gathered(): GatheredCells {
    return { kind: 'any', cells: this.#cells }
  }
}
