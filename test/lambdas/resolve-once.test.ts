import { once } from 'node:events'
import { createServer, type IncomingHttpHeaders } from 'node:http'
import type { AddressInfo } from 'node:net'
import { buffer } from 'node:stream/consumers'
import {
  type AttributeValue,
  ConditionalCheckFailedException,
  DynamoDBClient,
  type DynamoDBClientConfig,
  GetItemCommand,
  PutItemCommand,
} from '@aws-sdk/client-dynamodb'
import fc from 'fast-check'
import { afterEach, expect, it, vi } from 'vitest'
import { resolveOnce } from '../../lambdas/resolve-once.ts'
import { SIGNER } from '../sigv4/api-gateway.ts'
import { signatureFault } from '../sigv4/sigv4.ts'

interface Answer {
  status?: number
  headers?: { [name: string]: string }
  body?: string
}
interface Request {
  headers: IncomingHttpHeaders
  body: string
  /** Why its signature is not that of `signer` now. */
  fault: string | undefined
}

const closes: (() => void)[] = []
afterEach(() => {
  vi.unstubAllEnvs()
  for (const close of closes.splice(0)) close()
})

/** A DynamoDB that answers as it is told, `{}` unless told, and clients of it. */
async function startDynamodb(answers: (Answer | ((body: string) => Answer))[] = []) {
  const requests: Request[] = []
  const signer = { ...SIGNER, service: 'dynamodb' }
  const clock = { ahead: 0 }
  const server = createServer(async (request, reply) => {
    const { method = '', url = '', rawHeaders, headers } = request
    const body = await buffer(request)
    const fault = signatureFault({ method, url, rawHeaders, body }, signer, Date.now() + clock.ahead)
    requests.push({ headers, body: body.toString(), fault })
    const next = answers.shift() ?? {}
    const answer = typeof next === 'function' ? next(body.toString()) : next
    reply.writeHead(answer.status ?? 200, { 'content-type': 'application/x-amz-json-1.0', ...answer.headers })
    reply.end(answer.body ?? '{}')
  })
  await once(server.listen(0, '127.0.0.1'), 'listening')
  closes.push(() => server.close())
  const { accessKeyId, secretAccessKey, region } = signer
  const settings = {
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    region,
    credentials: { accessKeyId, secretAccessKey, sessionToken: 'session' },
  }
  function plainClient(config: DynamoDBClientConfig = {}): DynamoDBClient {
    const client = new DynamoDBClient({ ...settings, ...config })
    closes.push(() => client.destroy())
    return client
  }
  return {
    requests,
    signer,
    clock,
    plainClient,
    /** A client that has resolved what it resolves for GetItem and PutItem. */
    async client(config?: DynamoDBClientConfig): Promise<DynamoDBClient> {
      const client = plainClient(config)
      resolveOnce(client)
      const waiting = answers.splice(0)
      await client.send(get())
      await client.send(put({}))
      requests.splice(0)
      answers.push(...waiting)
      return client
    },
  }
}

const get = () => new GetItemCommand({ TableName: 'records', Key: { pk: { S: 'ключ 鍵 🔑' } } })
const put = (Item: { [name: string]: AttributeValue }) => new PutItemCommand({ TableName: 'records', Item })
const fails = (type: string, status: number, more = {}): Answer => ({
  status,
  body: JSON.stringify({ __type: type, message: 'so it is', ...more }),
})

it('signs what it sends, and says who sends it', async () => {
  const { client, requests } = await startDynamodb()
  await (await client()).send(get())
  const [request] = requests
  expect(request?.fault).toBeUndefined()
  expect(request?.headers).toMatchObject({ 'x-amz-target': 'DynamoDB_20120810.GetItem', 'user-agent': 'cairn' })
})

it('signs with fresh credentials when the old ones have expired', async () => {
  const { client, requests, signer } = await startDynamodb()
  let given = 0
  const credentials = async () => {
    given += 1
    const expiration = new Date(Date.now() + (given === 1 ? -1_000 : 3_600_000))
    return { accessKeyId: `KEY${given}`, secretAccessKey: `secret${given}`, expiration }
  }
  const fresh = await client({ credentials })
  await fresh.send(get())
  Object.assign(signer, { accessKeyId: `KEY${given}`, secretAccessKey: `secret${given}` })
  await fresh.send(get())
  expect(given).toBeGreaterThan(1)
  expect(requests[1]?.fault).toBeUndefined()
})

it('corrects its clock by the error that it caused', async () => {
  const { client, requests, clock } = await startDynamodb([
    { ...fails('com.amazon.coral.service#InvalidSignatureException', 400), headers: { date: inAnHour() } },
  ])
  const late = await client()
  clock.ahead = 3_600_000
  await late.send(get())
  expect(requests.map(({ fault }) => fault?.slice(0, 10))).toEqual(['X-Amz-Date', undefined])
})

function inAnHour(): string {
  return new Date(Date.now() + 3_600_000).toUTCString()
}

it('tells DynamoDB the trace of the invocation', async () => {
  vi.stubEnv('AWS_LAMBDA_FUNCTION_NAME', 'put-record')
  vi.stubEnv('_X_AMZN_TRACE_ID', 'Root=1-5759e988-bd862e3fe1be46a994272793')
  const { client, requests } = await startDynamodb()
  await (await client()).send(get())
  expect(requests[0]?.headers['x-amzn-trace-id']).toBe('Root=1-5759e988-bd862e3fe1be46a994272793')
  expect(requests[0]?.fault).toBeUndefined()
})

it.each([
  ['a failure', fails('InternalServerError', 500)],
  ['a throttle', fails('com.amazonaws.dynamodb.v20120810#ProvisionedThroughputExceededException', 400)],
  ['an answer of a proxy', { status: 502, body: '<html>Bad Gateway</html>' }],
])('tries again after %s, and tells how often it has', async (_, answer) => {
  const { client, requests } = await startDynamodb([answer])
  const { $metadata } = await (await client()).send(get())
  expect($metadata.attempts).toBe(2)
  expect(requests).toHaveLength(2)
})

it('gives up after as many attempts as the client has', async () => {
  const { client } = await startDynamodb([fails('InternalServerError', 500), fails('InternalServerError', 500)])
  const error = await (await client({ maxAttempts: 2 })).send(get()).catch((error: unknown) => error)
  expect(error).toMatchObject({ name: 'InternalServerError', $fault: 'server', $metadata: { attempts: 2 } })
})

it('throws the exceptions of the SDK, with what they carry', async () => {
  const type = 'com.amazonaws.dynamodb.v20120810#ConditionalCheckFailedException'
  const { client } = await startDynamodb([fails(type, 400, { Item: { t: { N: '7' } } })])
  const error = await (await client()).send(put({})).catch((error: unknown) => error)
  expect(error).toBeInstanceOf(ConditionalCheckFailedException)
  expect(error).toMatchObject({ message: 'so it is', Item: { t: { N: '7' } }, $metadata: { httpStatusCode: 400 } })
})

it('sends and reads any item as a plain client does', async () => {
  const answers: ((body: string) => Answer)[] = []
  const { client, plainClient, requests } = await startDynamodb(answers)
  const [ours, plain] = [await client(), plainClient()]
  const answer = (body: string): Answer => ({ body: JSON.stringify({ Attributes: JSON.parse(body).Item }) })
  await fc.assert(
    fc.asyncProperty(fc.dictionary(fc.string(), attribute), async (item) => {
      answers.push(answer, answer)
      const read = await ours.send(put(item))
      expect(read.Attributes).toEqual((await plain.send(put(item))).Attributes)
      const [sent, sentByPlain] = requests.splice(0)
      expect(sent?.body).toBe(sentByPlain?.body)
    }),
  )
})

const { attribute } = fc.letrec<{ attribute: AttributeValue }>((tie) => ({
  attribute: fc.oneof(
    { maxDepth: 2 },
    fc.record({ S: fc.string({ unit: 'binary' }) }),
    fc.record({ N: fc.integer().map(String) }),
    fc.record({ B: fc.uint8Array() }),
    fc.record({ BOOL: fc.boolean() }),
    fc.record({ M: fc.dictionary(fc.string(), tie('attribute')) }),
    fc.record({ L: fc.array(tie('attribute')) }),
  ),
}))

it('refuses a client whose SDK resolves in other steps', async () => {
  const { plainClient } = await startDynamodb()
  const client = plainClient()
  client.middlewareStack.remove('httpSigningMiddleware')
  resolveOnce(client)
  expect(() => client.send(get())).toThrow('httpSigningMiddleware')
})
