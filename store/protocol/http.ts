/** An HTTP request as Lambda and `node:http` both can give it. */
export interface HttpRequest {
  method: string
  /** As it was sent: not decoded, without the query. */
  path: string
  /** As it was sent, without the question mark. */
  query: string
  /** By lower-case name. */
  headers: { [name: string]: string | undefined }
  body: Uint8Array
  /** Who sent it, where that is known: the ARN of the IAM caller. */
  caller?: string
}

export interface HttpResponse {
  status: number
  headers: { [name: string]: string }
  body: string
  /** The operation that answered, or `unknown`: for logs and metrics. */
  operation: string
  /** The error behind a status of 400 or more. */
  error?: unknown
}

/** The largest request body, the limit of API Gateway's HTTP APIs. */
export const MAX_BODY_BYTES = 10 * 1024 * 1024
