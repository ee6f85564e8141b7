import type { APIGatewayProxyStructuredResultV2 } from 'aws-lambda'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { apiGatewayEvent, type EventOptions } from './api-gateway-event.ts'
import { captureOutput, linesOf } from './captured-lines.ts'
import { type Aws, contextWith, startAws } from './lambda-environment.ts'

const HANDLERS = {
  PutRecord: () => import('../../lambdas/put-record/handler.ts'),
  GetRecord: () => import('../../lambdas/get-record/handler.ts'),
  DeleteRecord: () => import('../../lambdas/delete-record/handler.ts'),
  BatchGetRecord: () => import('../../lambdas/batch-get-record/handler.ts'),
  BatchWriteRecord: () => import('../../lambdas/batch-write-record/handler.ts'),
  ListRecords: () => import('../../lambdas/list-records/handler.ts'),
  UpdateRecord: () => import('../../lambdas/update-record/handler.ts'),
  ControlPlane: () => import('../../lambdas/control-plane/handler.ts'),
  Unrouted: () => import('../../lambdas/unrouted/handler.ts'),
}

captureOutput()

let aws: Aws
beforeAll(async () => {
  aws = await startAws({ refuses: (text) => text.includes('refused') })
  await control('CreateFeatureGroup', {
    FeatureGroupName: 'orders',
    RecordIdentifierFeatureName: 'id',
    EventTimeFeatureName: 'time',
    FeatureDefinitions: ['id', 'time', 'text'].map((FeatureName) => ({ FeatureName, FeatureType: 'String' })),
    OnlineStoreConfig: { EnableOnlineStore: true },
    OfflineStoreConfig: { S3StorageConfig: { S3Uri: 's3://bucket/offline' } },
  })
})
afterAll(() => aws.close())

async function invoke(name: keyof typeof HANDLERS, options: EventOptions): Promise<APIGatewayProxyStructuredResultV2> {
  const { handler } = await HANDLERS[name]()
  return await handler(apiGatewayEvent(options), contextWith())
}

function control(operation: string, input: object) {
  const headers = { 'content-type': 'application/x-amz-json-1.1', 'x-amz-target': `SageMaker.${operation}` }
  return invoke('ControlPlane', { routeKey: 'POST /', headers, body: JSON.stringify(input) })
}

const NAMED = { pathParameters: { FeatureGroupName: 'orders' } }
const T1 = '2026-01-01T00:00:01Z'
const T2 = '2026-01-01T00:00:02Z'

function record(id: string, time: string, text: string) {
  const values = Object.entries({ id, time, text })
  return values.map(([FeatureName, ValueAsString]) => ({ FeatureName, ValueAsString }))
}

function put(id: string, time: string, text: string) {
  const body = JSON.stringify({ Record: record(id, time, text) })
  return invoke('PutRecord', { ...NAMED, routeKey: 'PUT /FeatureGroup/{FeatureGroupName}', body })
}

function get(id: string) {
  const rawQueryString = `RecordIdentifierValueAsString=${encodeURIComponent(id)}`
  return invoke('GetRecord', { ...NAMED, routeKey: 'GET /FeatureGroup/{FeatureGroupName}', rawQueryString })
}

function batchWrite(...texts: string[]) {
  const Entries = texts.map((text) => ({ FeatureGroupName: 'orders', Record: record(`batch ${text}`, T1, text) }))
  return invoke('BatchWriteRecord', { routeKey: 'POST /BatchWriteRecord', body: JSON.stringify({ Entries }) })
}

/** The one line of metrics among others. */
async function metricsOf(call: () => Promise<unknown>): Promise<{ [member: string]: unknown }> {
  const metrics = (await linesOf(call)).filter((line) => '_aws' in line)
  expect(metrics).toHaveLength(1)
  return metrics[0] ?? {}
}

describe('the handlers of the API', () => {
  it('write a record that others read, list and delete', async () => {
    expect(await put('a/b, c', T1, 'written')).toMatchObject({ statusCode: 200, body: '', isBase64Encoded: false })
    const read = await get('a/b, c')
    expect(read).toMatchObject({ statusCode: 200, headers: { 'content-type': 'application/json' } })
    expect(JSON.parse(read.body ?? '')).toEqual({ Record: record('a/b, c', T1, 'written') })
    const list = { ...NAMED, routeKey: 'POST /FeatureGroup/{FeatureGroupName}/ListRecords', body: '{}' }
    expect(JSON.parse((await invoke('ListRecords', list)).body ?? '')).toEqual({ RecordIdentifiers: ['a/b, c'] })
    const rawQueryString = `RecordIdentifierValueAsString=a%2Fb%2C%20c&EventTime=${T2}&TargetStores=OnlineStore&TargetStores=OfflineStore`
    const routeKey = 'DELETE /FeatureGroup/{FeatureGroupName}'
    expect(await invoke('DeleteRecord', { ...NAMED, routeKey, rawQueryString })).toMatchObject({ statusCode: 200 })
    expect((await get('a/b, c')).body).toBe('{}')
  })
  it('update by ARN, and read in batches', async () => {
    await put('updated', T1, 'before')
    const pathParameters = {
      ArnPrefix: 'arn:aws:sagemaker:us-east-1:123456789012:feature-group',
      FeatureGroupName: 'orders',
    }
    const Features = [{ FeatureName: 'text', ValueAsString: 'after' }]
    const body = JSON.stringify({ RecordIdentifierValueAsString: 'updated', Features })
    const routeKey = 'POST /FeatureGroup/{ArnPrefix}/{FeatureGroupName}/Record'
    expect(await invoke('UpdateRecord', { routeKey, pathParameters, body })).toMatchObject({ statusCode: 200 })
    const Identifiers = [{ FeatureGroupName: 'orders', RecordIdentifiersValueAsString: ['updated', 'none'] }]
    const read = { routeKey: 'POST /BatchGetRecord', body: JSON.stringify({ Identifiers }) }
    const { Records, UnprocessedIdentifiers } = JSON.parse((await invoke('BatchGetRecord', read)).body ?? '')
    expect(Records).toMatchObject([{ Record: record('updated', T1, 'after') }])
    expect(UnprocessedIdentifiers).toEqual([])
  })
  it('append each write to the history before they answer', async () => {
    await put('history', T1, 'kept')
    const last = JSON.parse(aws.firehose.taken.at(-1) ?? '{}')
    expect(last).toMatchObject({ id: 'history', time: T1, text: 'kept', is_deleted: false })
  })
  it('leave rows in the outbox that Firehose does not take, and say that all is well', async () => {
    expect(await put('outbox', T1, 'refused by Firehose')).toMatchObject({ statusCode: 200 })
    expect(aws.sqs.waiting().map(({ body }) => JSON.parse(body)[0].identifier)).toEqual(['outbox'])
    for (const { messageId } of aws.sqs.receive(10)) aws.sqs.remove(messageId)
  })
  it('answer errors in the form of the API', async () => {
    const missing = { routeKey: 'GET /FeatureGroup/{FeatureGroupName}', pathParameters: { FeatureGroupName: 'none' } }
    const query = { rawQueryString: 'RecordIdentifierValueAsString=a' }
    const { statusCode, headers, body } = await invoke('GetRecord', { ...missing, ...query })
    expect({ statusCode, type: headers?.['x-amzn-errortype'] }).toEqual({ statusCode: 404, type: 'ResourceNotFound' })
    expect(JSON.parse(body ?? '').Message).toContain('none')
  })
  it('refuse a compressed body', async () => {
    const headers = { 'content-encoding': 'gzip' }
    const refused = await invoke('BatchWriteRecord', { routeKey: 'POST /BatchWriteRecord', headers, body: '{}' })
    expect(refused).toMatchObject({ statusCode: 400, body: expect.stringContaining('gzip') })
  })
  it('answer what no route takes', async () => {
    const unknown = await invoke('Unrouted', { routeKey: '$default', rawPath: '/v1/records' })
    expect(unknown.headers).toMatchObject({ 'x-amzn-errortype': 'UnknownOperationException' })
    expect(unknown).toMatchObject({ statusCode: 404, body: expect.stringContaining('/v1/records') })
  })
  it('describe a group with the table that its history has', async () => {
    const { body } = await control('DescribeFeatureGroup', { FeatureGroupName: 'orders' })
    const { OfflineStoreConfig } = JSON.parse(body ?? '')
    expect(OfflineStoreConfig.DataCatalogConfig.Database).toBe('cairn_offline')
    expect([...aws.glue.tables.keys()]).toEqual([OfflineStoreConfig.DataCatalogConfig.TableName])
  })
})

describe('the metrics of a request', () => {
  it('count it under its operation, with its latency', async () => {
    const metrics = await metricsOf(() => get('a'))
    expect(metrics).toMatchObject({ service: 'cairn', operation: 'GetRecord', Requests: 1 })
    expect(metrics['Latency']).toBeGreaterThan(0)
    expect(metrics['_aws']).toMatchObject({
      CloudWatchMetrics: [{ Namespace: 'Cairn', Dimensions: [['service', 'operation']] }],
    })
    for (const none of ['Errors', 'ClientErrors', 'HistoricWrites']) expect(metrics).not.toHaveProperty(none)
  })
  it('count an error of the caller', async () => {
    const bad = { ...NAMED, routeKey: 'GET /FeatureGroup/{FeatureGroupName}', rawQueryString: 'Nope=1' }
    const metrics = await metricsOf(() => invoke('GetRecord', bad))
    expect(metrics).toMatchObject({ Requests: 1, ClientErrors: 1 })
    expect(metrics).not.toHaveProperty('Errors')
  })
  it('count writes that came late', async () => {
    await put('historic', T2, 'first')
    expect(await metricsOf(() => put('historic', T1, 'late'))).toMatchObject({ HistoricWrites: 1 })
  })
  it('belong to one request alone', async () => {
    await linesOf(() => put('historic', T1, 'late again'))
    expect(await metricsOf(() => put('historic', '2026-01-01T00:00:03Z', 'new'))).not.toHaveProperty('HistoricWrites')
  })
})

describe('the logs', () => {
  const SECRET = 'a value that no log may have'

  it('have no values of features, whether a request succeeds or fails', async () => {
    const lines = await linesOf(async () => {
      await put('secret', T1, SECRET)
      await put('secret', T1, `${SECRET} refused`)
      await put('secret', SECRET, 'text')
      await batchWrite(SECRET, `${SECRET} refused`)
      for (const { messageId } of aws.sqs.receive(10)) aws.sqs.remove(messageId)
    })
    expect(lines.length).toBeGreaterThan(3)
    expect(JSON.stringify(lines)).not.toContain(SECRET)
  })
})
