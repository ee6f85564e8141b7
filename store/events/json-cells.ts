/** The value of a feature as JSON has it; a feature without a value has no cell. */
export interface Cell {
  name: string
  value: string | string[]
  /** True for what JSON calls a string or a boolean: it stays text even if it looks like a number. */
  isText: boolean
}

const NUMBER = Symbol('number')

/** A JSON number as it was written: 9007199254740993 and 1.10 would not survive a JavaScript number. */
interface NumberText {
  [NUMBER]: string
}

/**
 * The cells of a row of JSON, given as `parseExactly` made it: an object of features, or `{"Record": [FeatureValue, …]}`
 * as the API has it. A feature that is null has no cell. Throws an Error with the reason for anything else.
 */
export function jsonCells(row: unknown): Cell[] {
  if (!isObject(row)) throw new Error('the line is not a JSON object')
  const { Record: record } = row
  if (isRecord(record)) {
    if (Object.keys(row).length > 1) throw new Error('an object with Record may have no other member')
    return record.flatMap(featureValueCell)
  }
  return Object.entries(row).flatMap(([name, value]) => toCell(name, value))
}

/** The elements of a JSON list, numbers as they are written. Throws an Error with the reason for anything else. */
export function parseJsonList(name: string, text: string): string[] {
  const value = text.startsWith('[') ? parseExactly(text) : undefined
  if (!Array.isArray(value)) throw new Error(`'${name}' is a collection and its cell is not a JSON list`)
  return elements(name, value)
}

/** The value of a JSON text in which each number is kept as it was written. Throws an Error with the reason. */
export function parseExactly(text: string): unknown {
  try {
    return JSON.parse(text, (_, value: unknown, context?: { source: string }) =>
      typeof value === 'number' ? ({ [NUMBER]: context?.source ?? String(value) } satisfies NumberText) : value,
    )
  } catch (error) {
    throw new Error(`it is not valid JSON: ${(error as Error).message}`)
  }
}

/** The cell of a feature's value; none for null. Throws an Error for what cannot be a feature's value. */
export function toCell(name: string, value: unknown): Cell[] {
  if (value === null) return []
  if (Array.isArray(value)) {
    return [{ name, value: elements(name, value), isText: !value.every(isNumber) }]
  }
  const { text, isText } = scalar(name, value)
  return [{ name, value: text, isText }]
}

function elements(name: string, list: unknown[]): string[] {
  return list.map((element) => scalar(name, element).text)
}

function scalar(name: string, value: unknown): { text: string; isText: boolean } {
  if (isNumber(value)) return { text: value[NUMBER], isText: false }
  if (typeof value === 'string') return { text: value, isText: true }
  if (typeof value === 'boolean') return { text: String(value), isText: true }
  throw new Error(
    `'${name}' is or holds ${described(value)}; it must be a number, a string, a boolean, or a list of them`,
  )
}

/** A FeatureValue's text is a string whatever its type, so that it tells nothing about the type. */
function featureValueCell(featureValue: { [member: string]: unknown }): Cell[] {
  const { FeatureName: name, ValueAsString: text = null, ValueAsStringList: list = null, ...others } = featureValue
  if (typeof name !== 'string') throw new Error('FeatureName of a FeatureValue is not a string')
  const [other] = Object.keys(others)
  if (other !== undefined) throw new Error(`'${name}' has the member '${other}', which a FeatureValue has not`)
  if (text !== null && list !== null) throw new Error(`'${name}' has both ValueAsString and ValueAsStringList`)
  const value = text ?? list
  if (value === null) return []
  const isValid = value === text ? typeof value === 'string' : isStringList(value)
  if (!isValid) throw new Error(`'${name}' has a value that is not a string or a list of strings`)
  return [{ name, value: value as string | string[], isText: false }]
}

/** True for a JSON object. */
export function isObject(value: unknown): value is { [member: string]: unknown } {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !isNumber(value)
}

function isNumber(value: unknown): value is NumberText {
  return typeof value === 'object' && value !== null && NUMBER in value
}

function isRecord(value: unknown): value is { [member: string]: unknown }[] {
  return Array.isArray(value) && value.every(isObject)
}

function isStringList(value: unknown): value is string[] {
  return Array.isArray(value) && value.every((element) => typeof element === 'string')
}

function described(value: unknown): string {
  if (value === null) return 'null'
  return Array.isArray(value) ? 'a list in a list' : 'an object'
}
