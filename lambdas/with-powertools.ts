import middy from '@middy/core'
import type { Context } from 'aws-lambda'
import { logLines } from './logger.ts'
import { leavingMetrics } from './metrics.ts'

export interface StackOptions<Result> {
  /** What is answered when the function's time is about to end; without it the invocation fails. */
  onTimeout?: () => Result
}

const TIME_TO_ANSWER_MS = 500

/** The stack around every handler: log lines name the invocation; they and the metrics leave when it ends. */
export function withPowertools<Event, Result>(
  handler: (event: Event, context: Context) => Promise<Result>,
  { onTimeout }: StackOptions<Result> = {},
) {
  const early = onTimeout && { timeoutEarlyInMillis: TIME_TO_ANSWER_MS, timeoutEarlyResponse: onTimeout }
  return middy(handler, early).use(logLines()).use(leavingMetrics())
}
