import { exactInteger } from '../../records/exact-number.ts'
import { BYTES_PER_UNIT } from '../packed-features.ts'
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

/** Of a number. */
export const BYTES = 8
export const TWO_TO_32 = 2 ** 32

const FIRST_CAPACITY = 64
/** A double holds every integer of so many digits. */
const MAX_SAFE_DIGITS = 15
const ZERO = 48
const POINT = 46
const MINUS = 45
/** A power of ten that is a double, for each number of digits that may follow a point. */
const POWERS = Array.from({ length: MAX_SAFE_DIGITS + 1 }, (_, exponent) => 10 ** exponent)
const BYTES_PER_TEXT = 16
/** Copying more bytes takes less time by a call. */
const FEW_BYTES = 40

/** A value of another type, as a file may have that others wrote, is not to be lost. */
function assertNone(cell: Cell): void {
  if (cell !== null) throw new Error(`a column has a value of another type: ${String(cell)}`)
}

/** The memory that the cells are in and that another thread can take over. */
export function buffersOfCells(gathered: GatheredCells): ArrayBuffer[] {
  if (gathered.kind === 'any') return []
  return gathered.kind === 'text' ? [gathered.bytes, gathered.ends.buffer] : [gathered.numbers, gathered.isThere.buffer]
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

  clear(row: number, cell: Cell): void {
    assertNone(cell)
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

  read(row: number, bytes: Buffer, from: number, to: number): void {
    const value = to - from > MAX_SAFE_DIGITS ? undefined : digitsOf(bytes, from, to)
    if (value !== undefined) this.putSafe(row, value)
    else this.#rows.at(row).setBigInt64(row * BYTES, exactInteger(bytes.toString('utf8', from, to)), true)
  }

  put(row: number, cell: Cell): void {
    if (typeof cell === 'bigint') this.#rows.at(row).setBigInt64(row * BYTES, cell, true)
    else this.#rows.clear(row, cell)
  }

  gathered(): GatheredCells {
    return this.#rows.gathered('long')
  }
}

/** The integer that these digits are; undefined when there is something else among them. */
function digitsOf(bytes: Buffer, from: number, to: number): number | undefined {
  let value = 0
  for (let at = from; at < to; at++) {
    const digit = Number(bytes[at]) - ZERO
    if (digit < 0 || digit > 9) return undefined
    value = value * 10 + digit
  }
  return value
}

export class Doubles implements ScalarGatherer {
  readonly #rows = new NumberRows()

  read(row: number, bytes: Buffer, from: number, to: number): void {
    const value = decimalOf(bytes, from, to) ?? Number(bytes.toString('utf8', from, to))
    this.#rows.at(row).setFloat64(row * BYTES, value, true)
  }

  put(row: number, cell: Cell): void {
    if (typeof cell === 'number') this.#rows.at(row).setFloat64(row * BYTES, cell, true)
    else this.#rows.clear(row, cell)
  }

  gathered(): GatheredCells {
    return this.#rows.gathered('double')
  }
}

/**
 * The number that few digits with a point among them are: an integer over a power of ten, which are doubles both, so
 * that the one division rounds as it must (Clinger, https://doi.org/10.1145/93542.93557). Undefined for anything else.
 */
function decimalOf(bytes: Buffer, from: number, to: number): number | undefined {
  const isNegative = bytes[from] === MINUS
  const first = isNegative ? from + 1 : from
  let value = 0
  let digits = 0
  let decimals = 0
  let hasPoint = false
  for (let at = first; at < to; at++) {
    const byte = Number(bytes[at])
    if (byte === POINT && !hasPoint) hasPoint = true
    else if (byte < ZERO || byte > ZERO + 9) return undefined
    else {
      value = value * 10 + byte - ZERO
      digits += 1
      if (hasPoint) decimals += 1
    }
  }
  if (digits === 0 || digits > MAX_SAFE_DIGITS) return undefined
  const exact = value / Number(POWERS[decimals])
  return isNegative ? -exact : exact
}

export class Texts implements ScalarGatherer {
  #bytes = Buffer.from(new ArrayBuffer(FIRST_CAPACITY * BYTES_PER_TEXT))
  #ends = new Int32Array(FIRST_CAPACITY).fill(NONE)
  /** Where the last text begins and ends, and the row that has it. */
  #start = 0
  #end = 0
  #last = NONE

  read(row: number, bytes: Buffer, from: number, to: number): void {
    this.#begin(row, to - from)
    if (to - from > FEW_BYTES) bytes.copy(this.#bytes, this.#start, from, to)
    else for (let at = from; at < to; at++) this.#bytes[this.#start + at - from] = Number(bytes[at])
    this.#finish(row, this.#start + to - from)
  }

  put(row: number, cell: Cell): void {
    if (typeof cell === 'string') {
      this.#begin(row, cell.length * BYTES_PER_UNIT)
      this.#finish(row, this.#start + this.#bytes.write(cell, this.#start))
      return
    }
    assertNone(cell)
    if (row !== this.#last) return
    this.#end = this.#start
    this.#ends[row] = NONE
  }

  gathered(): GatheredCells {
    return { kind: 'text', bytes: this.#bytes.buffer, ends: this.#ends }
  }

  /** Makes room for the text of a row, in the place of one that it has. */
  #begin(row: number, maxBytes: number): void {
    if (row !== this.#last) this.#start = this.#end
    if (this.#start + maxBytes > this.#bytes.length) this.#growBytes(this.#start + maxBytes)
    while (row >= this.#ends.length) this.#growEnds()
  }

  #finish(row: number, end: number): void {
    this.#end = end
    this.#ends[row] = end
    this.#last = row
  }

  #growBytes(size: number): void {
    const larger = Buffer.from(new ArrayBuffer(Math.max(size, this.#bytes.length * 2)))
    larger.set(this.#bytes)
    this.#bytes = larger
  }

  #growEnds(): void {
    const larger = new Int32Array(this.#ends.length * 2).fill(NONE, this.#ends.length)
    larger.set(this.#ends)
    this.#ends = larger
  }
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
