import { once } from 'node:events'
import { createServer, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'
import { buffer } from 'node:stream/consumers'

export interface Answer {
  status: number
  headers?: { [name: string]: string }
  body: string
}

/** What a proxy does with a request: its own answer, or undefined to pass it on. */
export type Interfere = (path: string, body: string) => Promise<Answer | undefined> | Answer | undefined

/** A server in front of a real one, to see what a client does when the network or the server is in trouble. */
export async function startProxy(endpoint: string, interfere: Interfere) {
  const server = createServer(async (message, reply) => {
    const body = await buffer(message)
    const {
      status,
      headers,
      body: text,
    } = (await interfere(message.url ?? '', body.toString())) ?? (await pass(message, body))
    reply.writeHead(status, { 'content-type': 'application/json', ...headers }).end(text)
  })

  async function pass({ method, url, headers }: IncomingMessage, body: Buffer): Promise<Answer> {
    const { host: _, connection: __, 'content-length': ___, expect: ____, ...forwarded } = headers
    const response = await fetch(`${endpoint}${url}`, {
      method,
      headers: forwarded as Record<string, string>,
      body: body.length > 0 ? new Uint8Array(body) : undefined,
    })
    const type = response.headers.get('x-amzn-errortype')
    return {
      status: response.status,
      headers: type === null ? {} : { 'x-amzn-errortype': type },
      body: await response.text(),
    }
  }

  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    stop(): void {
      server.closeAllConnections()
      server.close()
    },
  }
}
