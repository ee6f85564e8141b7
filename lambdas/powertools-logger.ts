import { Logger } from '@aws-lambda-powertools/logger'
import type { Invocation, Line } from './logger.ts'

const logger = new Logger()
let named: Invocation | undefined

/** Writes a line that names its invocation. */
export function writeLine({ level, message, attributes, invocation }: Line): void {
  if (invocation !== undefined && invocation !== named) name(invocation)
  logger[level](message, attributes)
}

function name(invocation: Invocation): void {
  // A logger takes the first that it is told of for the function's first.
  if (named === undefined && !invocation.isFirst) logger.addContext(invocation.context)
  logger.addContext(invocation.context)
  named = invocation
}
