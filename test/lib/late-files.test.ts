import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { bundleHandler } from '../../lib/bundle.ts'
import { apiGatewayEvent } from '../lambdas/api-gateway-event.ts'
import { captureOutput, linesOf } from '../lambdas/captured-lines.ts'
import { type Aws, contextWith, startAws } from '../lambdas/lambda-environment.ts'

captureOutput()

const require = createRequire(import.meta.url)
const directory = mkdtempSync(join(tmpdir(), 'cairn-late-'))
let aws: Aws
beforeAll(async () => {
  aws = await startAws({ refuses: () => true })
  bundleHandler('control-plane', join(directory, 'control-plane'))
  for (const name of ['whole', 'lacking']) bundleHandler('put-record', join(directory, name))
  bundleHandler('ingest-queue', join(directory, 'ingest-queue'))
  await invoke('control-plane', {
    routeKey: 'POST /',
    headers: { 'content-type': 'application/x-amz-json-1.1', 'x-amz-target': 'SageMaker.CreateFeatureGroup' },
    body: JSON.stringify({
      FeatureGroupName: 'orders',
      RecordIdentifierFeatureName: 'id',
      EventTimeFeatureName: 'time',
      FeatureDefinitions: ['id', 'time'].map((FeatureName) => ({ FeatureName, FeatureType: 'String' })),
      OnlineStoreConfig: { EnableOnlineStore: true },
      OfflineStoreConfig: { S3StorageConfig: { S3Uri: 's3://bucket/offline' } },
    }),
  })
})
afterAll(async () => {
  await aws.close()
  rmSync(directory, { recursive: true })
})

async function invoke(folder: string, event: Parameters<typeof apiGatewayEvent>[0]) {
  const { handler } = require(join(directory, folder, 'index.js'))
  return await handler(apiGatewayEvent(event), contextWith())
}

function put(folder: string) {
  const values = Object.entries({ id: '1', time: '2026-01-01T00:00:00Z' })
  const Record = values.map(([FeatureName, ValueAsString]) => ({ FeatureName, ValueAsString }))
  return invoke(folder, {
    routeKey: 'PUT /FeatureGroup/{FeatureGroupName}',
    pathParameters: { FeatureGroupName: 'orders' },
    body: JSON.stringify({ Record }),
  })
}

/** The files of a bundle that are loaded when they are called for. */
function lateFiles(folder: string, name = 'queue-outbox'): string[] {
  return readdirSync(join(directory, folder)).filter((file) => file.startsWith(`${name}-`))
}

it('loads the outbox when the history first refuses a row', async () => {
  const [late = ''] = lateFiles('whole')
  require(join(directory, 'whole', 'index.js'))
  expect(Object.keys(require.cache)).not.toContain(join(directory, 'whole', late))
  expect(await put('whole')).toMatchObject({ statusCode: 200 })
  expect(Object.keys(require.cache)).toContain(join(directory, 'whole', late))
  expect(aws.sqs.waiting()).toHaveLength(1)
})

it('answers and logs a failure when what is loaded late cannot be', async () => {
  for (const file of lateFiles('lacking')) rmSync(join(directory, 'lacking', file))
  let answer: unknown
  const lines = await linesOf(async () => {
    answer = await put('lacking')
  })
  expect(answer).toMatchObject({ statusCode: 500 })
  expect(JSON.stringify(lines)).toContain('Cannot find module')
})

it('loads the schema of events with the first that is not of the usual form', async () => {
  const { handler } = require(join(directory, 'ingest-queue', 'index.js'))
  const [late = ''] = lateFiles('ingest-queue', 'read-event')
  const usual = { FeatureGroupName: 'orders', Record: { id: '2', time: '2026-01-01T00:00:00Z' } }
  const inEnvelope = { specversion: '1.0', id: '1', source: '/s', type: 't', data: usual }
  const ingest = (...bodies: object[]) => {
    const more = { attributes: { ApproximateReceiveCount: '1' }, eventSourceARN: 'arn:aws:sqs:us-east-1:1:ingest' }
    const Records = bodies.map((body, index) => ({ messageId: `${index}`, body: JSON.stringify(body), ...more }))
    return handler({ Records }, contextWith())
  }
  expect(await ingest(usual)).toEqual({ batchItemFailures: [] })
  expect(Object.keys(require.cache)).not.toContain(join(directory, 'ingest-queue', late))
  expect(await ingest(inEnvelope, { ...inEnvelope, data: {} })).toEqual({ batchItemFailures: [] })
  expect(Object.keys(require.cache)).toContain(join(directory, 'ingest-queue', late))
  expect(aws.deadLetters.waiting()).toHaveLength(1)
})
