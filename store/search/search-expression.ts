import * as v from 'valibot'
import { validationException } from '../api-error.ts'
import { listOf, objectOf, oneOf, optional, patternOf } from '../requests/model.ts'

const MAX_ELEMENTS = 50
const MAX_LISTED = 20

export const PropertyName = patternOf(1, 255, '.+')

export const OPERATORS = [
  'Equals',
  'NotEquals',
  'GreaterThan',
  'GreaterThanOrEqualTo',
  'LessThan',
  'LessThanOrEqualTo',
  'Contains',
  'Exists',
  'NotExists',
  'In',
] as const
export type Operator = (typeof OPERATORS)[number]

const Filter = objectOf({
  Name: PropertyName,
  Operator: optional(oneOf(OPERATORS)),
  Value: optional(patternOf(1, 1_024, '.+')),
})
export type Filter = v.InferOutput<typeof Filter>

const Filters = listOf(Filter, 1, MAX_LISTED)
const NestedFilters = objectOf({ NestedPropertyName: PropertyName, Filters })
export type NestedFilters = v.InferOutput<typeof NestedFilters>

export interface SearchExpression {
  Filters?: Filter[] | null | undefined
  NestedFilters?: NestedFilters[] | null | undefined
  SubExpressions?: SearchExpression[] | null | undefined
  Operator?: 'And' | 'Or' | null | undefined
}

type ExpressionSchema = v.GenericSchema<unknown, SearchExpression>

/** An expression deeper than it may have elements is refused before it is walked. */
const TooDeep = v.pipe(
  v.unknown(),
  v.check(() => false, `Member must not be nested deeper than ${MAX_ELEMENTS} levels`),
  v.transform((): SearchExpression[] => []),
)

function expressionOf(levels: number): ExpressionSchema {
  return objectOf({
    Filters: optional(Filters),
    NestedFilters: optional(listOf(NestedFilters, 1, MAX_LISTED)),
    SubExpressions: optional(levels === 0 ? TooDeep : listOf(expressionOf(levels - 1), 1, MAX_LISTED)),
    Operator: optional(oneOf(['And', 'Or'])),
  })
}

export const SearchExpression = expressionOf(MAX_ELEMENTS)

/** Throws ValidationException for an expression without any condition, and for one with more than fifty elements. */
export function assertElements(expression: SearchExpression): void {
  const elements = countElements(expression)
  if (elements <= MAX_ELEMENTS) return
  throw validationException(`SearchExpression has ${elements} elements. It must not have more than ${MAX_ELEMENTS}.`)
}

function countElements({ Filters: filters, NestedFilters: nested, SubExpressions: subs }: SearchExpression): number {
  const own = (filters?.length ?? 0) + (nested?.length ?? 0) + (subs?.length ?? 0)
  if (own === 0) {
    throw validationException('SearchExpression is empty. It must have Filters, NestedFilters or SubExpressions.')
  }
  return (subs ?? []).reduce((count, sub) => count + countElements(sub), own)
}
