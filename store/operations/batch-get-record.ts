import type * as v from 'valibot'
import { ApiError } from '../api-error.ts'
import type { Version } from '../records/change.ts'
import { assertIdentifier } from '../records/record.ts'
import {
  ExpirationTimeResponse,
  FeatureGroupNameOrArn,
  FeatureName,
  listOf,
  objectOf,
  optional,
  ValueAsString,
} from '../requests/model.ts'
import { check, violationError } from '../requests/validation.ts'
import type { ReadStores } from '../stores.ts'
import { expiresAtMember, project, readableGroup } from './get-record.ts'

/** Of JSON text, counted as it travels from a Lambda: as a string within JSON, of which Lambda allows six megabytes. */
const MAX_RESPONSE_BYTES = 5 * 1024 * 1024

const Identifier = objectOf({
  FeatureGroupName: FeatureGroupNameOrArn,
  RecordIdentifiersValueAsString: listOf(ValueAsString, 1, 100),
  FeatureNames: optional(listOf(FeatureName, 1)),
})

const BatchGetRecordRequest = objectOf({
  Identifiers: listOf(Identifier, 1, 100),
  ExpirationTimeResponse: optional(ExpirationTimeResponse),
})
type Request = v.InferOutput<typeof BatchGetRecordRequest>
type Block = Request['Identifiers'][number]

/** What a block of identifiers adds to the answer, as JSON texts. */
interface Answer {
  records: string[]
  errors: string[]
  unprocessed: string[]
}

/**
 * The JSON text of BatchGetRecord's answer. Missing, deleted and expired records are in none of its lists; what does
 * not fit in 5 MB is in UnprocessedIdentifiers, to be asked for again.
 * https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_feature_store_BatchGetRecord.html
 */
export async function batchGetRecord(stores: ReadStores, input: unknown): Promise<string> {
  const { input: request, violations } = check(BatchGetRecordRequest, input, 'ValidationError')
  if (violations.length > 0) throw violationError(violations, 'ValidationError')
  const now = stores.now()
  const answer: Answer = { records: [], errors: [], unprocessed: [] }
  let bytesLeft = MAX_RESPONSE_BYTES
  for (const block of request.Identifiers) {
    bytesLeft -= await answerBlock(stores, block, request, { now, bytesLeft, answer })
  }
  return `{"Records":[${answer.records}],"Errors":[${answer.errors}],"UnprocessedIdentifiers":[${answer.unprocessed}]}`
}

interface Progress {
  now: number
  bytesLeft: number
  answer: Answer
}

/** Adds one block to the answer; says how many bytes of records it added. */
async function answerBlock(stores: ReadStores, block: Block, request: Request, progress: Progress): Promise<number> {
  const { answer, bytesLeft } = progress
  const { groupId, identifiers } = await resolveBlock(stores, block, answer)
  if (groupId === undefined) return 0
  const versions = await stores.online.getMany(groupId, identifiers, progress.now)
  let bytes = 0
  const unprocessed: string[] = []
  for (const [index, identifier] of identifiers.entries()) {
    const version = versions[index]
    if (version === undefined) continue
    if (version === 'unprocessed') {
      unprocessed.push(identifier)
      continue
    }
    const record = recordJson(block, identifier, version, request)
    const size = Buffer.byteLength(JSON.stringify(record))
    if (bytes + size > bytesLeft) unprocessed.push(identifier)
    else {
      bytes += size
      answer.records.push(record)
    }
  }
  if (unprocessed.length > 0) {
    answer.unprocessed.push(JSON.stringify({ ...block, RecordIdentifiersValueAsString: unprocessed }))
  }
  return bytes
}

/** The group of a block and its identifiers, each once; identifiers that cannot be looked up become errors. */
async function resolveBlock(stores: ReadStores, block: Block, answer: Answer) {
  const unique = [...new Set(block.RecordIdentifiersValueAsString)]
  try {
    const { groupId } = await readableGroup(stores, block.FeatureGroupName, block.FeatureNames)
    return { groupId, identifiers: unique.filter((identifier) => isLookedUp(block, identifier, answer)) }
  } catch (error) {
    for (const identifier of unique) answer.errors.push(errorJson(block, identifier, error))
    return { identifiers: [] }
  }
}

function isLookedUp(block: Block, identifier: string, answer: Answer): boolean {
  try {
    assertIdentifier(identifier)
    return true
  } catch (error) {
    answer.errors.push(errorJson(block, identifier, error))
    return false
  }
}

function errorJson(block: Block, identifier: string, error: unknown): string {
  if (!(error instanceof ApiError)) throw error
  return JSON.stringify({
    FeatureGroupName: block.FeatureGroupName,
    RecordIdentifierValueAsString: identifier,
    ErrorCode: error.code,
    ErrorMessage: error.message,
  })
}

function recordJson(block: Block, identifier: string, version: Version, request: Request): string {
  const name = JSON.stringify(block.FeatureGroupName)
  const record = project(version.features, block.FeatureNames)
  const expiry = expiresAtMember(version, request.ExpirationTimeResponse)
  return `{"FeatureGroupName":${name},"RecordIdentifierValueAsString":${JSON.stringify(identifier)},"Record":${record}${expiry}}`
}
