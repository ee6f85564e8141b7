import { decodeNextToken, encodeNextToken } from './next-token.ts'

/** What a listing is sorted by; null where an item has no value, which comes before every value. */
export type SortValue = string | number | null

/** An item's place in a listing: by its value, and among equal ones by an id of its own. */
export interface SortKey {
  value: SortValue
  id: string
}

export interface Listing<Item> {
  items: Item[]
  keyOf: (item: Item) => SortKey
  isDescending: boolean
  limit: number
  nextToken: string | null | undefined
  /** Everything that makes this listing: a token is good for no other. */
  scope: string
}

/** Leaves room in the 6 MB that a Lambda function can answer. */
const MAX_PAGE_CHARS = 5_000_000

/**
 * The page of a listing that follows the token: at most `limit` items, and fewer when they are large. An item that is
 * there throughout is on one page, whatever comes and goes between them. Throws ValidationException for a token of
 * another listing.
 */
export function pageOf<Item>(listing: Listing<Item>): { items: Item[]; NextToken?: string } {
  const { keyOf, limit, nextToken, scope, isDescending } = listing
  const compare = (a: SortKey, b: SortKey) => compareValues(a.value, b.value, isDescending) || compareText(a.id, b.id)
  let keyed = listing.items.map((item) => ({ item, key: keyOf(item) }))
  if (nextToken != null) {
    const last: SortKey = JSON.parse(decodeNextToken(nextToken, scope, 'ValidationException'))
    keyed = keyed.filter(({ key }) => compare(key, last) > 0)
  }
  keyed.sort((a, b) => compare(a.key, b.key))
  const page = keyed.slice(0, fitting(keyed.map(({ item }) => item).slice(0, limit)))
  const items = page.map(({ item }) => item)
  const last = page.at(-1)
  if (last === undefined || page.length === keyed.length) return { items }
  return { items, NextToken: encodeNextToken(JSON.stringify(last.key), scope) }
}

/** How many of the items make a page: all that fit, and always one. */
function fitting(items: unknown[]): number {
  let chars = 0
  const tooMany = items.findIndex((item) => {
    chars += JSON.stringify(item).length
    return chars > MAX_PAGE_CHARS
  })
  return tooMany < 0 ? items.length : Math.max(1, tooMany)
}

function compareValues(a: SortValue, b: SortValue, isDescending: boolean): number {
  const order = a === b ? 0 : a === null ? -1 : b === null ? 1 : a < b ? -1 : 1
  return isDescending ? -order : order
}

function compareText(a: string, b: string): number {
  return a === b ? 0 : a < b ? -1 : 1
}
