import { randomUUID } from 'node:crypto'
import type { IncomingMessage, Server, ServerResponse } from 'node:http'
import type { Duplex } from 'node:stream'

interface Refusal {
  status: '400 Bad Request' | '405 Method Not Allowed' | '431 Request Header Fields Too Large'
  code: string
  message: string
}

const TUNNEL: Refusal = {
  status: '405 Method Not Allowed',
  code: 'MethodNotAllowedException',
  message: "method 'CONNECT' is not allowed: this is no proxy",
}

/**
 * Has the server answer what `node:http` cannot read in the form of every other bad request. What came well-formed
 * before it on the same connection is answered first.
 */
export function refuseMalformed(server: Server): void {
  const latest = new WeakMap<Duplex, { message: IncomingMessage; reply: ServerResponse }>()
  server.on('request', (message, reply) => latest.set(message.socket, { message, reply }))
  server.on('connect', (_, socket) => answer(socket, TUNNEL))
  server.on('clientError', (error: NodeJS.ErrnoException, socket) => {
    const before = latest.get(socket)
    if (error.code === 'ECONNRESET' || !socket.writable) socket.destroy()
    else if (before?.message.complete && !before.reply.writableFinished) {
      before.reply.once('finish', () => answer(socket, refusalOf(error)))
    } else answer(socket, refusalOf(error))
  })
}

function refusalOf(error: NodeJS.ErrnoException): Refusal {
  return {
    status: error.code === 'HPE_HEADER_OVERFLOW' ? '431 Request Header Fields Too Large' : '400 Bad Request',
    code: 'MalformedHttpRequestException',
    message: `the request is not valid HTTP: ${error.message}`,
  }
}

/** Answers on a connection that `node:http` has given up, and ends it. */
function answer(socket: Duplex, { status, code, message }: Refusal): void {
  const body = JSON.stringify({ Message: message })
  const lines = [
    `HTTP/1.1 ${status}`,
    'content-type: application/json',
    `x-amzn-requestid: ${randomUUID()}`,
    `x-amzn-errortype: ${code}`,
    `content-length: ${Buffer.byteLength(body)}`,
    'connection: close',
  ]
  socket.end(`${lines.join('\r\n')}\r\n\r\n${body}`)
}
