import { exactInteger } from '../../records/exact-number.ts'
import type { Cell } from './columns.ts'

/**
 * The cells of a column while its rows come in, one after the other, in few objects: whatever is an object for each
 * cell is copied again and again by the garbage collector until the file is written.
 */
export interface GatheredCells {
  /** Takes a cell, in the place of one that the row has; rows come in order. */
  put(row: number, cell: Cell): void
  /** The cells of the rows up to `count`, made anew with each call; null for a row that has none. */
  cells(count: number): Cell[]
}

/** The cells of a column of scalars. */
export interface GatheredScalars extends GatheredCells {
  /** Takes, as the cell of a row, the value that a text has between two places. */
  read(row: number, text: string, from: number, to: number): void
}

const FIRST_CAPACITY = 64
/** A double holds every integer of so many digits. */
const MAX_SAFE_DIGITS = 15
const TWO_TO_32 = 2 ** 32
const ZERO = 48
const BYTES = 8

/** Numbers of eight bytes each, and which rows have one. */
function numberRows() {
  let view = new DataView(new ArrayBuffer(FIRST_CAPACITY * BYTES))
  let isThere = new Uint8Array(FIRST_CAPACITY)

  function grow(): void {
    const bytes = new Uint8Array(view.byteLength * 2)
    bytes.set(new Uint8Array(view.buffer))
    view = new DataView(bytes.buffer)
    const there = new Uint8Array(isThere.length * 2)
    there.set(isThere)
    isThere = there
  }

  return {
    /** The place of a row, to write its number at. */
    at(row: number): DataView {
      while (row >= isThere.length) grow()
      isThere[row] = 1
      return view
    },
    clear(row: number): void {
      if (row < isThere.length) isThere[row] = 0
    },
    cells(count: number, read: (view: DataView, at: number) => Cell): Cell[] {
      const cells = new Array<Cell>(count).fill(null)
      for (let row = 0; row < Math.min(count, isThere.length); row++) {
        if (isThere[row] === 1) cells[row] = read(view, row * BYTES)
      }
      return cells
    },
  }
}

/** Integers of 64 bits. */
export function gatheredLongs() {
  const rows = numberRows()

  /** Takes an integer that a double holds: no BigInt is made of it meanwhile. */
  function putSafe(row: number, value: number): void {
    const view = rows.at(row)
    view.setUint32(row * BYTES, value, true)
    view.setInt32(row * BYTES + BYTES / 2, Math.floor(value / TWO_TO_32), true)
  }

  return {
    putSafe,
    read(row, text, from, to) {
      const value = to - from > MAX_SAFE_DIGITS ? undefined : digitsOf(text, from, to)
      if (value !== undefined) putSafe(row, value)
      else rows.at(row).setBigInt64(row * BYTES, exactInteger(text.substring(from, to)), true)
    },
    put(row, cell) {
      if (typeof cell === 'bigint') rows.at(row).setBigInt64(row * BYTES, cell, true)
      else rows.clear(row)
    },
    cells: (count) => rows.cells(count, (view, at) => view.getBigInt64(at, true)),
  } satisfies GatheredScalars & { putSafe: (row: number, value: number) => void }
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

export function gatheredDoubles(): GatheredScalars {
  const rows = numberRows()
  const putNumber = (row: number, value: number) => rows.at(row).setFloat64(row * BYTES, value, true)
  return {
    read: (row, text, from, to) => putNumber(row, Number(text.substring(from, to))),
    put(row, cell) {
      if (typeof cell === 'number') putNumber(row, cell)
      else rows.clear(row)
    },
    cells: (count) => rows.cells(count, (view, at) => view.getFloat64(at, true)),
  }
}

/** Rows whose texts become one. */
const PORTION = 512

/** Texts. A part of a text keeps all of that in memory, and what a cell is read from is many times longer than it. */
export function gatheredTexts(): GatheredScalars {
  const portions: { text: string; ends: (number | null)[] }[] = []
  let portion: (string | null)[] = []

  function put(row: number, cell: Cell): void {
    while (row >= (portions.length + 1) * PORTION) close()
    const index = row - portions.length * PORTION
    while (portion.length < index) portion.push(null)
    portion[index] = typeof cell === 'string' ? cell : null
  }

  function close(): void {
    while (portion.length < PORTION) portion.push(null)
    portions.push(joined(portion))
    portion = []
  }

  return {
    read: (row, text, from, to) => put(row, text.substring(from, to)),
    put,
    cells(count) {
      const cells: Cell[] = []
      for (const { text, ends } of [...portions, joined(portion)]) {
        let start = 0
        for (const end of ends) {
          cells.push(end === null ? null : text.substring(start, end))
          start = end ?? start
        }
      }
      while (cells.length < count) cells.push(null)
      return cells
    },
  }
}

function joined(texts: (string | null)[]): { text: string; ends: (number | null)[] } {
  let end = 0
  const ends = texts.map((text) => {
    if (text === null) return null
    end += text.length
    return end
  })
  return { text: texts.join(''), ends }
}

/** Cells of any kind, as they are. */
export function gatheredAsIs(): GatheredCells {
  const cells: Cell[] = []
  return {
    put(row, cell) {
      while (cells.length < row) cells.push(null)
      cells[row] = cell
    },
    cells: (count) => [...cells, ...new Array<Cell>(count - cells.length).fill(null)],
  }
}
