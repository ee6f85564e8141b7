import { ApiError } from '../api-error.ts'
import { KdbError } from '../deletes/kdb-error.ts'

/** What callers are told of why a job has failed: only errors of our own say nothing of the values of records. */
export function failureReason(error: unknown): string {
  if (error instanceof KdbError || error instanceof ApiError) return error.message
  return 'internal error: the log of the worker tells of it'
}
