import type { Connection } from './connection.ts'

interface ErrorBody {
  Message?: string
}

/** Posts JSON to a path that the AWS SDK does not know; the answer. Throws an error named as the API names it. */
export async function post({ endpoint, accessToken }: Connection, path: string, body: unknown): Promise<unknown> {
  const response = await send(new URL(path, endpoint), {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      ...(accessToken !== undefined && { 'x-cairn-access-token': accessToken }),
    },
    body: JSON.stringify(body),
  })
  const answer: unknown = await response.json()
  if (response.ok) return answer
  const error = new Error((answer as ErrorBody).Message ?? `HTTP status ${response.status}`)
  error.name = response.headers.get('x-amzn-errortype') ?? 'Error'
  throw Object.assign(error, { $metadata: { httpStatusCode: response.status } })
}

/** `fetch` hides why a connection failed in the cause. */
async function send(url: URL, init: RequestInit): Promise<Response> {
  try {
    return await fetch(url, init)
  } catch (error) {
    throw error instanceof Error && error.cause !== undefined ? error.cause : error
  }
}
