import { quote } from '../api-error.ts'
import { KdbError } from './kdb-error.ts'
import { told } from './told.ts'

const utf8 = new TextDecoder('utf-8', { fatal: true })

/**
 * Reads a body as a JSON object with no members but the known ones, each at most once: of two that have the same name,
 * whoever looked at the request before may have seen the other. Throws KdbError 400: `missing` for a body without text,
 * `invalid` for one that is no JSON object and for a member given twice, `unknown` for another member.
 */
export function readMembers(body: Uint8Array, known: readonly string[]): ReadonlyMap<string, unknown> {
  const text = textOf(body)
  if (text.trim() === '') throw new KdbError(400, 'missing', 'body')
  const value = parse(text)
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new KdbError(400, 'invalid', `body ${told(value)} must be a JSON object`)
  }
  const members = new Map(Object.entries(value))
  for (const name of members.keys()) {
    if (!known.includes(name)) {
      throw new KdbError(
        400,
        'unknown',
        `${quote(name)} is no member of the body, which can have ${known.join(', ') || 'none'}`,
      )
    }
  }
  const twice = repeated(memberNames(text))
  if (twice !== undefined) throw new KdbError(400, 'invalid', `${twice} is given more than once`)
  return members
}

function textOf(body: Uint8Array): string {
  try {
    return utf8.decode(body)
  } catch (cause) {
    throw new KdbError(400, 'invalid', 'body is not UTF-8', { cause })
  }
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch (cause) {
    const reason = cause instanceof SyntaxError ? cause.message : 'it cannot be read'
    throw new KdbError(400, 'invalid', `body is not valid JSON: ${reason}`, { cause })
  }
}

/** The names of the members of an object, given as valid JSON text, each as often as it is there. */
function memberNames(text: string): string[] {
  const names: string[] = []
  let depth = 0
  let string = ''
  for (let at = 0; at < text.length; at++) {
    const character = text[at]
    if (character === '"') {
      const end = stringEnd(text, at)
      if (depth === 1) string = text.slice(at, end + 1)
      at = end
    } else if (character === '{' || character === '[') depth += 1
    else if (character === '}' || character === ']') depth -= 1
    else if (character === ':' && depth === 1) names.push(JSON.parse(string))
  }
  return names
}

/** Where the quote is that ends the string which begins at `start`. */
function stringEnd(text: string, start: number): number {
  let at = start + 1
  while (text[at] !== '"') at += text[at] === '\\' ? 2 : 1
  return at
}

function repeated(names: string[]): string | undefined {
  return names.find((name, index) => names.indexOf(name) !== index)
}
