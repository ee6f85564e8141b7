import type { Connection } from './connection.ts'

/** A request of an API that the AWS SDK does not know. */
export interface Call {
  method: 'GET' | 'POST'
  /** Its segments percent-encoded. */
  path: string
  query?: { [key: string]: string }
  body?: unknown
}

/** What is known of the answer to a request that failed: AWS's members, kdb Insights', a gateway's. */
interface ErrorBody {
  Message?: string
  message?: string
  text?: string
  details?: string
}

/** Sends a request with JSON, signed where the server asks for that; the answer. Throws an error named as the API names it. */
export async function call(connection: Connection, request: Call): Promise<unknown> {
  const { method, path, query = {}, body } = request
  const url = new URL(connection.endpoint.replace(/\/+$/, '') + path)
  // Not URLSearchParams, which writes a blank as a plus: the API reads a plus as a plus.
  url.search = Object.entries(query)
    .map((pair) => pair.map(encodeURIComponent).join('='))
    .join('&')
  const { signedHeaders } = await import('./clients.ts')
  const text = body === undefined ? undefined : JSON.stringify(body)
  const response = await send(url, {
    method,
    headers: await signedHeaders(connection, { method, url, body: text }),
    body: text,
  })
  const answer = await readJson(response)
  if (response.ok) return answer
  throw failure(response, (answer ?? {}) as ErrorBody)
}

/** `fetch` hides why a connection failed in the cause. */
async function send(url: URL, init: RequestInit): Promise<Response> {
  try {
    return await fetch(url, init)
  } catch (error) {
    throw error instanceof Error && error.cause !== undefined ? error.cause : error
  }
}

async function readJson(response: Response): Promise<unknown> {
  try {
    return await response.json()
  } catch (error) {
    throw Object.assign(error as Error, { $metadata: { httpStatusCode: response.status } })
  }
}

function failure({ status, headers }: Response, { Message, message, text, details }: ErrorBody): Error {
  const error = new Error(Message ?? details ?? message ?? 'no reason given')
  error.name = text ?? headers.get('x-amzn-errortype') ?? `HTTP status ${status}`
  return Object.assign(error, { $metadata: { httpStatusCode: status } })
}
