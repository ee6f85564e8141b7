import { ANY, STAR, type Token, tokensOf } from './glob.ts'

/**
 * The regular expression that a pattern of q's `like` stands for, for engines whose characters are code points: those
 * of Trino and DuckDB. Throws KdbError as `compileGlob` does.
 */
export function globRegex(pattern: string): string {
  return `(?s)\\A${tokensOf(pattern).map(part).join('')}\\z`
}

function part(token: Token): string {
  if (token === STAR) return '.*'
  if (token === ANY) return '.'
  if (typeof token === 'number') return escaped(token)
  const { bounds, isNegated } = token
  const ranges: string[] = []
  for (let at = 0; at < bounds.length; at += 2) {
    ranges.push(`${escaped(bounds[at] ?? 0)}-${escaped(bounds[at + 1] ?? 0)}`)
  }
  return `[${isNegated ? '^' : ''}${ranges.join('')}]`
}

/** What may mean something in an expression or in a list of it: only these may have a backslash before them. */
const MEANINGFUL = /[!-/:-@[-^`{-~]/

function escaped(point: number): string {
  const character = String.fromCodePoint(point)
  return MEANINGFUL.test(character) ? `\\${character}` : character
}
