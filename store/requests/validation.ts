import * as v from 'valibot'
import { ApiError, type ErrorCode, quote } from '../api-error.ts'

/** A constraint that a member broke, and where. */
export interface Violation {
  path: (string | number)[]
  sentence: string
}

/** What came of reading an input: it, and the members in it that break a constraint. */
export interface Checked<T> {
  input: T
  violations: Violation[]
}

/**
 * Reads `value` as a request of that shape. Throws when a member has the wrong JSON type, is missing or is unknown;
 * members that only break a constraint are told in `violations`.
 */
export function check<Schema extends v.GenericSchema>(
  schema: Schema,
  value: unknown,
  code: ErrorCode,
): Checked<v.InferOutput<Schema>> {
  const result = v.safeParse(schema, value)
  if (result.success) return { input: result.output, violations: [] }
  const violations: Violation[] = []
  let malformed = false
  for (const issue of result.issues) {
    if (issue.kind === 'schema') malformed = true
    violations.push({ path: pathOf(issue), sentence: sentenceOf(issue) })
  }
  if (malformed) throw violationError(violations, code)
  return { input: result.output as v.InferOutput<Schema>, violations }
}

/** As `check`, and throws for a broken constraint too. */
export function parse<Schema extends v.GenericSchema>(
  schema: Schema,
  value: unknown,
  code: ErrorCode,
): v.InferOutput<Schema> {
  const { input, violations } = check(schema, value, code)
  if (violations.length > 0) throw violationError(violations, code)
  return input
}

const MAX_TOLD = 5

/** AWS's sentence for members that break the service model. */
export function violationError(violations: Violation[], code: ErrorCode): ApiError {
  const count = `${violations.length} validation error${violations.length === 1 ? '' : 's'} detected: `
  const told = violations.slice(0, MAX_TOLD).map((violation) => violation.sentence)
  if (violations.length > MAX_TOLD) told.push(`and ${violations.length - MAX_TOLD} more`)
  return new ApiError(code, count + told.join('; '))
}

function pathOf(issue: v.BaseIssue<unknown>): (string | number)[] {
  return (issue.path ?? []).map((item) => item.key as string | number)
}

function sentenceOf(issue: v.BaseIssue<unknown>): string {
  const path = pathOf(issue)
  const where = path.length === 0 ? 'request' : path.map(pathSegment).join('.')
  return `Value ${quote(issue.input ?? null)} at '${where}' failed to satisfy constraint: ${constraint(issue)}`
}

/** As AWS prints it: members begin in lower case, list items count from 1. */
function pathSegment(key: string | number): string {
  return typeof key === 'number' ? `${key + 1}.member` : key.charAt(0).toLowerCase() + key.slice(1)
}

const JSON_TYPES: { [expected: string]: string } = {
  Object: 'an object',
  Array: 'a list',
  string: 'a string',
  number: 'a number',
  boolean: 'a boolean',
}

function constraint(issue: v.BaseIssue<unknown>): string {
  if (issue.kind !== 'schema' || issue.type === 'custom') return issue.message
  if (issue.expected === 'never') return 'Member is not a member of this request'
  if (issue.input === undefined || issue.input === null) return 'Member must not be null'
  return `Member must be ${JSON_TYPES[issue.expected ?? ''] ?? issue.expected}`
}
