import { fork } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import type { BareAnswer } from './bare-server.ts'
import { type Extent, type Load, type LoadOptions, load, medianOf } from './load.ts'

const SERVER = join(import.meta.dirname, 'bare-server.ts')
const WARM_UP_SECONDS = 1
/** The server makes these itself. */
const OWN_HEADERS = new Set(['date', 'connection', 'keep-alive', 'transfer-encoding'])

/** The load on the real server, and the same on a bare one. */
export interface Compared {
  measured: Load
  bare: Load
}

/**
 * Measures a load beside its floor: a `node:http` server in a process of its own that reads each request and answers
 * the very bytes that the real one answered to the first. They take turns, so that both meet the machine in the same
 * state.
 */
export async function compare(options: LoadOptions, { seconds, runs }: Extent): Promise<Compared> {
  const answer = await capture(options)
  const server = fork(SERVER, { execPath: process.execPath })
  const exited = once(server, 'exit')
  try {
    server.send(answer)
    const [port] = await once(server, 'message')
    const bareOptions = { ...options, url: `http://127.0.0.1:${port}` }
    const measured: Load[] = []
    const bare: Load[] = []
    await load(options, { seconds: WARM_UP_SECONDS })
    await load(bareOptions, { seconds: WARM_UP_SECONDS })
    for (let run = 0; run < runs; run++) {
      measured.push(await load(options, { seconds }))
      bare.push(await load(bareOptions, { seconds }))
    }
    return { measured: medianOf(measured), bare: medianOf(bare) }
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
