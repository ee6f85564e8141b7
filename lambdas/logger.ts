import { Logger } from '@aws-lambda-powertools/logger'

/** Structured logs. What is given to it must not hold values of features: errors go through `loggable`. */
export const logger = new Logger()

/** What a log may say of an error: not the items that the SDK's exceptions carry. */
export function loggable(error: unknown): { [attribute: string]: unknown } {
  if (!(error instanceof Error)) return { message: String(error) }
  const { name, message, stack, cause } = error
  const code = 'code' in error ? { code: error.code } : {}
  return { name, ...code, message, stack, ...(cause !== undefined && { cause: loggable(cause) }) }
}

/** Logs an error that the function goes on after. */
export function logError(message: string): (error: unknown) => void {
  return (error) => logger.error(message, { error: loggable(error) })
}
