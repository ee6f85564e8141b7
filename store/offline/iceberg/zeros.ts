import type { Encoding } from 'hyparquet'

/** The zeros of a column: the writer's dictionary takes 0 and -0 for one value, so it must not be used for both. */
export class Zeros {
  #hasPositive = false
  #hasNegative = false

  add(zero: number): void {
    if (Object.is(zero, -0)) this.#hasNegative = true
    else this.#hasPositive = true
  }

  get encoding(): { encoding?: Encoding } {
    return this.#hasPositive && this.#hasNegative ? { encoding: 'PLAIN' } : {}
  }
}
