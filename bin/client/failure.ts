/** What is known of an error of the AWS SDK or of Node.js; any of it may be missing. */
interface Failure {
  name?: string
  message?: string
  /** Node.js's code of a failed system call. */
  code?: string
  $metadata?: { httpStatusCode?: number }
  /** Set by the SDK when it could not read the answer, for example a proxy's page. */
  $response?: { statusCode?: number }
}

const CONNECTION_CODES = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'ECONNABORTED',
  'EPIPE',
  'ETIMEDOUT',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'ENOTFOUND',
  'EAI_AGAIN',
])

/** The HTTP status of an answer that was an error; undefined when there was no answer. */
export function httpStatus(error: unknown): number | undefined {
  const { $metadata, $response } = error as Failure
  return $metadata?.httpStatusCode ?? $response?.statusCode
}

/** True when the server could not be reached or the connection broke. */
export function isConnectionFailure(error: unknown): boolean {
  const { name, code } = error as Failure
  return httpStatus(error) === undefined && (name === 'TimeoutError' || CONNECTION_CODES.has(code ?? ''))
}

/** One line for a person: the code and message of an error of the API, what to do when no server answers. */
export function failureMessage(error: unknown, endpoint?: string): string {
  const { name, message = '', code } = error as Failure
  if (code === 'ECONNREFUSED' && endpoint !== undefined) {
    return `no server listens on ${endpoint}; start one with "cairn serve" or give --endpoint`
  }
  const status = httpStatus(error)
  const line = message.replaceAll(/\s*\n\s*/g, ' ') || code || String(error)
  if (isConnectionFailure(error) && endpoint !== undefined) return `${endpoint} cannot be reached: ${line}`
  if (status === undefined) return line
  return name === 'SyntaxError' ? `the answer is not JSON (HTTP status ${status})` : `${name}: ${line}`
}
