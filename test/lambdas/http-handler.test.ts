import type { APIGatewayProxyStructuredResultV2 } from 'aws-lambda'
import { describe, expect, it } from 'vitest'
import { httpHandler } from '../../lambdas/http-handler.ts'
import type { Protocol } from '../../store/protocol/protocol.ts'
import { apiGatewayEvent } from './api-gateway-event.ts'
import { captureOutput, linesOf } from './captured-lines.ts'
import { contextWith } from './lambda-environment.ts'

captureOutput()

const event = apiGatewayEvent({ routeKey: 'POST /BatchGetRecord', body: '{}' })

function handlerOf(answer: Protocol['answer']) {
  return httpHandler({ contentType: 'application/json', answer })
}

async function invoke(answer: Protocol['answer'], timeLeftMs?: number): Promise<APIGatewayProxyStructuredResultV2> {
  return await handlerOf(answer)(event, contextWith(timeLeftMs))
}

const errorType = ({ statusCode, headers }: APIGatewayProxyStructuredResultV2) => [
  statusCode,
  headers?.['x-amzn-errortype'],
]

describe('an error that is not of the API', () => {
  const cause = Object.assign(new Error('the condition did not hold'), { Item: { f: { S: 'a value' } } })
  const fail = () => Promise.reject(new TypeError('something broke', { cause }))

  it('is an InternalFailure that tells the caller nothing', async () => {
    const result = await invoke(fail)
    expect(errorType(result)).toEqual([500, 'InternalFailure'])
    expect(result.body).not.toContain('broke')
  })
  it('is logged with its cause and the ids of the request, without items that exceptions carry', async () => {
    let requestId: unknown
    const lines = await linesOf(async () => {
      requestId = (await invoke(fail)).headers?.['x-amzn-requestid']
    })
    const [logged] = lines.filter(({ level }) => level === 'ERROR')
    expect(logged).toMatchObject({
      requestId,
      accessLogId: event.requestContext.requestId,
      function_request_id: '8f507cfc-xmpl-4697-b07a-ac58fc914c95',
      error: { name: 'TypeError', message: 'something broke', cause: { message: 'the condition did not hold' } },
    })
    expect(JSON.stringify(lines)).not.toContain('a value')
    const metrics = lines.find((line) => '_aws' in line)
    expect(metrics).toMatchObject({ Errors: 1 })
    expect(metrics).not.toHaveProperty('ClientErrors')
  })
})

describe('an answer', () => {
  it('of nearly 6 MB goes out, and a larger one becomes an error that says so', async () => {
    const megabyte = 1024 * 1024
    expect((await invoke(async () => 'x'.repeat(5.9 * megabyte))).statusCode).toBe(200)
    const refused = await invoke(async () => 'x'.repeat(6 * megabyte))
    expect(errorType(refused)).toEqual([400, 'ValidationError'])
    expect(refused.body).toContain('6 MB')
  })
  it('that does not come in time is a ServiceUnavailable, shortly before the function would end', async () => {
    const never = () => new Promise<string>(() => {})
    const lines = await linesOf(async () => {
      expect(errorType(await invoke(never, 600))).toEqual([503, 'ServiceUnavailable'])
    })
    expect(lines.find((line) => '_aws' in line)).toMatchObject({ Requests: 1, Errors: 1 })
  })
  it('is refused in the form of its API', async () => {
    const refuse = () => ({ status: 503, body: '{"code":"503","text":"unavailable"}' })
    const answer = () => new Promise<string>(() => {})
    const handler = httpHandler({ contentType: 'application/json', answer, refuse })
    const result = await handler(event, contextWith(600))
    expect(result).toMatchObject({ statusCode: 503, body: '{"code":"503","text":"unavailable"}' })
    expect(result.headers).not.toHaveProperty('x-amzn-errortype')
  })
  it('that comes too late is not counted with the next request', async () => {
    const answers: ((text: string) => void)[] = []
    const handler = handlerOf(() => new Promise((resolve) => answers.push(resolve)))
    expect(await handler(event, contextWith(550))).toMatchObject({ statusCode: 503 })
    const lines = await linesOf(async () => {
      const next = handler(event, contextWith())
      answers[0]?.('late')
      await new Promise(setImmediate)
      answers[1]?.('in time')
      expect(await next).toMatchObject({ statusCode: 200, body: 'in time' })
    })
    const metrics = lines.filter((line) => '_aws' in line)
    expect(metrics).toMatchObject([{ Requests: 1 }])
    expect(metrics[0]).not.toHaveProperty('Errors')
  })
})
