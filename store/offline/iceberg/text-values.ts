import type { ColumnValues } from './column-values.ts'
import type { Cell } from './columns.ts'
import { type GatheredTexts, NONE } from './gathered-cells.ts'
import { isLess } from './single-value.ts'

const SAMPLE = 100
const MOSTLY = 0.9

/** Texts: as their UTF-8 bytes, and not to be looked for in a dictionary, when nearly all are different. */
export function textValues({ bytes, ends }: GatheredTexts, count: number): ColumnValues {
  const texts = Buffer.from(bytes)
  return areMostlyDistinct(texts, ends, count) ? byteValues(texts, ends, count) : stringValues(texts, ends, count)
}

function byteValues(texts: Buffer, ends: Int32Array, count: number): ColumnValues {
  const data = new Array<Uint8Array | null>(count).fill(null)
  let nulls = 0
  let least: Uint8Array | undefined
  let greatest: Uint8Array | undefined
  let start = 0
  for (let row = 0; row < count; row++) {
    const end = ends[row] ?? NONE
    if (end === NONE) {
      nulls += 1
      continue
    }
    const text = new Uint8Array(texts.buffer, texts.byteOffset + start, end - start)
    start = end
    data[row] = text
    least ??= text
    if (greatest === undefined || isBefore(greatest, text)) greatest = text
    else if (isBefore(text, least)) least = text
  }
  return { data, encoding: 'PLAIN', statistics: { null_count: BigInt(nulls), min_value: least, max_value: greatest } }
}

function isBefore(a: Uint8Array, b: Uint8Array): boolean {
  const length = Math.min(a.length, b.length)
  for (let at = 0; at < length; at++) {
    if (a[at] !== b[at]) return Number(a[at]) < Number(b[at])
  }
  return a.length < b.length
}

interface Text {
  start: number
  end: number
  text: string
}

/** Texts that are the same become one string, which the writer finds in its dictionary at half the time. */
function stringValues(texts: Buffer, ends: Int32Array, count: number): ColumnValues {
  const data = new Array<Cell>(count).fill(null)
  const known = new Map<number, Text>()
  let nulls = 0
  let least: string | undefined
  let greatest: string | undefined
  let start = 0
  for (let row = 0; row < count; row++) {
    const end = ends[row] ?? NONE
    if (end === NONE) {
      nulls += 1
      continue
    }
    const hash = hashOf(texts, start, end)
    let same = known.get(hash)
    if (same === undefined || !isSame(texts, same, start, end)) {
      const text = texts.toString('utf8', start, end)
      same = { start, end, text }
      known.set(hash, same)
      least ??= text
      if (greatest === undefined || isLess(greatest, text)) greatest = text
      else if (isLess(text, least)) least = text
    }
    start = end
    data[row] = same.text
  }
  return { data, statistics: { null_count: BigInt(nulls), min_value: least, max_value: greatest } }
}

/** FNV-1a: http://www.isthe.com/chongo/tech/comp/fnv/ */
function hashOf(bytes: Buffer, start: number, end: number): number {
  let hash = 0x811c9dc5
  for (let at = start; at < end; at++) hash = Math.imul(hash ^ Number(bytes[at]), 0x01000193)
  return hash
}

function isSame(bytes: Buffer, text: Text, start: number, end: number): boolean {
  if (text.end - text.start !== end - start) return false
  for (let at = start; at < end; at++) if (bytes[at] !== bytes[text.start + at - start]) return false
  return true
}

/** True when a dictionary of the texts would save nothing. */
function areMostlyDistinct(texts: Buffer, ends: Int32Array, count: number): boolean {
  if (count < SAMPLE) return false
  const step = Math.floor(count / SAMPLE)
  const seen = new Set<string>()
  let start = 0
  for (let row = 0; row < step * SAMPLE; row++) {
    const end = ends[row] ?? NONE
    if (row % step === 0) seen.add(end === NONE ? '' : texts.toString('utf8', start, end))
    if (end !== NONE) start = end
  }
  return seen.size >= SAMPLE * MOSTLY
}
