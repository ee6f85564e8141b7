import { ApiError } from '../api-error.ts'
import { batchGetRecord } from '../operations/batch-get-record.ts'
import { batchWriteRecord } from '../operations/batch-write-record.ts'
import { deleteRecord } from '../operations/delete-record.ts'
import { getRecord } from '../operations/get-record.ts'
import { listRecords } from '../operations/list-records.ts'
import { putRecord } from '../operations/put-record.ts'
import { updateRecord } from '../operations/update-record.ts'
import type { Stores } from '../stores.ts'
import { readJsonObject } from './body.ts'
import type { HttpRequest } from './http.ts'
import { readQuery } from './query.ts'
import type { Match } from './route-match.ts'
import { ROUTES, type RuntimeOperation } from './routes.ts'

/** An operation answers with JSON text, with a value, or with nothing. */
type Operation = (stores: Stores, input: unknown) => Promise<unknown>

const OPERATIONS: Record<RuntimeOperation, Operation> = {
  PutRecord: putRecord,
  GetRecord: getRecord,
  DeleteRecord: deleteRecord,
  BatchGetRecord: batchGetRecord,
  BatchWriteRecord: batchWriteRecord,
  ListRecords: listRecords,
  UpdateRecord: updateRecord,
}

/** Calls the operation of a restJson1 request; its answer as JSON text. */
export async function callRuntime(stores: Stores, request: HttpRequest, match: Match): Promise<string> {
  const output = await OPERATIONS[match.operation](stores, readInput(request, match))
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
