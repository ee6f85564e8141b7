import type { IcebergPrimitive } from './schema.ts'

/** Long strings are cut in bounds, as Iceberg's own writers do (write.metadata.metrics.default: truncate(16)). */
const MAX_BOUND_CHARS = 16

/** A column's value as the data file has it. */
export type ColumnValue = bigint | number | string | boolean

/** A bound in Iceberg's single-value serialization: https://iceberg.apache.org/spec/#binary-single-value-serialization */
export function serializeValue(type: IcebergPrimitive, value: ColumnValue): Buffer {
  if (typeof value === 'string') return Buffer.from(value)
  const bytes = Buffer.alloc(type === 'boolean' ? 1 : 8)
  if (typeof value === 'boolean') bytes.writeUInt8(value ? 1 : 0)
  else if (typeof value === 'bigint') bytes.writeBigInt64LE(value)
  else bytes.writeDoubleLE(value)
  return bytes
}

/** A value not above any that it stands for. */
export function lowerBound(value: ColumnValue): ColumnValue {
  return typeof value === 'string' ? characters(value).slice(0, MAX_BOUND_CHARS).join('') : value
}

/** A value not below any that it stands for; undefined when a long string has none that is short. */
export function upperBound(value: ColumnValue): ColumnValue | undefined {
  if (typeof value !== 'string') return value
  const all = characters(value)
  if (all.length <= MAX_BOUND_CHARS) return value
  const kept = all.slice(0, MAX_BOUND_CHARS)
  while (kept.length > 0) {
    const next = successor(kept.pop() ?? '')
    if (next !== undefined) return [...kept, next].join('')
  }
  return undefined
}

/** Code points, so that no character is cut in two. */
function characters(text: string): string[] {
  return text.length <= MAX_BOUND_CHARS ? [...text] : [...text.slice(0, MAX_BOUND_CHARS * 2 + 2)]
}

/** The next character in the order of UTF-8 bytes. */
function successor(character: string): string | undefined {
  const code = (character.codePointAt(0) ?? 0) + 1
  if (code > 0x10ffff) return undefined
  return String.fromCodePoint(code === 0xd800 ? 0xe000 : code)
}

/** Compares as Iceberg orders values of a type: strings by their UTF-8 bytes. */
export function isLess(a: ColumnValue, b: ColumnValue): boolean {
  if (typeof a === 'string' && typeof b === 'string') return isLessText(a, b)
  return a < b
}

/** JavaScript orders by UTF-16 units, which differs from UTF-8 only where surrogates meet what is above them. */
function isLessText(a: string, b: string): boolean {
  const length = Math.min(a.length, b.length)
  for (let i = 0; i < length; i++) {
    const [x, y] = [a.charCodeAt(i), b.charCodeAt(i)]
    if (x !== y) return (isSurrogate(x) ? x + 0x10000 : x) < (isSurrogate(y) ? y + 0x10000 : y)
  }
  return a.length < b.length
}

function isSurrogate(unit: number): boolean {
  return unit >= 0xd800 && unit <= 0xdfff
}
