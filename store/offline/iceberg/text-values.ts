import type { ColumnValues } from './column-values.ts'
import type { Cell } from './columns.ts'
import { type GatheredTexts, NONE } from './gathered-cells.ts'
import { isLess } from './single-value.ts'

const SAMPLE = 100
const MOSTLY = 0.9

/** Texts in UTF-8, where that of each row begins, or `NONE`, and ends, and how many rows have none. */
interface TextRanges {
  texts: Buffer
  starts: Int32Array
  ends: Int32Array
  nulls: number
}

/** Texts: as their UTF-8 bytes, and not to be looked for in a dictionary, when nearly all are different. */
export function textValues(gathered: GatheredTexts, count: number): ColumnValues {
  const ranges = rangesOf(gathered, count)
  return areMostlyDistinct(ranges) ? byteValues(ranges) : stringValues(ranges)
}

function rangesOf({ bytes, ends }: GatheredTexts, count: number): TextRanges {
  const starts = new Int32Array(count).fill(NONE)
  let nulls = 0
  let start = 0
  for (let row = 0; row < count; row++) {
    const end = ends[row] ?? NONE
    if (end === NONE) nulls += 1
    else {
      starts[row] = start
      start = end
    }
  }
  return { texts: Buffer.from(bytes), starts, ends, nulls }
}

function byteValues({ texts, starts, ends, nulls }: TextRanges): ColumnValues {
  const data = new Array<Uint8Array | null>(starts.length).fill(null)
  let least: Uint8Array | undefined
  let greatest: Uint8Array | undefined
  for (let row = 0; row < starts.length; row++) {
    const start = Number(starts[row])
    if (start === NONE) continue
    const text = new Uint8Array(texts.buffer, texts.byteOffset + start, Number(ends[row]) - start)
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
function stringValues({ texts, starts, ends, nulls }: TextRanges): ColumnValues {
  const data = new Array<Cell>(starts.length).fill(null)
  const known = new Map<number, Text>()
  let least: string | undefined
  let greatest: string | undefined
  for (let row = 0; row < starts.length; row++) {
    const start = Number(starts[row])
    if (start === NONE) continue
    const end = Number(ends[row])
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
function areMostlyDistinct({ texts, starts, ends }: TextRanges): boolean {
  if (starts.length < SAMPLE) return false
  const step = Math.floor(starts.length / SAMPLE)
  const seen = new Set<string>()
  for (let row = 0; row < step * SAMPLE; row += step) {
    const start = Number(starts[row])
    seen.add(start === NONE ? '' : texts.toString('utf8', start, ends[row]))
  }
  return seen.size >= SAMPLE * MOSTLY
}
