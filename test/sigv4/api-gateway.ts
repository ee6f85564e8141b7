import { once } from 'node:events'
import { createServer, type IncomingMessage, request, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { buffer } from 'node:stream/consumers'
import { type Signer, signatureFault } from './sigv4.ts'

/** Stands for an HTTP API with IAM authorization: whose requests it lets through. The keys are AWS's own examples. */
export const SIGNER: Signer = {
  accessKeyId: 'AKIDEXAMPLE',
  secretAccessKey: 'wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY',
  region: 'us-east-1',
  service: 'execute-api',
}

/**
 * Passes signed requests on to `target` (`http://host:port`), byte for byte, and refuses all others as API Gateway does:
 * 403 and `{"message":"Forbidden"}`. `faults` says why each was refused, which API Gateway tells nobody.
 */
export async function startApiGateway(target: string) {
  const faults: string[] = []
  const server = createServer(async (incoming, outgoing) => {
    try {
      const body = await buffer(incoming)
      const { method = '', url = '', rawHeaders } = incoming
      const fault = signatureFault({ method, url, rawHeaders, body }, SIGNER, Date.now())
      if (fault === undefined) return await passOn(incoming, { target, body, outgoing })
      faults.push(fault)
      outgoing.writeHead(403, { 'content-type': 'application/json' }).end('{"message":"Forbidden"}')
    } catch (error) {
      faults.push(String(error))
      outgoing.destroy()
    }
  })
  await once(server.listen(0, '127.0.0.1'), 'listening')
  return {
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    faults,
    async close(): Promise<void> {
      const closed = once(server, 'close')
      server.close()
      server.closeAllConnections()
      await closed
    },
  }
}

interface Passage {
  target: string
  body: Buffer
  outgoing: ServerResponse
}

async function passOn({ method, url, rawHeaders }: IncomingMessage, { target, body, outgoing }: Passage) {
  const { hostname, port } = new URL(target)
  const passed = request({ hostname, port, method, path: url, headers: rawHeaders, agent: false })
  passed.end(body)
  const [answer] = (await once(passed, 'response')) as [IncomingMessage]
  const answered = await buffer(answer)
  outgoing.writeHead(answer.statusCode ?? 502, answer.rawHeaders).end(answered)
}
