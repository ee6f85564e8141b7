/** What kind of error it is, in one word; `details` says what it applies to. */
export type KdbErrorText =
  | 'missing'
  | 'invalid'
  | 'type'
  | 'conflict'
  | 'locked'
  | 'unknown'
  | 'forbidden'
  | 'gone'
  | 'internal'
  | 'unavailable'

export type KdbErrorStatus = 400 | 403 | 404 | 405 | 409 | 410 | 413 | 500 | 503

const MAX_DETAILS_CHARS = 2048

/** An error that the delete API promises to its callers, in the words of kdb Insights. */
export class KdbError extends Error {
  override readonly name = 'KdbError'
  readonly status: KdbErrorStatus
  readonly text: KdbErrorText
  readonly details: string

  constructor(status: KdbErrorStatus, text: KdbErrorText, details: string, options?: ErrorOptions) {
    const told = details.slice(0, MAX_DETAILS_CHARS)
    super(`${text}: ${told}`, options)
    this.status = status
    this.text = text
    this.details = told
  }
}

/**
 * The body of the answer to an error, as kdb Insights writes it
 * (https://code.kx.com/insights/microservices/database/storage/delete.html): compact, `code` a string, in this order.
 */
export function kdbErrorBody({ status, text, details }: KdbError): string {
  return JSON.stringify({ code: String(status), text, details })
}
