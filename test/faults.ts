import { once } from 'node:events'
import { Agent, createServer, request as httpRequest, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { buffer } from 'node:stream/consumers'
import { seededRandom } from './seed.ts'

/**
 * What can go wrong with a request. `…Unheard`: the server behind has done what it was asked, and the client does not
 * learn of it. `partial`: the server behind gets a part of a batch, and the client is told of the rest.
 */
export const FAULTS = [
  'throttled',
  'failed',
  'failedUnheard',
  'reset',
  'resetUnheard',
  'cutUnheard',
  'silent',
  'silentUnheard',
  'partial',
] as const
export type Fault = (typeof FAULTS)[number]

export interface Answer {
  status: number
  headers: { [name: string]: string }
  body: string
}

/** The part of a batch that goes to the server behind, and what its answer becomes for the client. */
export interface Part {
  body: unknown
  complete: (answer: unknown) => unknown
}

export interface FaultsOptions {
  /** The endpoint of the server behind. */
  target: string
  seed: number
  /** How often each fault is met, out of 1. */
  rates: { [fault in Fault]?: number }
  /** How the service says that it is throttled, and that it has failed. */
  throttled: Answer
  failed: Answer
  /** Splits a batch; undefined for what is none. */
  split?: (request: { headers: IncomingMessage['headers']; body: unknown }, random: () => number) => Part | undefined
}

/** Starts a server in front of another one that lets requests through or fails them, at random. */
export async function startFaults(options: FaultsOptions) {
  const random = seededRandom(options.seed)
  const agent = new Agent({ keepAlive: true })
  const met = new Map<Fault, number>()
  let requests = 0
  const server = createServer(async (request, response) => {
    requests += 1
    const body = await buffer(request).catch(() => undefined)
    if (body === undefined) return
    const draw = drawFault(options.rates, random())
    const part =
      draw === 'partial' ? options.split?.({ headers: request.headers, body: parse(body) }, random) : undefined
    const fault = draw === 'partial' && part === undefined ? undefined : draw
    if (fault !== undefined) met.set(fault, (met.get(fault) ?? 0) + 1)
    const forward = (changed: Buffer) => send(request, { target: options.target, agent, body: changed })
    // A connection that the server behind drops is dropped here too.
    await meet(fault, { options, response, forward, body, part }).catch(() => response.destroy())
  })
  await once(server.listen(0, '127.0.0.1'), 'listening')
  return {
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    requests: () => requests,
    /** How often each fault was met so far. */
    met: (fault: Fault) => met.get(fault) ?? 0,
    async close(): Promise<void> {
      server.closeAllConnections()
      server.close()
      await once(server, 'close')
      agent.destroy()
    },
  }
}

interface Meeting {
  options: FaultsOptions
  response: ServerResponse
  forward: (body: Buffer) => Promise<Answer>
  body: Buffer
  part: Part | undefined
}

async function meet(fault: Fault | undefined, { options, response, forward, body, part }: Meeting): Promise<void> {
  const answer = isUnheard(fault) || fault === undefined ? await forward(body) : undefined
  if (fault === 'throttled') write(response, options.throttled)
  else if (fault === 'failed' || fault === 'failedUnheard') write(response, options.failed)
  else if (fault === 'reset' || fault === 'resetUnheard') response.destroy()
  else if (fault === 'cutUnheard' && answer !== undefined) cut(response, answer)
  else if (fault === 'partial' && part !== undefined) write(response, await forwardPart(part, forward))
  else if (fault === undefined && answer !== undefined) write(response, answer)
  // A silent fault answers nothing: the client's patience ends it.
}

function isUnheard(fault: Fault | undefined): boolean {
  return fault?.endsWith('Unheard') ?? false
}

async function forwardPart({ body, complete }: Part, forward: Meeting['forward']): Promise<Answer> {
  const answer = await forward(Buffer.from(JSON.stringify(body)))
  if (answer.status !== 200) return answer
  return { ...answer, body: JSON.stringify(complete(JSON.parse(answer.body))) }
}

function drawFault(rates: FaultsOptions['rates'], drawn: number): Fault | undefined {
  let sum = 0
  return FAULTS.find((fault) => {
    sum += rates[fault] ?? 0
    return drawn < sum
  })
}

function parse(body: Buffer): unknown {
  return body.length === 0 ? undefined : JSON.parse(body.toString())
}

const BETWEEN_TWO = new Set(['content-length', 'transfer-encoding', 'connection', 'keep-alive', 'x-amz-crc32'])

function write(response: ServerResponse, { status, headers, body }: Answer): void {
  const kept = Object.entries(headers).filter(([name]) => !BETWEEN_TWO.has(name))
  response.writeHead(status, { ...Object.fromEntries(kept), 'content-length': Buffer.byteLength(body) })
  response.end(body)
}

/** Sends half of an answer, then drops the connection. */
function cut(response: ServerResponse, { status, headers, body }: Answer): void {
  response.writeHead(status, {
    'content-type': headers['content-type'] ?? '',
    'content-length': Buffer.byteLength(body),
  })
  response.write(Buffer.from(body).subarray(0, Math.floor(body.length / 2)), () => response.destroy())
}

interface Forwarding {
  target: string
  agent: Agent
  body: Buffer
}

async function send(request: IncomingMessage, { target, agent, body }: Forwarding): Promise<Answer> {
  const { 'transfer-encoding': _, ...headers } = request.headers
  const url = new URL(request.url ?? '/', target)
  const sent = httpRequest(url, {
    method: request.method ?? 'POST',
    agent,
    headers: { ...headers, 'content-length': body.length },
  })
  sent.end(body)
  const [answer] = (await once(sent, 'response')) as [IncomingMessage]
  const found = Object.entries(answer.headers).map(([name, value]) => [name, String(value)])
  return { status: answer.statusCode ?? 0, headers: Object.fromEntries(found), body: (await buffer(answer)).toString() }
}
