import { Agent, request as httpRequest } from 'node:http'
import { type Input, toRequest } from '../bad-input/request.ts'
import type { OperationName } from '../bad-input/shapes.ts'

export interface Reply {
  status: number
  body: string
}

/** A request that got no answer. */
export class NoAnswer extends Error {
  /** True when its connection had answered others before. */
  readonly isReused: boolean

  constructor(cause: Error, isReused: boolean) {
    super(`no answer: ${cause.message}`, { cause })
    this.isReused = isReused
  }
}

/** Calls operations over connections that are kept alive. Throws NoAnswer. */
export function makeClient(port: number) {
  const agent = new Agent({ keepAlive: true })
  return {
    call(operation: OperationName, input: Input): Promise<Reply> {
      const { method, target: path, headers, body } = toRequest(operation, input)
      return new Promise((resolve, reject) => {
        const sent = httpRequest({ host: '127.0.0.1', port, agent, method, path, headers: Object.fromEntries(headers) })
        const fail = (error: Error) => reject(new NoAnswer(error, sent.reusedSocket))
        sent.on('error', fail)
        sent.on('response', (response) => {
          const chunks: Buffer[] = []
          response.on('data', (chunk: Buffer) => chunks.push(chunk)).on('error', fail)
          response.on('end', () =>
            resolve({ status: response.statusCode ?? 0, body: Buffer.concat(chunks).toString() }),
          )
        })
        sent.end(body)
      })
    },
    close: () => agent.destroy(),
  }
}

export type Client = ReturnType<typeof makeClient>
