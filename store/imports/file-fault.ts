import { ApiError, validationError } from '../api-error.ts'

/** What went wrong while a file was read: an error of the API as it is; any other means that the file is damaged. */
export function asFileFault(error: unknown): ApiError {
  return error instanceof ApiError ? error : validationError((error as Error).message)
}

/** True for an error that no repeating will help, because it is in the file, or in what it is for. */
export function isFileFault(error: unknown): error is ApiError {
  return error instanceof ApiError && error.status < 500
}
