import { ApiError } from '../api-error.ts'

/** What calls to AWS throw, as far as it is looked at: the shape of every SDK's exceptions. */
export interface CallError {
  name: string
  $fault?: 'client' | 'server'
  $metadata?: { attempts?: number; httpStatusCode?: number }
}

/** Client faults of AWS's services that are no fault of the request: it may succeed when it is made again. */
const PASSING = new Set([
  'ConcurrentModificationException',
  'LimitExceededException',
  'OperationTimeoutException',
  'ProvisionedThroughputExceededException',
  'RequestLimitExceeded',
  'RequestThrottled',
  'ResourceNotReadyException',
  'ThrottlingException',
  'TooManyRequestsException',
])

/** True for a call that no repeating will help: it is wrong, or the caller may not make it. */
export function isWrongCall(error: unknown): boolean {
  return !isCallError(error) || (error.$fault === 'client' && !PASSING.has(error.name))
}

/** True when the call was made more than once, so that an earlier attempt may have succeeded without an answer. */
export function wasRepeated(error: unknown): boolean {
  return isCallError(error) && (error.$metadata?.attempts ?? 1) > 1
}

/**
 * What the caller of an operation is told of a call to AWS that failed for good: ServiceUnavailable when repeating may
 * help, InternalFailure when it cannot. `what` names what was to be done.
 */
export function callFailure(what: string, error: unknown): ApiError {
  if (error instanceof ApiError) return error
  if (isWrongCall(error)) return new ApiError('InternalFailure', `could not ${what}`, { cause: error })
  return new ApiError('ServiceUnavailable', `could not ${what}; try again`, { cause: error })
}

function isCallError(error: unknown): error is CallError {
  return error instanceof Error && '$metadata' in error
}
