import { once } from 'node:events'
import { createServer, type IncomingHttpHeaders } from 'node:http'
import type { AddressInfo } from 'node:net'
import { ListFeatureGroupsCommand } from '@aws-sdk/client-sagemaker'
import { GetRecordCommand } from '@aws-sdk/client-sagemaker-featurestore-runtime'
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest'
import { controlClient, runtimeClient } from '../../bin/client/clients.ts'
import type { Connection } from '../../bin/client/connection.ts'

const seen: IncomingHttpHeaders[] = []
const server = createServer((message, reply) => {
  seen.push(message.headers)
  message.resume().once('end', () => reply.writeHead(200, { 'content-type': 'application/json' }).end('{}'))
})

beforeAll(async () => {
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  vi.stubEnv('AWS_ACCESS_KEY_ID', 'AKIDEXAMPLE')
  vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'example')
})
afterAll(() => {
  vi.unstubAllEnvs()
  server.closeAllConnections()
  server.close()
})
beforeEach(() => {
  seen.length = 0
})

/** The headers of a request of each client; `host` is a name of this machine. */
async function headersSent(host: string, rest: Partial<Connection> = {}): Promise<IncomingHttpHeaders[]> {
  const { port } = server.address() as AddressInfo
  const connection = { endpoint: `http://${host}:${port}`, region: 'eu-west-1', ...rest }
  await runtimeClient(connection).send(
    new GetRecordCommand({ FeatureGroupName: 'group', RecordIdentifierValueAsString: '1' }),
  )
  await controlClient(connection).send(new ListFeatureGroupsCommand({}))
  expect(seen.length).toBe(2)
  return seen
}

describe('the clients', () => {
  it('do not show the credentials of the caller to a server on loopback', async () => {
    for (const { authorization } of await headersSent('127.0.0.1')) {
      expect(authorization).toMatch(/Credential=cairn\/\d{8}\/eu-west-1\/sagemaker\//)
    }
  })

  // Connecting to 0.0.0.0 reaches this machine, by a name that is not loopback.
  it('sign for API Gateway with the AWS credential chain elsewhere', async () => {
    for (const { authorization } of await headersSent('0.0.0.0')) {
      expect(authorization).toMatch(/Credential=AKIDEXAMPLE\/\d{8}\/eu-west-1\/execute-api\//)
    }
  })

  it('send a token in place of a signature', async () => {
    for (const headers of await headersSent('0.0.0.0', { accessToken: 'secret' })) {
      expect(headers['x-cairn-access-token']).toBe('secret')
      expect(headers.authorization).toBeUndefined()
    }
  })
})
