import { ApiError, quote } from '../api-error.ts'
import { decode } from './route-match.ts'
import type { QueryMember } from './routes.ts'

/**
 * Reads the members of an input from a query string: `%2B` is a plus and so is a bare `+`, since both SDKs write a
 * space as `%20`. Throws ValidationError for a key that the operation does not have and for one sent twice that is no list.
 */
export function readQuery(query: string, members: { [member: string]: QueryMember }): { [member: string]: unknown } {
  const input: { [member: string]: unknown } = {}
  if (query === '') return input
  const byKey = new Map(Object.entries(members).map(([member, { key, isList }]) => [key, { member, isList }]))
  for (const pair of query.split('&')) {
    if (pair === '') continue
    const [key, value] = splitPair(pair)
    const found = byKey.get(key)
    if (found === undefined) throw unknownKey(key, byKey)
    if (found.isList) input[found.member] = [...((input[found.member] as string[] | undefined) ?? []), value]
    else if (found.member in input)
      throw new ApiError('ValidationError', `query key ${quote(key)} is sent more than once`)
    else input[found.member] = value
  }
  return input
}

function splitPair(pair: string): [string, string] {
  const at = pair.indexOf('=')
  return at < 0 ? [decode(pair), ''] : [decode(pair.slice(0, at)), decode(pair.slice(at + 1))]
}

function unknownKey(key: string, byKey: Map<string, unknown>): ApiError {
  const allowed = byKey.size === 0 ? 'none' : [...byKey.keys()].join(', ')
  return new ApiError('ValidationError', `query key ${quote(key)} is not a member of this request; allowed: ${allowed}`)
}
