import type { FeatureType } from '../groups/feature-group.ts'
import { exactInteger } from '../records/exact-number.ts'
import { isFractional, isIntegral } from '../records/record.ts'

/**
 * A value as filters compare it; null is a feature that is missing. A whole number is a number where a double is exact
 * and a bigint elsewhere, so that equal values are identical.
 */
export type FilterValue = number | bigint | string | null

interface ValueReader {
  /** The value of a feature's text. */
  read: (text: string) => FilterValue
  /** The value that a filter has as JSON, or undefined for what cannot be one of this type. */
  coerce: (value: unknown) => FilterValue | undefined
  /** What can be coerced, as told to callers. */
  allowed: string
}

/** How each type of feature is read. */
export const VALUE_READERS: Record<FeatureType, ValueReader> = {
  Integral: {
    read: readIntegral,
    coerce: (value) => {
      if (typeof value === 'string') return isIntegral(value) ? readIntegral(value) : undefined
      return Number.isSafeInteger(value) ? Number(value) : undefined
    },
    allowed:
      'a whole number from -9223372036854775808 to 9223372036854775807, as a string when it is beyond ±9007199254740991',
  },
  Fractional: {
    read: Number,
    coerce: (value) => {
      if (typeof value === 'string') return isFractional(value) ? Number(value) : undefined
      return Number.isFinite(value) ? Number(value) : undefined
    },
    allowed: 'a finite decimal number in the range of a 64-bit float',
  },
  String: {
    read: (text) => text,
    coerce: (value) => (typeof value === 'string' ? value : undefined),
    allowed: 'a string',
  },
}

const SAFE_DIGITS = 15
const MAX_SAFE = BigInt(Number.MAX_SAFE_INTEGER)

function readIntegral(text: string): number | bigint {
  if (text.length <= SAFE_DIGITS) return Number(text)
  const exact = exactInteger(text)
  return exact >= -MAX_SAFE && exact <= MAX_SAFE ? Number(exact) : exact
}

/**
 * True when `a` sorts before `b`, two values of one type: null before everything
 * (https://code.kx.com/q/basics/comparison/#nulls), numbers exactly, without q's tolerance, and strings by their bytes in
 * UTF-8, which is the order of code points.
 */
export function isBelow(a: FilterValue, b: FilterValue): boolean {
  if (b === null) return false
  if (a === null) return true
  return typeof a === 'string' || typeof b === 'string' ? isTextBelow(String(a), String(b)) : a < b
}

function isTextBelow(a: string, b: string): boolean {
  const length = Math.min(a.length, b.length)
  for (let at = 0; at < length; at++) {
    const x = a.charCodeAt(at)
    const y = b.charCodeAt(at)
    if (x !== y) return rank(x) < rank(y)
  }
  return a.length < b.length
}

/** Surrogates are halves of code points above all others, yet not the highest UTF-16 units. */
function rank(unit: number): number {
  if (unit < 0xd800) return unit
  return unit < 0xe000 ? unit + 0x2000 : unit - 0x800
}
