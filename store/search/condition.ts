import { quote, validationException } from '../api-error.ts'
import type { Property, PropertyType } from './resource.ts'
import type { Filter, Operator } from './search-expression.ts'

/** Says of a document, or of an element of one of its lists, whether a condition holds. */
export type Condition = (document: unknown) => boolean

/** Which properties an operator can be used on; API reference, Filter. */
const TYPES: { [operator in Operator]: PropertyType[] } = {
  Equals: ['text', 'number', 'boolean', 'timestamp'],
  NotEquals: ['text', 'number', 'boolean', 'timestamp'],
  GreaterThan: ['number', 'timestamp'],
  GreaterThanOrEqualTo: ['number', 'timestamp'],
  LessThan: ['number', 'timestamp'],
  LessThanOrEqualTo: ['number', 'timestamp'],
  Contains: ['text'],
  In: ['text'],
  Exists: ['text', 'number', 'boolean', 'timestamp', 'object'],
  NotExists: ['text', 'number', 'boolean', 'timestamp', 'object'],
}

/**
 * The condition that a filter sets. A property with many values meets it when one of them does; NotEquals and
 * NotExists hold exactly where Equals and Exists do not, without a value too. Throws ValidationException for an
 * operator or a value that the property's type does not allow.
 */
export function toCondition({ Operator: asked, Value }: Filter, property: Property): Condition {
  const operator = asked ?? 'Equals'
  const { name, type, read } = property
  if (!TYPES[operator].includes(type)) {
    throw validationException(
      `Operator ${operator} is not supported for ${quote(name)}, which is of type ${type}. It must be used on one of type ${TYPES[operator].join(', ')}.`,
    )
  }
  if (operator === 'Exists' || operator === 'NotExists') return existence(operator, property, Value)
  if (Value == null) throw validationException(`Operator ${operator} on ${quote(name)} needs a Value.`)
  const holds = valueTest(operator, property, Value)
  if (operator === 'NotEquals') return (document) => !read(document).some(holds)
  return (document) => read(document).some(holds)
}

function existence(operator: 'Exists' | 'NotExists', { name, read }: Property, value: string | null | undefined) {
  if (value != null) {
    throw validationException(
      `Operator ${operator} on ${quote(name)} has the Value ${quote(value)}. It must have none.`,
    )
  }
  const isWanted = operator === 'Exists'
  return (document: unknown) => read(document).length > 0 === isWanted
}

type ValueTest = (value: unknown) => boolean

function valueTest(operator: Operator, { name, type }: Property, operand: string): ValueTest {
  if (type === 'number' || type === 'timestamp') {
    const { parse, read } = NUMERIC[type]
    const number = parse(operand, name)
    const isMet = ORDERS[operator as keyof typeof ORDERS]
    return (value) => isMet(read(Number(value)) - number)
  }
  if (type === 'boolean') {
    const wanted = parseBoolean(operand, name)
    return (value) => value === wanted
  }
  if (operator === 'Contains') return (value) => String(value).includes(operand)
  const allowed = operator === 'In' ? operand.split(',').map((text) => text.trim()) : [operand]
  return (value) => allowed.includes(String(value))
}

/** By the sign of a value less the operand. */
const ORDERS = {
  Equals: (difference: number) => difference === 0,
  NotEquals: (difference: number) => difference === 0,
  GreaterThan: (difference: number) => difference > 0,
  GreaterThanOrEqualTo: (difference: number) => difference >= 0,
  LessThan: (difference: number) => difference < 0,
  LessThanOrEqualTo: (difference: number) => difference <= 0,
}

/** How an operand is read, and a document's value made comparable with it: times in milliseconds. */
const NUMERIC = {
  number: { parse: parseNumber, read: (value: number) => value },
  timestamp: { parse: parseTimestamp, read: (seconds: number) => Math.round(seconds * 1000) },
}

const NUMBER = /^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?$/
const TIMESTAMP = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d{1,9})?(Z|[+-]\d{2}:\d{2})?$/

function parseNumber(operand: string, name: string): number {
  if (NUMBER.test(operand)) return Number(operand)
  throw invalidValue(operand, name, 'an integer or a decimal number')
}

function parseTimestamp(operand: string, name: string): number {
  const zoned = /(Z|[+-]\d{2}:\d{2})$/.test(operand) ? operand : `${operand}Z`
  const milliseconds = TIMESTAMP.test(operand) ? Date.parse(zoned) : Number.NaN
  if (!Number.isNaN(milliseconds)) return milliseconds
  throw invalidValue(operand, name, "an ISO 8601 date and time, YYYY-mm-dd'T'HH:MM:SS, in UTC unless it names a zone")
}

function parseBoolean(operand: string, name: string): boolean {
  const text = operand.toLowerCase()
  if (text === 'true' || text === 'false') return text === 'true'
  throw invalidValue(operand, name, 'true or false')
}

function invalidValue(operand: string, name: string, allowed: string): Error {
  return validationException(`Value ${quote(operand)} is not valid for ${quote(name)}. It must be ${allowed}.`)
}
