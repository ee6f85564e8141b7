import { quote, validationException } from '../api-error.ts'
import { type Condition, toCondition } from './condition.ts'
import { type Property, type Resource, requireProperty, valuesAt } from './resource.ts'
import type { NestedFilters, SearchExpression } from './search-expression.ts'

/** The condition that an expression sets on documents of a resource. Throws ValidationException. */
export function compileExpression(resource: Resource, expression: SearchExpression): Condition {
  const { Filters, NestedFilters: nested, SubExpressions, Operator } = expression
  const conditions = [
    ...(Filters ?? []).map((filter) => toCondition(filter, requireProperty(resource, filter.Name))),
    ...(nested ?? []).map((filters) => nestedCondition(resource, filters)),
    ...(SubExpressions ?? []).map((sub) => compileExpression(resource, sub)),
  ]
  if (Operator === 'Or') return (document) => conditions.some((condition) => condition(document))
  return (document) => conditions.every((condition) => condition(document))
}

/** Holds where one element of the list meets all of the filters. */
function nestedCondition(resource: Resource, { NestedPropertyName: list, Filters }: NestedFilters): Condition {
  if (list !== resource.nested) {
    throw validationException(
      `NestedPropertyName ${quote(list)} is not a list that can be searched. It must be ${resource.nested ?? 'left out: this resource has none'}.`,
    )
  }
  const conditions = Filters.map((filter) => toCondition(filter, elementProperty(resource, list, filter.Name)))
  return (document) => valuesAt(document, [list]).some((element) => conditions.every((condition) => condition(element)))
}

/** A property of the list's elements, named in full: `FeatureDefinitions.FeatureName`. */
function elementProperty(resource: Resource, list: string, name: string): Property {
  const property = requireProperty(resource, name)
  if (!name.startsWith(`${list}.`)) {
    throw validationException(`Name ${quote(name)} is not nested in ${list}. It must begin with '${list}.'.`)
  }
  const path = name.slice(list.length + 1).split('.')
  return { ...property, read: (element) => valuesAt(element, path) }
}
