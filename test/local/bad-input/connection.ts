import { once } from 'node:events'
import { connect, type Socket } from 'node:net'

export interface Answer {
  status: number
  /** By lower-case name. */
  headers: { [name: string]: string }
  body: string
}

const ANSWER_MS = 20_000

/**
 * Sends the bytes on a connection of their own, then ends its own side of it if `end` says so, and reads the first
 * answer. Rejects when the connection closes without one, or none comes in 20 seconds.
 */
export async function exchangeAlone(port: number, bytes: Buffer, end: boolean): Promise<Answer> {
  const socket = connect({ port, host: '127.0.0.1', allowHalfOpen: true })
  socket.on('error', () => {})
  try {
    await once(socket, 'connect')
    const answer = nextAnswer(socket, bytes)
    if (end) socket.end(bytes)
    else socket.write(bytes)
    return await answer
  } finally {
    socket.destroy()
  }
}

/** A connection that is kept alive as long as the server does, one request after the other. */
export function keptConnection(port: number) {
  let socket: Socket | undefined

  async function open(): Promise<Socket> {
    const opened = connect({ port, host: '127.0.0.1', noDelay: true })
    await once(opened, 'connect')
    opened.on('error', () => {})
    return opened
  }

  return {
    async exchange(bytes: Buffer): Promise<Answer> {
      if (socket === undefined || !socket.writable) socket = await open()
      const answer = nextAnswer(socket, bytes)
      socket.write(bytes)
      const read = await answer
      if (read.headers['connection'] === 'close') {
        socket.destroy()
        socket = undefined
      }
      return read
    },
    close: () => socket?.destroy(),
  }
}

export type KeptConnection = ReturnType<typeof keptConnection>

function nextAnswer(socket: Socket, request: Buffer): Promise<Answer> {
  const isHead = request.subarray(0, 5).toString('latin1') === 'HEAD '
  return new Promise((resolve, reject) => {
    let received = Buffer.alloc(0)
    const timer = setTimeout(() => settle(new Error(`no answer in ${ANSWER_MS} ms`)), ANSWER_MS)
    const onData = (chunk: Buffer) => {
      received = Buffer.concat([received, chunk])
      const answer = parseAnswer(received, isHead)
      if (answer !== undefined) settle(answer)
    }
    const onError = (error: Error) => settle(new Error(`the connection broke before an answer: ${error.message}`))
    const onClose = () => settle(new Error(`the connection closed before an answer: ${received.toString('latin1')}`))
    socket.on('data', onData).on('error', onError).on('end', onClose).on('close', onClose)

    function settle(result: Answer | Error): void {
      clearTimeout(timer)
      socket.off('data', onData).off('error', onError).off('end', onClose).off('close', onClose)
      if (result instanceof Error) reject(result)
      else resolve(result)
    }
  })
}

/** The first answer in the bytes that is final (not 100 Continue); undefined while it is not whole. */
function parseAnswer(bytes: Buffer, isHead: boolean): Answer | undefined {
  const end = bytes.indexOf('\r\n\r\n')
  if (end < 0) return undefined
  const [statusLine = '', ...lines] = bytes.toString('latin1', 0, end).split('\r\n')
  const status = Number(statusLine.split(' ')[1])
  if (status < 200) return parseAnswer(bytes.subarray(end + 4), isHead)
  const headers = Object.fromEntries(lines.map(parseHeader))
  const length = isHead ? 0 : Number(headers['content-length'])
  const body = bytes.subarray(end + 4, end + 4 + length)
  return body.length < length ? undefined : { status, headers, body: body.toString('utf8') }
}

function parseHeader(line: string): [string, string] {
  const at = line.indexOf(':')
  return [line.slice(0, at).toLowerCase(), line.slice(at + 1).trim()]
}
