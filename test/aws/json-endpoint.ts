import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'

/** What happens to a request in place of its being made. */
export type Fault = 'throttled' | 'failed' | undefined

export interface EndpointOptions {
  /** Answers an operation, named as in X-Amz-Target. */
  handle: (operation: string, input: Record<string, unknown>, bodyBytes: number) => unknown
  /** What happens to the next request. @default - nothing */
  fault?: () => Fault
}

/** Thrown by a handler: the error that the service answers. */
export function serviceError(status: number, type: string, message: string = type): Error {
  return Object.assign(new Error(message), { status, type })
}

/** Starts a server that speaks AWS's JSON protocols on a free port. */
export async function startEndpoint(options: EndpointOptions) {
  const server = createServer((message, reply) => void answer(options, message, reply))
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    async close(): Promise<void> {
      server.close()
      server.closeAllConnections()
      await once(server, 'close')
    },
  }
}

async function answer({ handle, fault }: EndpointOptions, message: IncomingMessage, reply: ServerResponse) {
  const body = Buffer.concat(await message.toArray())
  const happens = fault?.()
  if (happens === 'throttled') return send(reply, 400, { __type: 'ThrottlingException', message: 'Rate exceeded' })
  if (happens === 'failed') return send(reply, 500, { __type: 'InternalFailure', message: 'the service failed' })
  const operation = String(message.headers['x-amz-target']).split('.').at(-1) ?? ''
  const [status, output] = outcome(() => handle(operation, JSON.parse(body.toString()), body.length))
  send(reply, status, output)
}

function outcome(make: () => unknown): [number, unknown] {
  try {
    return [200, make()]
  } catch (error) {
    const {
      status = 500,
      type = 'InternalFailure',
      message,
    } = error as { status?: number; type?: string; message: string }
    return [status, { __type: type, message }]
  }
}

function send(reply: ServerResponse, status: number, output: unknown): void {
  reply.writeHead(status, { 'content-type': 'application/x-amz-json-1.1' }).end(JSON.stringify(output))
}
