import { endpoint, runtime } from './deployment.ts'

export interface RawRequest {
  method: string
  /** Percent-encoded, as it shall go over the wire. */
  path: string
  /** Percent-encoded, without the question mark. */
  query?: string
  headers?: { [name: string]: string }
  body?: string
}

export interface RawAnswer {
  status: number
  headers: Headers
  body: string
}

/** Sends a request that no client would, signed as the clients sign theirs. */
export async function sendRaw({ method, path, query = '', headers = {}, body }: RawRequest): Promise<RawAnswer> {
  const url = new URL(`${endpoint.replace(/\/$/, '')}${path}${query === '' ? '' : `?${query}`}`)
  const { host, ...signed } = await sign(url, { method, headers, ...(body !== undefined && { body }) })
  const answer = await fetch(url, { method, headers: signed, ...(body !== undefined && { body }) })
  return { status: answer.status, headers: answer.headers, body: await answer.text() }
}

interface Unsigned {
  method: string
  headers: { [name: string]: string }
  body?: string
}

async function sign(url: URL, { method, headers, body }: Unsigned): Promise<{ [name: string]: string }> {
  const signer = await runtime.config.signer()
  const query: { [key: string]: string[] } = {}
  for (const [key, value] of url.searchParams) query[key] = [...(query[key] ?? []), value]
  const { protocol, hostname, host, pathname: path } = url
  const signed = await signer.sign({ method, protocol, hostname, path, query, headers: { host, ...headers }, body })
  return signed.headers
}
