import type { ColumnValues } from './column-values.ts'
import type { Cell } from './columns.ts'
import { BYTES, type GatheredNumbers, TWO_TO_32 } from './gathered-cells.ts'
import { Zeros } from './zeros.ts'

/** Integers of 64 bits. They are compared as the doubles nearest to them, which takes a tenth of the time. */
export function longValues({ numbers, isThere }: GatheredNumbers, count: number): ColumnValues {
  const view = new DataView(numbers)
  const data = new Array<Cell>(count).fill(null)
  let nulls = 0
  let [least, leastNear] = [0n, Number.POSITIVE_INFINITY]
  let [greatest, greatestNear] = [0n, Number.NEGATIVE_INFINITY]
  for (let row = 0; row < count; row++) {
    if (isThere[row] !== 1) {
      nulls += 1
      continue
    }
    const at = row * BYTES
    const value = view.getBigInt64(at, true)
    data[row] = value
    const near = view.getInt32(at + BYTES / 2, true) * TWO_TO_32 + view.getUint32(at, true)
    const isExact = Number.isSafeInteger(near)
    if (near < leastNear || (near === leastNear && !isExact && value < least)) {
      least = value
      leastNear = near
    }
    if (near > greatestNear || (near === greatestNear && !isExact && value > greatest)) {
      greatest = value
      greatestNear = near
    }
  }
  const range = nulls < count ? { min_value: least, max_value: greatest } : {}
  return { data, statistics: { null_count: BigInt(nulls), ...range } }
}

/** Doubles. What is no number is no bound; a bound that is zero has the sign by which it leaves neither zero out. */
export function doubleValues({ numbers, isThere }: GatheredNumbers, count: number): ColumnValues {
  const view = new DataView(numbers)
  const data = new Array<Cell>(count).fill(null)
  let nulls = 0
  let notNumbers = 0
  const zeros = new Zeros()
  let least = Number.POSITIVE_INFINITY
  let greatest = Number.NEGATIVE_INFINITY
  for (let row = 0; row < count; row++) {
    if (isThere[row] !== 1) {
      nulls += 1
      continue
    }
    const value = view.getFloat64(row * BYTES, true)
    data[row] = value
    if (value === 0) zeros.add(value)
    if (Number.isNaN(value)) notNumbers += 1
    if (value < least) least = value
    if (value > greatest) greatest = value
  }
  const isBounded = nulls + notNumbers < count
  const range = isBounded ? { min_value: least === 0 ? -0 : least, max_value: greatest === 0 ? 0 : greatest } : {}
  const statistics = { null_count: BigInt(nulls), nan_count: BigInt(notNumbers), ...range }
  return { data, statistics, ...zeros.encoding }
}
