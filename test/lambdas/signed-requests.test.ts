import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { buffer } from 'node:stream/consumers'
import { GetItemCommand } from '@aws-sdk/client-dynamodb'
import { expect, it, vi } from 'vitest'
import { dynamodbClient } from '../../lambdas/dynamodb-client.ts'
import { SIGNER } from '../sigv4/api-gateway.ts'
import { signatureFault } from '../sigv4/sigv4.ts'

it.each(['GetItem of a plain key', 'GetItem of ключ 鍵 🔑'])("a handler's request is signed: %s", async (key) => {
  const faults: (string | undefined)[] = []
  const server = createServer(async (request, answer) => {
    const { method = '', url = '', rawHeaders } = request
    const signed = { method, url, rawHeaders, body: await buffer(request) }
    faults.push(signatureFault(signed, { ...SIGNER, service: 'dynamodb' }, Date.now()))
    answer.writeHead(200, { 'content-type': 'application/x-amz-json-1.0' }).end('{}')
  })
  await once(server.listen(0, '127.0.0.1'), 'listening')
  vi.stubEnv('AWS_ENDPOINT_URL_DYNAMODB', `http://127.0.0.1:${(server.address() as AddressInfo).port}`)
  vi.stubEnv('AWS_REGION', SIGNER.region)
  vi.stubEnv('AWS_ACCESS_KEY_ID', SIGNER.accessKeyId)
  vi.stubEnv('AWS_SECRET_ACCESS_KEY', SIGNER.secretAccessKey)
  vi.stubEnv('AWS_SESSION_TOKEN', 'session')
  const client = dynamodbClient()
  try {
    await client.send(new GetItemCommand({ TableName: 'records', Key: { pk: { S: key } } }))
    expect(faults).toEqual([undefined])
  } finally {
    vi.unstubAllEnvs()
    client.destroy()
    server.close()
  }
})
