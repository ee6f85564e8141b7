/** HTTP status of every error that the runtime API and the protocol answer; `api.md` section 1.3. */
const STATUS = {
  ValidationError: 400,
  AccessForbidden: 403,
  ResourceNotFound: 404,
  UnknownOperationException: 404,
  MethodNotAllowedException: 405,
  ConflictException: 409,
  RequestEntityTooLargeException: 413,
  InternalFailure: 500,
  ServiceUnavailable: 503,
  // The control plane answers 400 to all of these.
  ValidationException: 400,
  SerializationException: 400,
  ResourceInUse: 400,
  ResourceLimitExceeded: 400,
} as const

export type ErrorCode = keyof typeof STATUS

const MAX_MESSAGE_CHARS = 2048

/** An error the API promises to its callers; anything else becomes InternalFailure. */
export class ApiError extends Error {
  override readonly name = 'ApiError'
  readonly code: ErrorCode
  readonly status: number

  constructor(code: ErrorCode, message: string, options?: ErrorOptions) {
    super(message.slice(0, MAX_MESSAGE_CHARS), options)
    this.code = code
    this.status = STATUS[code]
  }
}

const MAX_QUOTED_CHARS = 100

/** A caller's value as it stands in an error message: in quotes, shortened. */
export function quote(value: unknown): string {
  const text = typeof value === 'string' ? value : jsonStart(value, MAX_QUOTED_CHARS)
  return text.length > MAX_QUOTED_CHARS ? `'${text.slice(0, MAX_QUOTED_CHARS)}...'` : `'${text}'`
}

/**
 * The JSON text of a value, or the beginning of one that is longer: the whole of a large value would take long, and
 * that of a deep one more stack than there is.
 */
function jsonStart(value: unknown, maxChars: number): string {
  if (typeof value === 'string') return JSON.stringify(value.slice(0, Math.max(0, maxChars)))
  if (typeof value !== 'object' || value === null) return String(value)
  const [open, close] = Array.isArray(value) ? ['[', ']'] : ['{', '}']
  let text = open
  for (const key in value) {
    if (text.length > maxChars) return text
    if (text.length > 1) text += ','
    if (open === '{') text += `${JSON.stringify(key)}:`
    text += jsonStart((value as { [member: string]: unknown })[key], maxChars - text.length)
  }
  return text + close
}

/** The ValidationError of a rule that the model's constraints do not express. */
export function validationError(message: string): ApiError {
  return new ApiError('ValidationError', `Validation Error: ${message}`)
}

/** The ValidationException, which is the control plane's ValidationError. */
export function validationException(message: string): ApiError {
  return new ApiError('ValidationException', `Validation Error: ${message}`)
}
