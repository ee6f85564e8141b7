import type { StoredFeature } from './stored-features.ts'

const QUOTE = 34
const COMMA = 44
const BACKSLASH = 92
const OPENING_BRACKET = 91
const CLOSING_BRACKET = 93
const OPENING_BRACE = 123
const CLOSING_BRACE = 125
const NOTHING = 'null'

/**
 * Packs the JSON text of a FeatureValue list to that of its values: at the position of each feature in the definitions
 * its value, null where it has none, and no more behind the last value. A fourth of the bytes is left, which the log
 * writes, reads and overwrites. Undefined for a list that it does not take: one with a collection, in another order,
 * with a name that is not among these, or with so few of them that it is the shorter text.
 */
export function featurePacker(names: readonly string[]): (features: string) => string | undefined {
  const starts = names.map((name) => `{"FeatureName":${JSON.stringify(name)},"ValueAsString":`)
  return (features) => {
    let packed = ''
    let at = 1
    for (const start of starts) {
      if (at === features.length) break
      if (packed.length >= features.length) return undefined
      const separator = packed === '' ? '[' : ','
      const from = at + start.length
      // Half the time of `startsWith`.
      const isThere = features.substring(at, from) === start
      const to = isThere ? endOfText(features, from) : 0
      packed += separator + (isThere ? features.substring(from, to) : NOTHING)
      if (isThere) at = nextFeature(features, to)
    }
    return at === features.length && at > 1 ? `${packed}]` : undefined
  }
}

/** Where the feature begins that follows one whose value ends there: the end of the text after the last of them. */
function nextFeature(text: string, end: number): number {
  if (text.charCodeAt(end) !== CLOSING_BRACE) return 0
  const isLast = end + 2 === text.length
  return text.charCodeAt(end + 1) === (isLast ? CLOSING_BRACKET : COMMA) ? end + 2 : 0
}

/** Where a JSON text is behind that begins there; 0 when there is none. */
function endOfText(text: string, from: number): number {
  if (text.charCodeAt(from) !== QUOTE) return 0
  for (let at = from + 1; at < text.length; at++) {
    const unit = text.charCodeAt(at)
    if (unit === QUOTE) return at + 1
    if (unit === BACKSLASH) at += 1
  }
  return 0
}

/** Whether the text is of packed features, and no FeatureValue list. */
export function isPacked(text: string): boolean {
  return text.charCodeAt(0) === OPENING_BRACKET && text.charCodeAt(1) !== OPENING_BRACE && text.length > 2
}

/** The features that were packed with these names, or with the first of them. */
export function unpackedFeatures(names: readonly string[], packed: string): StoredFeature[] {
  const values: (string | null)[] = JSON.parse(packed)
  return values.flatMap((value, position) => {
    const FeatureName = names[position]
    if (value === null) return []
    if (FeatureName === undefined) throw new Error(`a row has a value at ${position}, where no feature is`)
    return [{ FeatureName, ValueAsString: value }]
  })
}

/** Takes, for a row, the value whose UTF-8 is between two places. */
export interface ValueReader {
  read(row: number, bytes: Buffer, from: number, to: number): void
}

/** UTF-8 has so many bytes at most for a unit of a string. */
export const BYTES_PER_UNIT = 3

/** Room for the bytes of most rows. */
const ROOM = Buffer.alloc(64 * 1024)

/**
 * Gives the values of packed features to the readers at their positions, without parsing: as bytes, since looking at
 * those takes a third of the time of looking at the units of a string. False, and to be unpacked, where one has an
 * escape. Throws for a value where no reader is.
 */
export function readPacked(packed: string, readers: readonly (ValueReader | undefined)[], row: number): boolean {
  const most = packed.length * BYTES_PER_UNIT
  const bytes = most <= ROOM.length ? ROOM : Buffer.alloc(most)
  const end = bytes.write(packed)
  let position = 0
  for (let at = 1; at < end; position++) {
    if (bytes[at] === QUOTE) {
      const from = at + 1
      at = endOfPlainText(bytes, from, end)
      if (at === 0) return false
      const reader = readers[position]
      if (reader === undefined) throw new Error(`a row has a value at ${position}, where no scalar feature is`)
      reader.read(row, bytes, from, at)
      at += 2
    } else at += NOTHING.length + 1
  }
  return true
}

function endOfPlainText(bytes: Buffer, from: number, end: number): number {
  for (let at = from; at < end; at++) {
    const byte = bytes[at]
    if (byte === QUOTE) return at
    if (byte === BACKSLASH) return 0
  }
  return 0
}
