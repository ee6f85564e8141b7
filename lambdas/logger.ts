import type { Context } from 'aws-lambda'
import { loadOnce } from './load-once.ts'

export type Level = 'error' | 'info'
type Attributes = { [attribute: string]: unknown }

export interface Invocation {
  context: Context
  isFirst: boolean
}

export interface Line {
  level: Level
  message: string
  attributes: Attributes
  /** What the function was invoked for when the line was logged. */
  invocation: Invocation | undefined
}

const load = loadOnce(() => import('./powertools-logger.ts'))
let invocation: Invocation | undefined
let underWay: Promise<void>[] = []

/**
 * Structured logs. What is given to them must not hold values of features: errors go through `loggable`. What it takes
 * to write a line is loaded with the first, as few invocations have anything to tell.
 */
export const logger = { error: writer('error'), info: writer('info') }

function writer(level: Level) {
  return (message: string, attributes: Attributes): void => {
    underWay.push(write({ level, message, attributes, invocation }))
  }
}

async function write(line: Line): Promise<void> {
  const { writeLine } = await load()
  writeLine(line)
}

/** For Middy: log lines name the invocation, which does not end before they are written. */
export function logLines() {
  return {
    before: ({ context }: { context: Context }): void => {
      invocation = { context, isFirst: invocation === undefined }
    },
    after: allWritten,
    onError: allWritten,
  }
}

async function allWritten(): Promise<void> {
  const lines = underWay
  underWay = []
  await Promise.all(lines)
}

/** What a log may say of an error: not the items that the SDK's exceptions carry. */
export function loggable(error: unknown): Attributes {
  if (!(error instanceof Error)) return { message: String(error) }
  const { name, message, stack, cause } = error
  const code = 'code' in error ? { code: error.code } : {}
  return { name, ...code, message, stack, ...(cause !== undefined && { cause: loggable(cause) }) }
}

/** Logs an error that the function goes on after. */
export function logError(message: string): (error: unknown) => void {
  return (error) => logger.error(message, { error: loggable(error) })
}
