import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'

/** What a bare server answers to everything. */
export interface BareAnswer {
  headers: { [name: string]: string }
  body: string
}

process.once('message', ({ headers, body }: BareAnswer) => {
  const server = createServer((request, reply) => {
    request.on('end', () => reply.writeHead(200, headers).end(body)).resume()
  })
  server.listen(0, '127.0.0.1', () => process.send?.((server.address() as AddressInfo).port))
})
