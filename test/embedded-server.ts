import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { TestProject } from 'vitest/node'
import { accessCheck } from '../local/access.ts'
import { makeLogger } from '../local/logger.ts'
import { makeMetrics } from '../local/metrics.ts'
import { makeServer } from '../local/server.ts'
import { openLocalStores } from '../local/stores.ts'

declare module 'vitest' {
  export interface ProvidedContext {
    /** Where the conformance suite finds the feature store. */
    endpoint: string
  }
}

/**
 * Provides the endpoint that the conformance suite talks to: FEATURE_STORE_ENDPOINT, or else that of a server of its
 * own on an empty directory. Returns what to do when the tests are through.
 */
export default async function provideEndpoint(project: TestProject): Promise<(() => Promise<void>) | undefined> {
  const given = process.env['FEATURE_STORE_ENDPOINT']
  if (given !== undefined && given !== '') {
    project.provide('endpoint', given)
    return undefined
  }
  const directory = await mkdtemp(join(tmpdir(), 'cairn-conformance-'))
  const { endpoint, failures, close } = await startEmbeddedServer(directory, 'error')
  project.provide('endpoint', endpoint)
  return async () => {
    await close()
    await rm(directory, { recursive: true })
    if (failures.length > 0) throw new AggregateError(failures, 'the server had trouble that no test has seen')
  }
}

/** Serves the embedded store on a free port of this machine. `failures` collects what went wrong outside requests. */
export async function startEmbeddedServer(dataDirectory: string, logLevel: string) {
  const failures: unknown[] = []
  const fail = (error: unknown) => failures.push(error)
  const where = { dataDirectory, account: '000000000000', region: 'us-east-1' }
  const local = await openLocalStores({ ...where, onError: fail, onFatal: fail })
  const server = makeServer({
    stores: local.stores,
    history: local.history,
    metrics: makeMetrics(local.log.waiting),
    logger: makeLogger(logLevel),
    assertAccess: accessCheck(undefined),
  })
  await once(server.listen(0, '127.0.0.1'), 'listening')
  return {
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    failures,
    async close(): Promise<void> {
      const closed = once(server, 'close')
      server.close()
      server.closeAllConnections()
      await closed
      await local.close()
    },
  }
}
