import { randomUUID } from 'node:crypto'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { Duplex } from 'node:stream'
import type { Logger } from 'pino'
import { ApiError } from '../store/api-error.ts'
import { everyOperation } from '../store/protocol/every-operation.ts'
import type { HttpRequest, HttpResponse } from '../store/protocol/http.ts'
import type { Protocol } from '../store/protocol/protocol.ts'
import { errorResponse, respond } from '../store/protocol/respond.ts'
import type { Stores } from '../store/stores.ts'
import type { AccessCheck } from './access.ts'
import type { Metrics } from './metrics.ts'
import { readBody } from './request-body.ts'

export interface ServerOptions {
  stores: Stores
  metrics: Metrics
  logger: Logger
  assertAccess: AccessCheck
}

interface Answering extends ServerOptions {
  protocolOf: (path: string) => Protocol
}

const KEEP_ALIVE_MS = 65_000

/** The HTTP server of the embedded store: `node:http` around the protocol, with health and metrics beside it. */
export function makeServer(options: ServerOptions): Server {
  const protocolOf = everyOperation(options.stores)
  const server = createServer({ keepAliveTimeout: KEEP_ALIVE_MS }, (message, reply) => {
    void answer({ ...options, protocolOf }, message, reply)
  })
  server.on('clientError', refuseMalformed)
  return server
}

async function answer(options: Answering, message: IncomingMessage, reply: ServerResponse): Promise<void> {
  const started = performance.now()
  const response = await responseTo(options, message)
  send(reply, response)
  if (!message.complete) reply.once('finish', () => message.destroy())
  observe(options, response, (performance.now() - started) / 1000)
}

async function responseTo(options: Answering, message: IncomingMessage): Promise<HttpResponse> {
  try {
    options.assertAccess(message.headers)
    const own = await ownPage(options, message)
    if (own !== undefined) return own
    const request = await toRequest(message)
    return await respond(options.protocolOf(request.path), request)
  } catch (error) {
    const requestId = randomUUID()
    return { ...errorResponse(error, { contentType: 'application/json', requestId }), operation: 'unknown', error }
  }
}

/** What the server says of itself. */
async function ownPage(
  { metrics }: ServerOptions,
  { method, url }: IncomingMessage,
): Promise<HttpResponse | undefined> {
  if (method !== 'GET') return undefined
  if (url === '/healthz') return page('{"status":"ok"}', 'application/json')
  if (url === '/metrics') return page(await metrics.text(), metrics.contentType)
  return undefined
}

function page(body: string, contentType: string): HttpResponse {
  return {
    status: 200,
    headers: { 'content-type': contentType, 'x-amzn-requestid': randomUUID() },
    body,
    operation: 'self',
  }
}

async function toRequest(message: IncomingMessage): Promise<HttpRequest> {
  const { method = '', url = '', headers } = message
  const at = url.indexOf('?')
  return {
    method,
    path: at < 0 ? url : url.slice(0, at),
    query: at < 0 ? '' : url.slice(at + 1),
    headers: headers as HttpRequest['headers'],
    body: await readBody(message),
  }
}

function send(reply: ServerResponse, { status, headers, body }: HttpResponse): void {
  reply.writeHead(status, { ...headers, 'content-length': Buffer.byteLength(body) }).end(body)
}

function observe({ metrics, logger }: ServerOptions, response: HttpResponse, seconds: number): void {
  const { operation, status, error } = response
  const code = error === undefined ? undefined : error instanceof ApiError ? error.code : 'InternalFailure'
  metrics.observe({ operation, status, code, seconds })
  const requestId = response.headers['x-amzn-requestid']
  if (status >= 500) logger.error({ operation, status, requestId, err: error }, 'request failed')
  else logger.debug({ operation, status, code, requestId, seconds }, 'request')
}

/** What `node:http` could not even read gets the same form of answer as any other bad request. */
function refuseMalformed(error: NodeJS.ErrnoException, socket: Duplex): void {
  if (error.code === 'ECONNRESET' || !socket.writable) {
    socket.destroy()
    return
  }
  const status = error.code === 'HPE_HEADER_OVERFLOW' ? '431 Request Header Fields Too Large' : '400 Bad Request'
  const body = JSON.stringify({ Message: `the request is not valid HTTP: ${error.message}` })
  const lines = [
    `HTTP/1.1 ${status}`,
    'content-type: application/json',
    `x-amzn-requestid: ${randomUUID()}`,
    'x-amzn-errortype: MalformedHttpRequestException',
    `content-length: ${Buffer.byteLength(body)}`,
    'connection: close',
  ]
  socket.end(`${lines.join('\r\n')}\r\n\r\n${body}`)
}
