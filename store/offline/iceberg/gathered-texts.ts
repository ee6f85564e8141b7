import { BYTES_PER_UNIT } from '../packed-features.ts'
import type { Cell } from './columns.ts'
import { assertNone, FIRST_CAPACITY, type GatheredCells, NONE, type ScalarGatherer } from './gathered-cells.ts'

const BYTES_PER_TEXT = 16
/** Copying more bytes takes less time by a call. */
const FEW_BYTES = 40

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
