import { exactInteger } from '../../records/exact-number.ts'
import type { Cell } from './columns.ts'

/**
 * Takes the cells of a column while its rows come in, one after the other, into few objects: whatever is an object for
 * each cell is copied again and again by the garbage collector until the file is written. Those below are classes, since
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
  /** Takes, as the cell of a row, the value that a text has between two places. */
  read(row: number, text: string, from: number, to: number): void
}

/** The cells of a column: plain data, which costs little to give to another thread. */
export type GatheredCells =
  | { kind: 'long' | 'double'; numbers: ArrayBuffer; isThere: Uint8Array<ArrayBuffer> }
  | { kind: 'text'; texts: string[]; ends: Int32Array<ArrayBuffer> }
  | { kind: 'any'; cells: Cell[] }

const FIRST_CAPACITY = 64
/** A double holds every integer of so many digits. */
const MAX_SAFE_DIGITS = 15
const TWO_TO_32 = 2 ** 32
const ZERO = 48
const BYTES = 8
/** Rows whose texts become one. */
const PORTION = 512
/** In the place of where the text of a row ends, when it has none. */
const NONE = -1

/** The cells of rows up to `count`, made anew with each call; null for a row that has none. */
export function cellsOf(gathered: GatheredCells, count: number): Cell[] {
  const cells = new Array<Cell>(count).fill(null)
  if (gathered.kind === 'any') for (const [row, cell] of gathered.cells.entries()) cells[row] = cell
  else if (gathered.kind === 'text') fillTexts(cells, gathered)
  else fillNumbers(cells, gathered)
  return cells
}

/** The memory that the cells are in and that another thread can take over. */
export function buffersOfCells(gathered: GatheredCells): ArrayBuffer[] {
  if (gathered.kind === 'any') return []
  return gathered.kind === 'text' ? [gathered.ends.buffer] : [gathered.numbers, gathered.isThere.buffer]
}

function fillNumbers(cells: Cell[], { kind, numbers, isThere }: GatheredCells & { kind: 'long' | 'double' }): void {
  const view = new DataView(numbers)
  for (let row = 0; row < cells.length; row++) {
    if (isThere[row] !== 1) continue
    cells[row] = kind === 'long' ? view.getBigInt64(row * BYTES, true) : view.getFloat64(row * BYTES, true)
  }
}

function fillTexts(cells: Cell[], { texts, ends }: GatheredCells & { kind: 'text' }): void {
  for (const [portion, text] of texts.entries()) {
    let start = 0
    for (let row = portion * PORTION; row < Math.min((portion + 1) * PORTION, cells.length); row++) {
      const end = ends[row] ?? NONE
      if (end === NONE) continue
      cells[row] = text.substring(start, end)
      start = end
    }
  }
}

/** Numbers of eight bytes each, and which rows have one. */
class NumberRows {
  #view = new DataView(new ArrayBuffer(FIRST_CAPACITY * BYTES))
  #isThere = new Uint8Array(FIRST_CAPACITY)

  /** Where to write the number of a row. */
  at(row: number): DataView {
    while (row >= this.#isThere.length) this.#grow()
    this.#isThere[row] = 1
    return this.#view
  }

  clear(row: number): void {
    if (row < this.#isThere.length) this.#isThere[row] = 0
  }

  gathered(kind: 'long' | 'double'): GatheredCells {
    return { kind, numbers: this.#view.buffer, isThere: this.#isThere }
  }

  #grow(): void {
    this.#view = new DataView(twiceAsLarge(new Uint8Array(this.#view.buffer)).buffer)
    this.#isThere = twiceAsLarge(this.#isThere)
  }
}

function twiceAsLarge(bytes: Uint8Array<ArrayBuffer>): Uint8Array<ArrayBuffer> {
  const larger = new Uint8Array(bytes.length * 2)
  larger.set(bytes)
  return larger
}

/** Integers of 64 bits. */
export class Longs implements ScalarGatherer {
  readonly #rows = new NumberRows()

  /** Takes an integer that a double holds: no BigInt is made of it meanwhile. */
  putSafe(row: number, value: number): void {
    const view = this.#rows.at(row)
    view.setUint32(row * BYTES, value, true)
    view.setInt32(row * BYTES + BYTES / 2, Math.floor(value / TWO_TO_32), true)
  }

  read(row: number, text: string, from: number, to: number): void {
    const value = to - from > MAX_SAFE_DIGITS ? undefined : digitsOf(text, from, to)
    if (value !== undefined) this.putSafe(row, value)
    else this.#rows.at(row).setBigInt64(row * BYTES, exactInteger(text.substring(from, to)), true)
  }

  put(row: number, cell: Cell): void {
    if (typeof cell === 'bigint') this.#rows.at(row).setBigInt64(row * BYTES, cell, true)
    else this.#rows.clear(row)
  }

  gathered(): GatheredCells {
    return this.#rows.gathered('long')
  }
}

/** The integer that these digits are; undefined when there is something else among them. */
function digitsOf(text: string, from: number, to: number): number | undefined {
  let value = 0
  for (let at = from; at < to; at++) {
    const digit = text.charCodeAt(at) - ZERO
    if (digit < 0 || digit > 9) return undefined
    value = value * 10 + digit
  }
  return value
}

export class Doubles implements ScalarGatherer {
  readonly #rows = new NumberRows()

  read(row: number, text: string, from: number, to: number): void {
    this.#rows.at(row).setFloat64(row * BYTES, Number(text.substring(from, to)), true)
  }

  put(row: number, cell: Cell): void {
    if (typeof cell === 'number') this.#rows.at(row).setFloat64(row * BYTES, cell, true)
    else this.#rows.clear(row)
  }

  gathered(): GatheredCells {
    return this.#rows.gathered('double')
  }
}

/** Texts. A part of a text keeps all of that in memory, and what a cell is read from is many times longer than it. */
export class Texts implements ScalarGatherer {
  readonly #joined: string[] = []
  #ends = new Int32Array(FIRST_CAPACITY).fill(NONE)
  #portion: string[] = []
  /** How long the texts of the portion are together. */
  #length = 0
  /** The row that has the last of them. */
  #last = NONE

  read(row: number, text: string, from: number, to: number): void {
    this.put(row, text.substring(from, to))
  }

  put(row: number, cell: Cell): void {
    if (row === this.#last) this.#drop()
    if (typeof cell !== 'string') return
    while (row >= (this.#joined.length + 1) * PORTION) this.#close()
    while (row >= this.#ends.length) this.#ends = withRoom(this.#ends)
    this.#portion.push(cell)
    this.#length += cell.length
    this.#ends[row] = this.#length
    this.#last = row
  }

  gathered(): GatheredCells {
    this.#close()
    return { kind: 'text', texts: this.#joined, ends: this.#ends }
  }

  #drop(): void {
    this.#length -= this.#portion.pop()?.length ?? 0
    this.#ends[this.#last] = NONE
    this.#last = NONE
  }

  #close(): void {
    this.#joined.push(this.#portion.join(''))
    this.#portion = []
    this.#length = 0
  }
}

function withRoom(ends: Int32Array): Int32Array<ArrayBuffer> {
  const larger = new Int32Array(ends.length * 2).fill(NONE, ends.length)
  larger.set(ends)
  return larger
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
