import { DeleteItemCommand, PutItemCommand, ScanCommand } from '@aws-sdk/client-dynamodb'
import type { APIGatewayProxyStructuredResultV2, Context, EventBridgeEvent, SQSEvent } from 'aws-lambda'
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest'
import { deletedItem, groupItem, pointerItem } from '../../store/catalog/items.ts'
import { groupKey } from '../../store/catalog/keys.ts'
import type { FeatureGroup } from '../../store/groups/feature-group.ts'
import { JOB_TRIES } from '../../store/jobs/job-tries.ts'
import { startS3 } from '../aws/s3-endpoint.ts'
import { startSqs } from '../aws/sqs-endpoint.ts'
import { startUnloadingAthena } from '../aws/unloading-athena.ts'
import { apiGatewayEvent, type EventOptions } from './api-gateway-event.ts'
import { captureOutput, linesOf } from './captured-lines.ts'
import { type Aws, contextWith, startAws } from './lambda-environment.ts'

const HANDLERS = {
  'POST /restore': () => import('../../lambdas/start-restore/handler.ts'),
  'GET /restore/{RestoreId}': () => import('../../lambdas/get-restore/handler.ts'),
  'POST /delete': () => import('../../lambdas/start-delete-session/handler.ts'),
  'GET /delete/{session}': () => import('../../lambdas/read-delete-sessions/handler.ts'),
  'POST /erase': () => import('../../lambdas/erase-records/handler.ts'),
  'PUT /FeatureGroup/{FeatureGroupName}': () => import('../../lambdas/put-record/handler.ts'),
  'GET /FeatureGroup/{FeatureGroupName}': () => import('../../lambdas/get-record/handler.ts'),
  'DELETE /FeatureGroup/{FeatureGroupName}': () => import('../../lambdas/delete-record/handler.ts'),
  'POST /FeatureGroup/{FeatureGroupName}/ListRecords': () => import('../../lambdas/list-records/handler.ts'),
}

const COLUMNS = {
  id: 'string',
  at: 'string',
  city: 'string',
  size: 'long',
  ratio: 'double',
  tags: 'list<string>',
  write_time: 'timestamp',
  api_invocation_time: 'timestamp',
  is_deleted: 'boolean',
  _event_time: 'timestamp',
  _deletion_session: 'string',
  _sequence: 'long',
}

const EARLY = '2026-01-01T00:00:00Z'
const LATER = '2026-01-02T00:00:00.123Z'

/** A group of its own for each test, since they share a ledger. */
let groups = 0
let GROUP: FeatureGroup
let CALL: { pathParameters: { FeatureGroupName: string } }

function newGroup(): FeatureGroup {
  groups += 1
  const name = `people-${groups}`
  const types = {
    id: 'String',
    at: 'String',
    city: 'String',
    size: 'Integral',
    ratio: 'Fractional',
    tags: 'String',
  } as const
  return {
    groupId: `group${groups}-4`,
    revision: 1,
    FeatureGroupName: name,
    FeatureGroupArn: `arn:aws:sagemaker:us-east-1:123456789012:feature-group/${name}`,
    RecordIdentifierFeatureName: 'id',
    EventTimeFeatureName: 'at',
    FeatureDefinitions: Object.entries(types).map(([FeatureName, FeatureType]) => ({
      FeatureName,
      FeatureType,
      ...(FeatureName === 'tags' && { CollectionType: 'List' }),
    })),
    OnlineStoreConfig: { StorageType: 'Standard' },
    OfflineStoreConfig: {
      S3StorageConfig: { S3Uri: 's3://bucket', ResolvedOutputS3Uri: `s3://warehouse/people_${groups}` },
      DisableGlueTableCreation: false,
      DataCatalogConfig: { TableName: `people_${groups}`, Catalog: 'AwsDataCatalog', Database: 'offline' },
    },
    Tags: [],
    creationTime: 0,
    lastModifiedTime: 0,
    isUpdated: false,
    additions: [],
  }
}

captureOutput()

let aws: Aws
let outbox: Awaited<ReturnType<typeof startSqs>>
let s3: Awaited<ReturnType<typeof startS3>>
let athena: Awaited<ReturnType<typeof startUnloadingAthena>>
let refusal: string | undefined
beforeAll(async () => {
  // The functions wait by the clock, which the tests set forward.
  vi.useFakeTimers({ toFake: ['Date'] })
  aws = await startAws()
  s3 = await startS3('warehouse')
  athena = await startUnloadingAthena({
    columnsOf: () => COLUMNS,
    rowsOf: async (table) => aws.firehose.taken.map((row) => JSON.parse(row)).filter(({ _table }) => _table === table),
    put: async ({ key }, bytes) => void s3.objects.set(key, bytes),
    fails: () => refusal,
  })
  outbox = await startSqs()
  vi.stubEnv('AWS_ENDPOINT_URL_S3', s3.endpoint)
  vi.stubEnv('AWS_ENDPOINT_URL_ATHENA', athena.endpoint)
  vi.stubEnv('OUTBOX_URL', outbox.queueUrl)
  vi.stubEnv('CAIRN_IGNORE_DELETE', 'of-nobody,always-ignored')
})
afterAll(async () => {
  await Promise.all([athena.close(), s3.close(), outbox.close()])
  vi.useRealTimers()
  await aws.close()
})
beforeEach(async () => {
  refusal = undefined
  s3.faults.length = 0
  loseMessages()
  GROUP = newGroup()
  CALL = { pathParameters: { FeatureGroupName: GROUP.FeatureGroupName } }
  for (const Item of [groupItem(GROUP), pointerItem(GROUP)]) {
    await aws.client.send(new PutItemCommand({ TableName: aws.tables.CATALOG_TABLE, Item }))
  }
})

async function sendMessage({ endpoint, queueUrl }: typeof outbox, MessageBody: string): Promise<void> {
  const headers = { 'x-amz-target': 'AmazonSQS.SendMessage' }
  await fetch(endpoint, { method: 'POST', headers, body: JSON.stringify({ QueueUrl: queueUrl, MessageBody }) })
}

/** Takes the group away as DeleteFeatureGroup does. */
async function deleteGroup(): Promise<void> {
  const TableName = aws.tables.CATALOG_TABLE
  await aws.client.send(new DeleteItemCommand({ TableName, Key: groupKey(GROUP.FeatureGroupName) }))
  await aws.client.send(new PutItemCommand({ TableName, Item: deletedItem(GROUP) }))
}

async function itemsOnline(): Promise<number> {
  const { Items = [] } = await aws.client.send(new ScanCommand({ TableName: aws.tables.ONLINE_TABLE }))
  return Items.filter(({ pk }) => pk?.S?.startsWith(`${GROUP.groupId}#`)).length
}

function loseMessages(): void {
  for (const { messageId } of aws.sqs.waiting()) aws.sqs.remove(messageId)
}

async function invoke(routeKey: keyof typeof HANDLERS, options: Omit<EventOptions, 'routeKey'> = {}) {
  const { handler } = await HANDLERS[routeKey]()
  const event = apiGatewayEvent({ routeKey, ...options })
  const { statusCode, body }: APIGatewayProxyStructuredResultV2 = await handler(event, contextWith())
  return { status: statusCode, answer: JSON.parse(body || 'null') }
}

type Values = { [feature: string]: string | string[] }

async function put(values: Values): Promise<void> {
  const Record = Object.entries({ at: EARLY, ...values }).map(([FeatureName, value]) =>
    typeof value === 'string' ? { FeatureName, ValueAsString: value } : { FeatureName, ValueAsStringList: value },
  )
  const { status } = await invoke('PUT /FeatureGroup/{FeatureGroupName}', { ...CALL, body: JSON.stringify({ Record }) })
  expect(status).toBe(200)
}

/** Every live record, as the API answers it. */
async function live(): Promise<{ [id: string]: unknown }> {
  const { answer } = await invoke('POST /FeatureGroup/{FeatureGroupName}/ListRecords', { ...CALL, body: '{}' })
  const records: { [id: string]: unknown } = {}
  for (const id of answer.RecordIdentifiers.sort()) {
    const rawQueryString = `RecordIdentifierValueAsString=${encodeURIComponent(id)}`
    records[id] = (await invoke('GET /FeatureGroup/{FeatureGroupName}', { ...CALL, rawQueryString })).answer.Record
  }
  return records
}

const start = (body: object = {}) =>
  invoke('POST /restore', { body: JSON.stringify({ FeatureGroupName: GROUP.FeatureGroupName, ...body }) })
const show = async (RestoreId: string) =>
  (await invoke('GET /restore/{RestoreId}', { pathParameters: { RestoreId } })).answer
const deleteWhere = (session: string, body: object) =>
  invoke('POST /delete', { body: JSON.stringify({ table: GROUP.FeatureGroupName, session, ...body }) })
const showDelete = async (session: string) =>
  (await invoke('GET /delete/{session}', { pathParameters: { session } })).answer

/** Records of every kind of value, and such that are not live any more. */
async function fill(): Promise<void> {
  await put({ id: 'a', city: 'Zürich ✓', size: '9007199254740993', ratio: '0.1', tags: ['x', ''] })
  await put({ id: 'a b/c', at: LATER, city: '"quoted"', tags: [] })
  for (const id of ['c', 'd', 'e', 'f', 'g']) await put({ id, city: 'Rome', size: '7' })
  await put({ id: 'c', at: LATER, city: 'Oslo' })
  await put({ id: 'c', at: '2025-01-01T00:00:00Z', city: 'late' })
  const gone = `RecordIdentifierValueAsString=d&EventTime=${encodeURIComponent(LATER)}`
  expect((await invoke('DELETE /FeatureGroup/{FeatureGroupName}', { ...CALL, rawQueryString: gone })).status).toBe(200)
}

const ROUND_MS = 100_000

interface Running {
  /** How often each message was received. */
  receives?: number
  /** After so many messages it is enough. @default - when there are none */
  messages?: number
}

/** Does what Lambda does with the queue of jobs until it is empty. */
async function runJobs({ receives = 1, messages = 1_000 }: Running = {}): Promise<void> {
  const { handler } = await import('../../lambdas/jobs/handler.ts')
  for (let rounds = 0; rounds < messages; rounds++) {
    const [message] = aws.sqs.receive(1)
    if (message === undefined) return
    const { messageId, body } = message
    const attributes = { ApproximateReceiveCount: String(receives) }
    const event = { Records: [{ messageId, receiptHandle: messageId, body, attributes }] }
    await handler(event as unknown as SQSEvent, contextWith(300_000))
    aws.sqs.remove(messageId)
    await athena.settled()
    vi.setSystemTime(Date.now() + ROUND_MS)
  }
  if (messages === 1_000) throw new Error('the jobs do not end')
}

describe('the handlers of restores', () => {
  it('rebuild the online store as it was, from what Athena has left in S3', async () => {
    await fill()
    await deleteWhere('rebuilt-soft', { filter: [['=', 'id', 'e']] })
    await deleteWhere('rebuilt-hard', { filter: [['=', 'id', 'f']], mode: 'hard' })
    await runJobs()
    const before = await live()
    expect(Object.keys(before)).toEqual(['a', 'a b/c', 'c', 'g'])

    const refused = await start()
    expect({ ...refused, answer: refused.answer.Message }).toEqual({
      status: 400,
      answer: expect.stringContaining('has live records. Send Replace'),
    })
    const { status, answer } = await start({ Replace: true })
    expect({ status, ...answer }).toMatchObject({ status: 200, Status: 'Processing' })
    await runJobs()
    expect(await show(answer.RestoreId)).toMatchObject({
      Status: 'Completed',
      RecordsRemoved: 4,
      RecordsWritten: 4,
      Tombstones: 2,
      Error: null,
    })
    expect(await live()).toEqual(before)
    expect(s3.calls.filter((call) => call.startsWith('GET extracts/')).length).toBeGreaterThan(2)
    expect([...s3.objects.keys()]).toEqual([])
    const tombstones = { ...CALL, body: '{"IncludeSoftDeletedRecords":true}' }
    const listed = await invoke('POST /FeatureGroup/{FeatureGroupName}/ListRecords', tombstones)
    expect(listed.answer.RecordIdentifiers.sort()).toEqual(['a', 'a b/c', 'c', 'd', 'e', 'g'])
  })

  it('do so without the delete sessions that are named, there or in the settings', async () => {
    await fill()
    const before = await live()
    await deleteWhere('named', { filter: [['=', 'id', 'e']] })
    await deleteWhere('always-ignored', { filter: [['=', 'id', 'f']], mode: 'hard' })
    await deleteWhere('honoured', { filter: [['=', 'id', 'g']] })
    await runJobs()
    const { answer } = await start({ Replace: true, IgnoreDelete: ['named'] })
    await runJobs()
    expect(await show(answer.RestoreId)).toMatchObject({
      Status: 'Completed',
      IgnoreDelete: ['named', 'always-ignored'],
    })
    const { g: _, ...others } = before
    expect(await live()).toEqual(others)
  })

  it('begin when nothing waits in the outbox any more', async () => {
    await fill()
    const before = await live()
    await sendMessage(outbox, 'a row')
    const { answer } = await start({ Replace: true })
    await runJobs({ messages: 30 })
    expect((await show(answer.RestoreId)).Status).toBe('Processing')
    for (const { messageId } of outbox.receive(10)) outbox.remove(messageId)
    await runJobs()
    expect((await show(answer.RestoreId)).Status).toBe('Completed')
    expect(await live()).toEqual(before)
  })

  it('tell of none that there is not, and of requests that are none', async () => {
    const { status } = await invoke('GET /restore/{RestoreId}', { pathParameters: { RestoreId: 'none' } })
    expect(status).toBe(404)
    expect((await invoke('POST /restore', { body: '{"FeatureGroupName":"none"}' })).status).toBe(404)
    expect((await start({ IgnoreDelete: ['unknown'] })).status).toBe(400)
  })

  it('refuse other methods in the form that restores have', async () => {
    const { handler } = await import('../../lambdas/unrouted/handler.ts')
    const event = apiGatewayEvent({ routeKey: '$default', rawPath: '/restore' })
    event.requestContext.http.method = 'PUT'
    const { statusCode, body }: APIGatewayProxyStructuredResultV2 = await handler(event, contextWith())
    expect(statusCode).toBe(405)
    expect(JSON.parse(body ?? '').Message).toBe("method 'PUT' is not allowed for '/restore': POST")
  })
})

describe('a restore that is under way', () => {
  it('is taken up again by the sweep when its message is lost', async () => {
    await fill()
    const before = await live()
    const { answer } = await start({ Replace: true })
    await runJobs({ messages: 2 })
    loseMessages()
    vi.setSystemTime(Date.now() + 1_800_000)
    const { handler } = await import('../../lambdas/sweep-sessions/handler.ts')
    await handler({} as EventBridgeEvent<string, object>, contextWith() as Context)
    await runJobs()
    expect((await show(answer.RestoreId)).Status).toBe('Completed')
    expect(await live()).toEqual(before)
  })

  it('has delete sessions wait for its end, and no record erased that might come back', async () => {
    await fill()
    const { answer } = await start({ Replace: true })
    await runJobs({ messages: 1 })
    await deleteWhere('beside', { all: true })
    await runJobs({ messages: 4 })
    expect(await showDelete('beside')).toMatchObject({ status: 'processing', matched: 0 })
    const body = JSON.stringify({ FeatureGroupName: GROUP.FeatureGroupName, RecordIdentifiersValueAsString: ['a'] })
    const refused = await invoke('POST /erase', { body })
    expect({ ...refused, answer: refused.answer.Message }).toEqual({
      status: 409,
      answer: expect.stringContaining(answer.RestoreId),
    })
    expect(await live()).toHaveProperty('a')
    await runJobs()
    expect((await show(answer.RestoreId)).Status).toBe('Completed')
    expect((await showDelete('beside')).status).toBe('completed')
    expect((await invoke('POST /erase', { body })).status).toBe(200)
  })
})

describe('a restore that fails', () => {
  const failures = (lines: { [member: string]: unknown }[]) => lines.filter((line) => 'FailedRestores' in line)

  it('for a reason of Athena says it, is counted, and leaves the online store as it was', async () => {
    await fill()
    const before = await live()
    refusal = 'PERMISSION_DENIED: no access to the bucket'
    const { answer } = await start({ Replace: true })
    const lines = await linesOf(() => runJobs())
    const { Status, Error: reason, EndedAt } = await show(answer.RestoreId)
    expect({ Status, reason, EndedAt }).toEqual({
      Status: 'Failed',
      reason: `Athena could not read the history: ${refusal}`,
      EndedAt: expect.any(String),
    })
    expect(failures(lines)).toMatchObject([{ service: 'cairn', FailedRestores: 1 }])
    expect(lines).toContainEqual(expect.objectContaining({ level: 'ERROR', message: 'a restore has failed' }))
    expect(await live()).toEqual(before)
  })

  it('because its group is deleted says so, and the records are removed after that', async () => {
    await fill()
    const { answer } = await start({ Replace: true })
    await runJobs({ messages: 1 })
    await deleteGroup()
    await sendMessage(aws.sqs, JSON.stringify({ kind: 'group-cleanup', groupId: GROUP.groupId }))
    await runJobs({ messages: 1 })
    expect(await itemsOnline()).toBeGreaterThan(0)
    await runJobs()
    expect(await show(answer.RestoreId)).toMatchObject({ Status: 'Failed', Error: 'the feature group was deleted' })
    expect(await itemsOnline()).toBe(0)
  })

  it('because S3 stays away ends when its message comes for the last time, and another may follow', async () => {
    await fill()
    const before = await live()
    const { answer } = await start({ Replace: true })
    for (let i = 0; i < 100; i++) s3.faults.push({ status: 503, body: '<Error><Code>SlowDown</Code></Error>' })
    await expect(runJobs()).rejects.toThrow(/S3/)
    expect((await show(answer.RestoreId)).Status).toBe('Processing')
    const lines = await linesOf(() => runJobs({ receives: JOB_TRIES }))
    const { Status, Error: reason } = await show(answer.RestoreId)
    expect({ Status, reason }).toEqual({ Status: 'Failed', reason: expect.stringContaining('S3') })
    expect(failures(lines)).toMatchObject([{ FailedRestores: 1 }])
    s3.faults.length = 0
    const again = await start({ Replace: true })
    await runJobs()
    expect((await show(again.answer.RestoreId)).Status).toBe('Completed')
    expect(await live()).toEqual(before)
  })

  it('because its worker ended without a word each time ends without another try', async () => {
    await fill()
    const { answer } = await start({ Replace: true })
    await runJobs({ messages: 1 })
    await runJobs({ messages: 1, receives: JOB_TRIES + 1 })
    await runJobs()
    const { Status, Error: reason } = await show(answer.RestoreId)
    expect({ Status, reason }).toEqual({ Status: 'Failed', reason: expect.stringContaining('it was tried 10 times') })
  })
})
