import { exactInteger } from '../../records/exact-number.ts'
import type { Cell } from './columns.ts'
import {
  assertNone,
  BYTES,
  FIRST_CAPACITY,
  type GatheredCells,
  type ScalarGatherer,
  TWO_TO_32,
} from './gathered-cells.ts'

/** A double holds every integer of so many digits. */
const MAX_SAFE_DIGITS = 15
const ZERO = 48
const POINT = 46
const MINUS = 45
/** A power of ten that is a double, for each number of digits that may follow a point. */
const POWERS = Array.from({ length: MAX_SAFE_DIGITS + 1 }, (_, exponent) => 10 ** exponent)

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
