import { destination, type Logger, pino } from 'pino'

export const LOG_LEVELS = ['debug', 'info', 'warn', 'error'] as const

/** Structured logs, a JSON object a line, on stderr. They never hold feature values. */
export function makeLogger(level: string): Logger {
  const formatters = { level: (label: string) => ({ level: label }) }
  return pino(
    { level, base: null, formatters, timestamp: pino.stdTimeFunctions.isoTime },
    destination({ fd: 2, sync: true }),
  )
}
