import { once } from 'node:events'
import type { Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { setTimeout as pause } from 'node:timers/promises'
import type { Logger } from 'pino'
import { accessCheck, isLoopback } from './access.ts'
import { makeLogger } from './logger.ts'
import { makeMetrics } from './metrics.ts'
import { makeServer } from './server.ts'
import { type LocalStores, openLocalStores } from './stores.ts'

export interface ServeOptions {
  /** 0 picks a free one. */
  port: number
  host: string
  dataDirectory: string
  region: string
  account: string
  logLevel: string
  /** Needed for a host that is not loopback. */
  accessToken?: string
  /** When the history's rows are moved into their tables: by age and by size. */
  commitAgeMs: number
  commitBytes: number
  /** For how many days a delete session of mode soft can be undone. */
  undoDays: number
  /** Names of delete sessions that no restore honours. */
  ignoredDeletes: string[]
}

const STOP_MS = 10_000
const LAST_REQUESTS_MS = 200

/**
 * Serves the embedded store until SIGTERM or SIGINT: then it finishes what is in flight and closes. Prints one line
 * on stdout when it is ready. Throws when the directory or the port cannot be had, or the host would be open to all.
 */
export async function serve(options: ServeOptions): Promise<void> {
  if (!isLoopback(options.host) && options.accessToken === undefined) {
    throw new Error(`host ${options.host} is reached by other machines: give --access-token too, or keep to 127.0.0.1`)
  }
  const logger = makeLogger(options.logLevel)
  const local = await openLocalStores({
    ...options,
    onError: (err, what) => logger.error({ err, what }, 'background work failed'),
    onFatal: (err) => {
      logger.fatal({ err }, 'records can no longer be written')
      process.exit(1)
    },
  })
  const server = await listen(local, logger, options)
  const { address, port, family } = server.address() as AddressInfo
  // Whoever reads that the server is ready may stop it at once.
  const stopped = firstSignal()
  process.stdout.write(`cairn listening on http://${family === 'IPv6' ? `[${address}]` : address}:${port}\n`)
  const signal = await stopped
  logger.info({ signal }, 'stopping')
  await stop(server)
  await local.close()
  logger.info('stopped')
}

async function listen(local: LocalStores, logger: Logger, options: ServeOptions): Promise<Server> {
  const metrics = makeMetrics(local.log.waiting)
  const assertAccess = accessCheck(options.accessToken)
  const server = makeServer({ ...local, metrics, logger, assertAccess })
  try {
    server.listen(options.port, options.host)
    await once(server, 'listening')
    return server
  } catch (error) {
    await local.close()
    throw error
  }
}

function firstSignal(): Promise<NodeJS.Signals> {
  return new Promise((resolve) => {
    for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, () => resolve(signal))
  })
}

/**
 * Has each connection end with its next answer, then takes no new ones, answers what is in flight, and cuts off what
 * takes too long. A connection that closed at once could close under a request that is on its way.
 */
async function stop(server: Server): Promise<void> {
  const closed = once(server, 'close')
  server.prependListener('request', (_, reply) => reply.setHeader('connection', 'close'))
  await pause(LAST_REQUESTS_MS)
  server.close()
  const cutOff = setTimeout(() => server.closeAllConnections(), STOP_MS)
  await closed
  clearTimeout(cutOff)
}
