import { ApiError } from '../api-error.ts'
import { readJsonObject } from './body.ts'
import type { HttpRequest } from './http.ts'
import type { Protocol } from './protocol.ts'
import { readQuery } from './query.ts'
import { type Match, matchRoute } from './route-match.ts'
import { ROUTES, type RuntimeOperation } from './routes.ts'

/** An operation answers with JSON text, with a value, or with nothing. */
export type Operation = (input: unknown) => Promise<unknown>

/** The runtime API with these of its operations: a server has all of them, a Lambda one. */
export function restJson(operations: { [name in RuntimeOperation]?: Operation }): Protocol {
  return {
    contentType: 'application/json',
    async answer(request, call) {
      const match = matchRoute(request.method, request.path)
      call.operation = match.operation
      const operation = operations[match.operation]
      if (operation === undefined) throw new ApiError('UnknownOperationException', `${match.operation} is not here`)
      return toJson(await operation(readInput(request, match)))
    },
  }
}

function toJson(output: unknown): string {
  if (output === undefined) return ''
  return typeof output === 'string' ? output : JSON.stringify(output)
}

function readInput(request: HttpRequest, { operation, featureGroupName }: Match): unknown {
  const { query, hasBody } = ROUTES[operation]
  if (!hasBody && request.body.length > 0) {
    throw new ApiError('ValidationError', `${operation} has no body, and this one has ${request.body.length} bytes`)
  }
  const input = { ...readQuery(request.query, query), ...(hasBody && readJsonObject(request.body, 'ValidationError')) }
  if (featureGroupName === undefined) return input
  if ('FeatureGroupName' in input) {
    throw new ApiError('ValidationError', 'FeatureGroupName is a member of the path, not of the body')
  }
  return { FeatureGroupName: featureGroupName, ...input }
}
