import { fork } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import type { BareAnswer } from './bare-server.ts'
import { type Load, type LoadOptions, medianLoad } from './load.ts'

const SERVER = join(import.meta.dirname, 'bare-server.ts')
/** The server makes these itself. */
const OWN_HEADERS = new Set(['date', 'connection', 'keep-alive', 'transfer-encoding'])

/**
 * The same load on a `node:http` server in a process of its own that reads each request and answers the very bytes
 * that the real one answered to the first: what there is to reach for any server on this runtime.
 */
export async function httpFloor(options: LoadOptions, extent: { seconds: number; runs: number }): Promise<Load> {
  const answer = await capture(options)
  const server = fork(SERVER, { execPath: process.execPath })
  const exited = once(server, 'exit')
  try {
    server.send(answer)
    const [port] = await once(server, 'message')
    return await medianLoad({ ...options, url: `http://127.0.0.1:${port}` }, extent)
  } finally {
    server.kill()
    await exited
  }
}

async function capture({ url, request, isGood }: LoadOptions): Promise<BareAnswer> {
  const { path, ...init } = request()
  const answer = await fetch(url + path, init)
  const body = await answer.text()
  if (!answer.ok || !isGood(body)) throw new Error(`${path} answered ${answer.status} ${body.slice(0, 200)}`)
  return { headers: Object.fromEntries([...answer.headers].filter(([name]) => !OWN_HEADERS.has(name))), body }
}
