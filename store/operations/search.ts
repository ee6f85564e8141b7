import type * as v from 'valibot'
import { quote, validationException } from '../api-error.ts'
import { integerOf, NextToken, objectOf, oneOf, optional, SortOrder } from '../requests/model.ts'
import { pageOf, type SortValue } from '../requests/page.ts'
import { parse } from '../requests/validation.ts'
import { compileExpression } from '../search/compile-expression.ts'
import type { Condition } from '../search/condition.ts'
import { type Document, FEATURE_GROUP, FEATURE_METADATA, type Resource, requireProperty } from '../search/resource.ts'
import { featureGroupDocuments, featureMetadataDocuments } from '../search/search-documents.ts'
import { assertElements, PropertyName, SearchExpression } from '../search/search-expression.ts'
import { VisibilityConditions, visibility } from '../search/visibility.ts'
import type { ControlStores } from '../stores.ts'

const MAX_RESULTS = 100

const SearchRequest = objectOf({
  Resource: oneOf([
    'TrainingJob',
    'Experiment',
    'ExperimentTrial',
    'ExperimentTrialComponent',
    'Endpoint',
    'Model',
    'ModelPackage',
    'ModelPackageGroup',
    'Pipeline',
    'PipelineExecution',
    'FeatureGroup',
    'FeatureMetadata',
    'Image',
    'ImageVersion',
    'Project',
    'HyperParameterTuningJob',
    'ModelCard',
    'PipelineVersion',
    'Job',
    'HubContent',
  ]),
  SearchExpression: optional(SearchExpression),
  SortBy: optional(PropertyName),
  SortOrder: optional(SortOrder),
  NextToken: optional(NextToken),
  MaxResults: optional(integerOf(1, MAX_RESULTS)),
  CrossAccountFilterOption: optional(oneOf(['SameAccount', 'CrossAccount'])),
  VisibilityConditions: optional(VisibilityConditions),
})

type Request = v.InferOutput<typeof SearchRequest>

export interface SearchResponse {
  Results: { FeatureGroup?: Document; FeatureMetadata?: Document }[]
  TotalHits: { Value: number; Relation: 'EqualTo' }
  NextToken?: string
}

/** What can be searched here, with an id of each document. */
const SEARCHABLE = {
  FeatureGroup: { resource: FEATURE_GROUP, idOf: ['FeatureGroupName'], documents: featureGroupDocuments },
  FeatureMetadata: {
    resource: FEATURE_METADATA,
    idOf: ['FeatureGroupName', 'FeatureName'],
    documents: featureMetadataDocuments,
  },
}

/**
 * A page of the feature groups, or of the features, that meet the expression: the last modified first, and a hundred
 * of them, unless asked otherwise. Nothing of another account is here to be found. Throws ValidationException for
 * other resources, for a property that the resource does not have and for a value of another type.
 * https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_Search.html
 */
export async function search(stores: ControlStores, input: unknown): Promise<SearchResponse> {
  const { NextToken: nextToken, MaxResults, ...query } = parse(SearchRequest, input, 'ValidationException')
  const kind = requireSearchable(query.Resource)
  const { resource, idOf, documents } = SEARCHABLE[kind]
  const condition = toCondition(resource, query)
  const sortValue = sortValueOf(resource, query.SortBy ?? 'LastModifiedTime')
  const found: Document[] = (await documents(stores.catalog)).filter(condition)
  const { items, ...next } = pageOf({
    items: found,
    keyOf: (document) => ({ value: sortValue(document), id: idOf.map((member) => document[member]).join('/') }),
    isDescending: query.SortOrder !== 'Ascending',
    limit: MaxResults ?? MAX_RESULTS,
    nextToken,
    scope: JSON.stringify(['Search', query]),
  })
  const TotalHits = { Value: found.length, Relation: 'EqualTo' as const }
  return { Results: items.map((document) => ({ [kind]: document })), TotalHits, ...next }
}

function requireSearchable(resource: Request['Resource']): keyof typeof SEARCHABLE {
  if (resource === 'FeatureGroup' || resource === 'FeatureMetadata') return resource
  throw validationException(
    `Resource ${quote(resource)} cannot be searched here. It must be ${Object.keys(SEARCHABLE).join(' or ')}.`,
  )
}

function toCondition(resource: Resource, query: Request): Condition {
  const { SearchExpression: expression, VisibilityConditions: visible, CrossAccountFilterOption } = query
  const conditions: Condition[] = []
  if (expression != null) {
    assertElements(expression)
    conditions.push(compileExpression(resource, expression))
  }
  if (visible != null) conditions.push(visibility(visible))
  if (CrossAccountFilterOption === 'CrossAccount') conditions.push(() => false)
  return (document) => conditions.every((condition) => condition(document))
}

function sortValueOf(resource: Resource, name: string): (document: Document) => SortValue {
  const { type, read } = requireProperty(resource, name)
  if (type === 'object') {
    throw validationException(`SortBy ${quote(name)} has members. It must be a property with a value of its own.`)
  }
  return (document) => {
    const [value] = read(document)
    return typeof value === 'string' || typeof value === 'number' ? value : value === undefined ? null : String(value)
  }
}
