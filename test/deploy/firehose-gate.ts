import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'

/** What is refused: the requests with a record that has this text in it, so many times. */
export interface Refusal {
  text: string
  times: number
}

/**
 * Starts what stands before the emulator's Firehose: it passes requests on, but refuses those that it was told to with
 * `PUT /` and a Refusal.
 */
export async function startFirehoseGate() {
  let target = ''
  let refusal: Refusal = { text: '', times: 0 }

  async function answer(message: IncomingMessage, reply: ServerResponse): Promise<void> {
    const body = Buffer.concat(await message.toArray())
    if (message.method === 'PUT') {
      refusal = JSON.parse(body.toString())
      reply.end()
      return
    }
    const records = recordsOf(body)
    if (refusal.times === 0 || !records.some((record) => record.includes(refusal.text))) {
      return await passOn(message, body, reply)
    }
    refusal.times -= 1
    const RequestResponses = records.map(() => ({
      ErrorCode: 'ServiceUnavailableException',
      ErrorMessage: 'Slow down.',
    }))
    send(reply, 200, JSON.stringify({ FailedPutCount: records.length, RequestResponses }))
  }

  async function passOn({ headers }: IncomingMessage, body: Buffer, reply: ServerResponse): Promise<void> {
    const { host: _, connection: __, 'content-length': ___, ...rest } = headers
    const passed = await fetch(target, {
      method: 'POST',
      headers: rest as Record<string, string>,
      body: body.toString(),
    })
    send(reply, passed.status, await passed.text())
  }

  const server = createServer((message, reply) => void answer(message, reply)).listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    /** Says where requests are passed on to. */
    leadTo(endpoint: string): void {
      target = endpoint
    },
    async close(): Promise<void> {
      server.close()
      server.closeAllConnections()
      await once(server, 'close')
    },
  }
}

function recordsOf(body: Buffer): string[] {
  const { Records = [] } = JSON.parse(body.toString()) as { Records?: { Data: string }[] }
  return Records.map(({ Data }) => Buffer.from(Data, 'base64').toString())
}

function send(reply: ServerResponse, status: number, body: string): void {
  reply.writeHead(status, { 'content-type': 'application/x-amz-json-1.1' }).end(body)
}
