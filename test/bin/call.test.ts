import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest'
import { call } from '../../bin/client/call.ts'
import { failureMessage } from '../../bin/client/failure.ts'
import { SIGNER, startApiGateway } from '../sigv4/api-gateway.ts'
import { startServer } from './running-cairn.ts'

let server: Awaited<ReturnType<typeof startServer>>
let gateway: Awaited<ReturnType<typeof startApiGateway>>
beforeAll(async () => {
  server = await startServer()
  gateway = await startApiGateway(server.endpoint)
  vi.stubEnv('AWS_ACCESS_KEY_ID', SIGNER.accessKeyId)
  vi.stubEnv('AWS_SECRET_ACCESS_KEY', SIGNER.secretAccessKey)
})
afterAll(async () => {
  vi.unstubAllEnvs()
  await gateway.close()
  await server.stop()
})
beforeEach(() => {
  gateway.faults.length = 0
})

/** 0.0.0.0 reaches this machine by a name that is not loopback. */
const remote = () => ({ endpoint: gateway.endpoint.replace('127.0.0.1', '0.0.0.0'), region: SIGNER.region })

/** What the command would say of a request that is refused. */
const refusal = async (...[connection, request]: Parameters<typeof call>) =>
  failureMessage(
    await call(connection, request).then(
      () => undefined,
      (error) => error,
    ),
  )

describe('a request that no client of the SDK makes', () => {
  it('is signed so that API Gateway lets it through, with and without body and query', async () => {
    const requests = [
      { method: 'POST', path: '/flush', body: { é: 'ü' } },
      { method: 'GET', path: '/delete/a%3Ab' },
      { method: 'GET', path: '/delete', query: { table: 'arn:aws:x/y', nextToken: "a+b/c=d e'*", a: 'é' } },
    ] as const
    // The server behind reads the host, and lets no name in that is not loopback.
    for (const request of requests) expect(await refusal(remote(), request)).toContain("not this machine's")
    expect(gateway.faults).toEqual([])
  })

  it('is refused with the words of the gateway when the signature is wrong', async () => {
    const connection = { ...remote(), region: 'eu-west-1' }
    expect(await refusal(connection, { method: 'GET', path: '/delete' })).toBe('HTTP status 403: Forbidden')
    expect(gateway.faults.length).toBe(1)
  })

  it('is let in without credentials on loopback', async () => {
    expect(
      await call({ ...remote(), endpoint: server.endpoint }, { method: 'POST', path: '/flush', body: {} }),
    ).toEqual({
      RowsCommitted: 0,
    })
  })
})
