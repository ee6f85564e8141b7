import { InvalidArgumentError } from 'commander'

/** A condition as the API has it: operator, column, value. */
export type DeleteCondition = [operator: string, column: string, value: unknown]

const TEXT = /^\s*([a-zA-Z0-9][\w-]*)\s*(?:(<>|<=|>=|<|>|=)|\s(in|within|like)(?=[\s"[]|$))\s*(.*?)\s*$/s
/** A value without quotes: nothing that could be meant as several, as more of the condition, or as JSON. */
const BARE = /^(?!null$)[^\s,"'<>=!()[\]{}][^\s,"]*$/
/** A pattern may begin with a bracket. */
const BARE_PATTERN = /^(?!null$)[^\s,"'<>=!(){}][^\s,"]*$/
/** One of the values of a list, with what follows it. */
const ITEM = /\s*(?:("(?:[^"\\]|\\.)*")|(?!null\s*(?:,|$))([^\s,"'<>=!()[\]{}][^\s,"]*))\s*(?:,|$)/y

const FORMS = `It must be COLUMN OPERATOR VALUE, for example 'country = US', or JSON, for example '["=","country","US"]'.`
const OPERATORS = 'The operators are =, <>, <, <=, >, >=, in, within and like.'
const QUOTES =
  'A value that is empty or null, has blanks or commas, or begins with a sign or bracket stands in double quotes.'

/**
 * Reads a condition of a delete: `COLUMN OPERATOR VALUE`, or the API's own triple as JSON. In the text a value is a word
 * or a JSON string, those of `in` and `within` a list of them with commas or a JSON list; all are sent as text, which
 * the server reads by the type of the column. Throws for anything that could be read in two ways.
 */
export function parseDeleteFilter(text: string): DeleteCondition {
  if (text.trimStart().startsWith('[')) return readTriple(text)
  const [, column, sign, word, value = ''] = TEXT.exec(text) ?? []
  const operator = sign ?? word
  if (column === undefined || operator === undefined) throw new InvalidArgumentError(`${FORMS} ${OPERATORS}`)
  if (operator === 'in') return [operator, column, readList(value)]
  if (operator === 'within') return [operator, column, readEnds(value)]
  return [operator, column, readValue(value, operator === 'like' ? BARE_PATTERN : BARE)]
}

function readTriple(text: string): DeleteCondition {
  const triple = parseJson(text)
  if (Array.isArray(triple) && triple.length === 3) {
    const [operator, column, value] = triple as unknown[]
    if (typeof operator === 'string' && typeof column === 'string') return [operator, column, value]
  }
  throw new InvalidArgumentError(FORMS)
}

function readValue(text: string, bare: RegExp): string {
  if (bare.test(text)) return text
  if (text.startsWith('"')) {
    const value = parseJson(text)
    if (typeof value === 'string') return value
  }
  throw new InvalidArgumentError(`${QUOTES} ${FORMS}`)
}

function readList(text: string): unknown[] {
  if (text.startsWith('[')) {
    const list = parseJson(text)
    if (Array.isArray(list)) return list
  }
  const values: string[] = []
  const item = new RegExp(ITEM)
  do {
    const [, quoted, word] = item.exec(text) ?? []
    if (quoted === undefined && word === undefined) throw new InvalidArgumentError(`${QUOTES} ${FORMS}`)
    values.push(word ?? String(parseJson(quoted ?? '')))
  } while (item.lastIndex < text.length || text.endsWith(','))
  return values
}

function readEnds(text: string): unknown[] {
  const ends = readList(text)
  if (ends.length === 2) return ends
  throw new InvalidArgumentError('The operator within takes the lowest and the highest value: LOW,HIGH.')
}

/** Throws for a number that would be sent as another one. */
function parseJson(text: string): unknown {
  try {
    return JSON.parse(text, (_, value) => {
      if (typeof value !== 'number' || Number.isSafeInteger(value) || !Number.isInteger(value)) return value
      throw new InvalidArgumentError(`An integer as large as ${value} stands in double quotes.`)
    })
  } catch (error) {
    if (error instanceof InvalidArgumentError) throw error
    throw new InvalidArgumentError(`It is not JSON: ${(error as Error).message}.`)
  }
}
