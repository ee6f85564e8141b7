import { randomUUID } from 'node:crypto'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { Logger } from 'pino'
import type { History } from '../store/offline/history.ts'
import { everyOperation } from '../store/protocol/every-operation.ts'
import type { HttpRequest, HttpResponse } from '../store/protocol/http.ts'
import type { Protocol } from '../store/protocol/protocol.ts'
import { errorCode, refusal, respond } from '../store/protocol/respond.ts'
import type { RestoreStores } from '../store/restores/restore-stores.ts'
import type { Stores } from '../store/stores.ts'
import type { AccessCheck } from './access.ts'
import { refuseMalformed } from './malformed-request.ts'
import type { Metrics } from './metrics.ts'
import { readBody } from './request-body.ts'
import { sendTogether } from './send-together.ts'

export interface ServerOptions {
  stores: Stores & RestoreStores
  history: History
  metrics: Metrics
  logger: Logger
  assertAccess: AccessCheck
}

interface Answering extends ServerOptions {
  protocolOf: (path: string) => Protocol
  send: (send: () => void) => void
}

const KEEP_ALIVE_MS = 65_000
const MAX_DROP_MS = 5_000

/** The HTTP server of the embedded store: `node:http` around the protocol, with health and metrics beside it. */
export function makeServer(options: ServerOptions): Server {
  const answering = {
    ...options,
    protocolOf: everyOperation(options.stores, options.history),
    send: sendTogether(),
  }
  const onRequest = (message: IncomingMessage, reply: ServerResponse) => {
    void answer(answering, message, reply)
  }
  // Left to itself, node:http answers a missing host, an expectation and what is malformed in forms of its own.
  const server = createServer({ keepAliveTimeout: KEEP_ALIVE_MS, requireHostHeader: false }, onRequest)
  server.on('checkExpectation', onRequest)
  refuseMalformed(server)
  return server
}

async function answer(options: Answering, message: IncomingMessage, reply: ServerResponse): Promise<void> {
  const started = performance.now()
  const response = await responseTo(options, message)
  options.send(() => {
    write(reply, response)
    dropRest(message)
    observe(options, response, (performance.now() - started) / 1000)
  })
}

async function responseTo(options: Answering, message: IncomingMessage): Promise<HttpResponse> {
  try {
    options.assertAccess(message.headers)
    const own = await ownPage(options, message)
    if (own !== undefined) return own
    const request = await toRequest(message)
    return await respond(options.protocolOf(request.path), request)
  } catch (error) {
    return { ...refusal(options.protocolOf(targetOf(message).path), error), operation: 'unknown' }
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
  const { method = '', headers } = message
  return {
    method,
    ...targetOf(message),
    headers: headers as HttpRequest['headers'],
    body: await readBody(message),
  }
}

function targetOf({ url = '' }: IncomingMessage): Pick<HttpRequest, 'path' | 'query'> {
  const at = url.indexOf('?')
  return at < 0 ? { path: url, query: '' } : { path: url.slice(0, at), query: url.slice(at + 1) }
}

function write(reply: ServerResponse, { status, headers, body }: HttpResponse): void {
  reply.writeHead(status, { ...headers, 'content-length': Buffer.byteLength(body) }).end(body)
}

/**
 * Reads the rest of a request that was answered before its end, and drops it: a client that is still sending would
 * otherwise meet a reset connection in place of the answer.
 */
function dropRest(message: IncomingMessage): void {
  if (message.complete || message.destroyed) return
  const cutOff = setTimeout(() => message.destroy(), MAX_DROP_MS)
  message.once('close', () => clearTimeout(cutOff)).resume()
}

function observe({ metrics, logger }: ServerOptions, response: HttpResponse, seconds: number): void {
  const { operation, status, error } = response
  const code = error === undefined ? undefined : errorCode(error)
  metrics.observe({ operation, status, code, seconds })
  const requestId = response.headers['x-amzn-requestid']
  if (status >= 500) logger.error({ operation, status, requestId, err: error }, 'request failed')
  else logger.debug({ operation, status, code, requestId, seconds }, 'request')
}
