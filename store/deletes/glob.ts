import { quote } from '../api-error.ts'
import { KdbError } from './kdb-error.ts'

/** One character, by its code point: any of the ranges, or none of them. */
interface CharacterClass {
  isNegated: boolean
  /** First and last code point of each range, one after the other. */
  bounds: number[]
}

/** Tokens that stand for any run of characters, and for any one. */
export const STAR = -1
export const ANY = -2

/** A code point, `STAR`, `ANY` or a class. */
export type Token = number | CharacterClass

/** A longer pattern would take long on the longest values, and is no pattern that somebody thought of. */
const MAX_PATTERN_CHARS = 1_024

/**
 * The test that a pattern of q's `like` stands for (https://code.kx.com/q/ref/like/ and
 * https://code.kx.com/q/basics/regex/): `?` is one character, `*` any run of them, `[abc]`, `[a-z]` and `[^a-z]` one of
 * a list or of all others, every other character itself. In a list, `?`, `*` and `[` are themselves, so are `]` at its
 * beginning, `-` at an end and `^` elsewhere than there; `[^]` is the caret. The whole text must match, case counts, and
 * a character is a Unicode code point. Unlike q's, a pattern may have any number of stars; the time is at most the
 * product of the two lengths. Throws KdbError for an unclosed list, a range from a higher to a lower character and a
 * pattern of more than 1,024 characters.
 */
export function compileGlob(pattern: string): (text: string) => boolean {
  const tokens = tokensOf(pattern)
  if (tokens.every(isCharacter)) {
    const literal = String.fromCodePoint(...tokens)
    return (text) => text === literal
  }
  return (text) => matches(tokens, text)
}

function isCharacter(token: Token): token is number {
  return typeof token === 'number' && token >= 0
}

/** What a pattern of `like` is made of. Throws KdbError as `compileGlob` does. */
export function tokensOf(pattern: string): Token[] {
  const points = Array.from(pattern, (character) => character.codePointAt(0) ?? 0)
  if (points.length > MAX_PATTERN_CHARS) {
    throw invalid(pattern, `has ${points.length} characters`, `at most ${MAX_PATTERN_CHARS} characters are allowed`)
  }
  const tokens: Token[] = []
  for (let at = 0; at < points.length; ) {
    const point = points[at]
    if (point === code('[')) {
      const { token, next } = listAt(points, at + 1, pattern)
      tokens.push(token)
      at = next
      continue
    }
    if (point === code('?')) tokens.push(ANY)
    else if (point !== code('*')) tokens.push(point ?? 0)
    else if (tokens.at(-1) !== STAR) tokens.push(STAR)
    at += 1
  }
  return tokens
}

/** The list of alternatives that begins at `start`, behind its bracket, and where the pattern goes on. */
function listAt(points: number[], start: number, pattern: string): { token: Token; next: number } {
  const isCaret = points[start] === code('^')
  if (isCaret && points[start + 1] === code(']')) return { token: code('^'), next: start + 2 }
  const bounds: number[] = []
  let at = isCaret ? start + 1 : start
  do {
    const low = points[at]
    const high = points[at + 2]
    const isRange = points[at + 1] === code('-') && high !== undefined && high !== code(']')
    if (low === undefined) throw invalid(pattern, "has a '[' without its ']'", "a '[' itself is written '[[]'")
    if (isRange && high < low) {
      const range = String.fromCodePoint(low, code('-'), high)
      throw invalid(pattern, `has the range ${quote(range)}`, 'a range goes from a lower to a higher character')
    }
    bounds.push(low, isRange ? high : low)
    at += isRange ? 3 : 1
  } while (points[at] !== code(']'))
  return { token: { isNegated: isCaret, bounds }, next: at + 1 }
}

function code(character: string): number {
  return character.charCodeAt(0)
}

function invalid(pattern: string, what: string, allowed: string): KdbError {
  return new KdbError(400, 'invalid', `filter: the pattern ${quote(pattern)} ${what}: ${allowed}`)
}

/** A star takes as little as it can; when the rest fails, only the last star need take one character more. */
function matches(tokens: Token[], text: string): boolean {
  let at = 0
  let token = 0
  let afterStar = -1
  let taken = 0
  while (at < text.length) {
    const expected = tokens[token]
    if (expected === STAR) {
      token += 1
      if (token === tokens.length) return true
      afterStar = token
      taken = at
      continue
    }
    const point = text.codePointAt(at) ?? 0
    if (expected !== undefined && isOneOf(expected, point)) {
      token += 1
      at += width(point)
      continue
    }
    if (afterStar < 0) return false
    taken += width(text.codePointAt(taken) ?? 0)
    at = taken
    token = afterStar
  }
  if (tokens[token] === STAR) token += 1
  return token === tokens.length
}

/** UTF-16 units of a code point. */
function width(point: number): number {
  return point > 0xffff ? 2 : 1
}

function isOneOf(expected: Token, point: number): boolean {
  if (typeof expected === 'number') return expected === point || expected === ANY
  const { bounds, isNegated } = expected
  for (let at = 0; at < bounds.length; at += 2) {
    if (point >= (bounds[at] ?? 0) && point <= (bounds[at + 1] ?? 0)) return !isNegated
  }
  return isNegated
}
