import { PutItemCommand } from '@aws-sdk/client-dynamodb'
import type { APIGatewayProxyStructuredResultV2, Context, EventBridgeEvent, SQSEvent } from 'aws-lambda'
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest'
import { dynamodbDeleteSessions } from '../../store/catalog/delete-sessions-dynamodb.ts'
import { groupItem, pointerItem } from '../../store/catalog/items.ts'
import type { DeleteSession } from '../../store/deletes/delete-session.ts'
import type { FeatureGroup } from '../../store/groups/feature-group.ts'
import { startAthena } from '../aws/athena-endpoint.ts'
import { startSqs } from '../aws/sqs-endpoint.ts'
import { apiGatewayEvent, type EventOptions } from './api-gateway-event.ts'
import { captureOutput, linesOf } from './captured-lines.ts'
import { type Aws, contextWith, startAws } from './lambda-environment.ts'

const HANDLERS = {
  'POST /delete': () => import('../../lambdas/start-delete-session/handler.ts'),
  'POST /delete/erase': () => import('../../lambdas/start-erasure/handler.ts'),
  'GET /delete': () => import('../../lambdas/read-delete-sessions/handler.ts'),
  'GET /delete/{session}': () => import('../../lambdas/read-delete-sessions/handler.ts'),
  'POST /delete/{session}/cancel': () => import('../../lambdas/cancel-delete-session/handler.ts'),
  'POST /delete/{session}/undo': () => import('../../lambdas/undo-delete-session/handler.ts'),
  'POST /erase': () => import('../../lambdas/erase-records/handler.ts'),
  'GET /erase/{ErasureId}': () => import('../../lambdas/erase-records/handler.ts'),
  'PUT /FeatureGroup/{FeatureGroupName}': () => import('../../lambdas/put-record/handler.ts'),
  'POST /FeatureGroup/{FeatureGroupName}/ListRecords': () => import('../../lambdas/list-records/handler.ts'),
}

const GROUP: FeatureGroup = {
  groupId: 'aaaa-4',
  revision: 1,
  FeatureGroupName: 'people',
  FeatureGroupArn: 'arn:aws:sagemaker:us-east-1:123456789012:feature-group/people',
  RecordIdentifierFeatureName: 'id',
  EventTimeFeatureName: 'at',
  FeatureDefinitions: ['id', 'at', 'city'].map((FeatureName) => ({ FeatureName, FeatureType: 'String' })),
  OnlineStoreConfig: { StorageType: 'Standard' },
  OfflineStoreConfig: {
    S3StorageConfig: { S3Uri: 's3://bucket', ResolvedOutputS3Uri: 's3://warehouse/people_1' },
    DisableGlueTableCreation: false,
    DataCatalogConfig: { TableName: 'people_1', Catalog: 'AwsDataCatalog', Database: 'offline' },
  },
  Tags: [],
  creationTime: 0,
  lastModifiedTime: 0,
  isUpdated: false,
  additions: [],
}

const COLUMNS = `"id" VARCHAR, "at" VARCHAR, "city" VARCHAR, "write_time" TIMESTAMP, "is_deleted" BOOLEAN,
  "_event_time" TIMESTAMP, "_deletion_session" VARCHAR`

const TIME = '2026-01-01T00:00:00Z'
const CALLER = 'arn:aws:sts::123456789012:assumed-role/team/session'

captureOutput()

let aws: Aws
let outbox: Awaited<ReturnType<typeof startSqs>>
let athena: Awaited<ReturnType<typeof startAthena>>
let refusal: string | undefined
beforeAll(async () => {
  // The functions wait by the clock, which the tests set forward.
  vi.useFakeTimers({ toFake: ['Date'] })
  aws = await startAws()
  const fails = (sql: string) =>
    refusal === undefined || !sql.startsWith('DELETE') ? undefined : { reason: refusal, isRetryable: false }
  athena = await startAthena(COLUMNS, { fails })
  vi.stubEnv('AWS_ENDPOINT_URL_ATHENA', athena.endpoint)
  outbox = await startSqs()
  vi.stubEnv('OUTBOX_URL', outbox.queueUrl)
  for (const Item of [groupItem(GROUP), pointerItem(GROUP)]) {
    await aws.client.send(new PutItemCommand({ TableName: aws.tables.CATALOG_TABLE, Item }))
  }
})
afterAll(async () => {
  await athena.close()
  await outbox.close()
  vi.useRealTimers()
  await aws.close()
})
beforeEach(async () => {
  refusal = undefined
  for (const id of await identifiers()) await put(id, 'nowhere')
})

async function invoke(routeKey: keyof typeof HANDLERS, options: Omit<EventOptions, 'routeKey'> = {}) {
  const { handler } = await HANDLERS[routeKey]()
  const result: APIGatewayProxyStructuredResultV2 = await handler(
    apiGatewayEvent({ routeKey, ...options }),
    contextWith(),
  )
  return { status: result.statusCode, answer: JSON.parse(result.body || 'null'), text: result.body }
}

const NAMED = { pathParameters: { FeatureGroupName: 'people' } }

async function put(id: string, city: string): Promise<void> {
  const values = Object.entries({ id, at: TIME, city })
  const Record = values.map(([FeatureName, ValueAsString]) => ({ FeatureName, ValueAsString }))
  const { status } = await invoke('PUT /FeatureGroup/{FeatureGroupName}', {
    ...NAMED,
    body: JSON.stringify({ Record }),
  })
  expect(status).toBe(200)
}

async function identifiers(): Promise<string[]> {
  const { answer } = await invoke('POST /FeatureGroup/{FeatureGroupName}/ListRecords', { ...NAMED, body: '{}' })
  return answer.RecordIdentifiers.sort()
}

const start = (body: object, routeKey: 'POST /delete' | 'POST /delete/erase' = 'POST /delete') =>
  invoke(routeKey, { body: JSON.stringify({ table: 'people', ...body }) })
const show = async (session: string) => (await invoke('GET /delete/{session}', { pathParameters: { session } })).answer
const undo = (session: string) => invoke('POST /delete/{session}/undo', { pathParameters: { session } })

/** Longer than what Athena is left alone for. */
const ROUND_MS = 100_000

/** Does what Lambda does with the queue of jobs until it is empty. */
async function runJobs(receives = 1): Promise<void> {
  for (let rounds = 0; rounds < 1_000; rounds++) {
    if (!(await runJob(receives))) return
    athena.pass(ROUND_MS)
    vi.setSystemTime(Date.now() + ROUND_MS)
  }
  throw new Error('the jobs do not end')
}

/** Does what Lambda does with the first message of the queue of jobs; false when there is none. */
async function runJob(receives = 1): Promise<boolean> {
  const { handler } = await import('../../lambdas/jobs/handler.ts')
  const [message] = aws.sqs.receive(1)
  if (message === undefined) return false
  const { messageId, body } = message
  const attributes = { ApproximateReceiveCount: String(receives) }
  const event = { Records: [{ messageId, receiptHandle: messageId, body, attributes }] }
  await handler(event as unknown as SQSEvent, contextWith(300_000))
  aws.sqs.remove(messageId)
  return true
}

/** A write that was received before what is done now, and comes to the online store only now. */
async function putLate(id: string, city: string): Promise<void> {
  const now = Date.now()
  vi.setSystemTime(now - 5)
  await put(id, city)
  vi.setSystemTime(now)
}

describe('the handlers of delete sessions', () => {
  it('delete what matches, with the caller in the ledger, and bring it back', async () => {
    for (const id of ['a', 'b', 'c']) await put(id, id === 'c' ? 'Rome' : 'Paris')
    const { status, text } = await start({ session: 'soft', filter: [['=', 'city', 'Paris']] })
    expect({ status, text }).toEqual({
      status: 200,
      text: '{"name":"soft","updtype":"delete","status":"processing","error":[]}',
    })
    await runJobs()
    expect(await show('soft')).toMatchObject({ status: 'completed', deleted: 2, actor: CALLER })
    expect(await identifiers()).toEqual(['c'])
    const rows = aws.firehose.taken.map((row) => JSON.parse(row))
    expect(rows.filter((row) => row._deletion_session === 'soft').map(({ id }) => id)).toEqual(['a', 'b'])

    expect((await undo('soft')).answer.status).toBe('undoing')
    await runJobs()
    expect(await show('soft')).toMatchObject({ status: 'undone', restored: 2 })
    expect(await identifiers()).toEqual(['a', 'b', 'c'])
    const listed = await invoke('GET /delete', { rawQueryString: 'table=people&status=undone' })
    expect(listed.answer.sessions.map(({ name }: { name: string }) => name)).toEqual(['soft'])
  })

  it('tell what a session would delete', async () => {
    await put('previewed', 'Oslo')
    const { answer } = await start({ filter: [['=', 'city', 'Oslo']], dryRun: true })
    expect(answer).toMatchObject({ matched: 1, sample: ['previewed'], isComplete: true })
  })

  it('stop a session before it is done', async () => {
    await put('cancelled', 'Lima')
    await start({ session: 'cancelled', all: true })
    const route = 'POST /delete/{session}/cancel'
    const { answer } = await invoke(route, { pathParameters: { session: 'cancelled' }, body: '{"reason":"a mistake"}' })
    expect(answer.ledger.at(-1)).toMatchObject({ status: 'cancelled', actor: CALLER, reason: 'a mistake' })
    await runJobs()
    expect(await show('cancelled')).toMatchObject({ status: 'cancelled', deleted: 0 })
    expect(await identifiers()).toContain('cancelled')
  })

  it('take each mode on its own route only, so that IAM can allow one and not the other', async () => {
    const erasing = await start({ all: true, mode: 'erase' })
    expect(erasing.text).toBe(
      '{"code":"403","text":"forbidden","details":"mode \'erase\' is not allowed on this route: soft, hard"}',
    )
    expect((await start({ all: true, mode: 'soft' }, 'POST /delete/erase')).status).toBe(403)
  })

  it('answer errors as kdb Insights does', async () => {
    expect((await invoke('POST /delete')).text).toBe('{"code":"400","text":"missing","details":"body"}')
    expect((await undo('nobody')).text).toMatch(/^\{"code":"404","text":"unknown","details":/)
  })
})

describe('what no route takes', () => {
  it.each([
    ['PUT', '/delete', 405, 'invalid'],
    ['DELETE', '/delete/some-session', 405, 'invalid'],
    ['POST', '/delete/some-session/redo', 404, 'unknown'],
  ])('%s %s is refused as kdb Insights does', async (method, rawPath, statusCode, text) => {
    const { handler } = await import('../../lambdas/unrouted/handler.ts')
    const event = apiGatewayEvent({ routeKey: '$default', rawPath })
    event.requestContext.http.method = method
    const result: APIGatewayProxyStructuredResultV2 = await handler(event, contextWith())
    expect(result.statusCode).toBe(statusCode)
    expect(JSON.parse(result.body ?? '')).toMatchObject({ code: String(statusCode), text })
  })
})

describe('the sweep', () => {
  it('has the payloads removed of sessions that can no longer be undone', async () => {
    await put('swept', 'Bonn')
    await start({ session: 'swept', filter: [['=', 'city', 'Bonn']] })
    await runJobs()
    const sessions = dynamodbDeleteSessions(aws.client, aws.tables.CATALOG_TABLE)
    const session = (await sessions.get('swept')) as DeleteSession
    expect(session.undoUntil).toBe(session.acceptedAt + 7 * 86_400_000)
    await sessions.replace({ ...session, undoUntil: Date.now() - 1, revision: session.revision + 1 })
    const { handler } = await import('../../lambdas/sweep-sessions/handler.ts')
    await handler({} as EventBridgeEvent<string, object>, contextWith() as Context)
    await runJobs()
    expect(await show('swept')).toMatchObject({ status: 'completed', payloadsRemovedAt: expect.any(String) })
    expect((await undo('swept')).status).toBe(410)
  })
})

const row = (id: string, city: string, session?: string) =>
  `'${id}', '${TIME}', '${city}', epoch_ms(1767225600000), ${session !== undefined}, epoch_ms(1767225600000), ${session === undefined ? 'NULL' : `'${session}'`}`

describe('an erasing session', () => {
  it('removes records, and their rows by queries in Athena', async () => {
    await put('erased', 'Kyiv')
    await put('kept', 'Rome')
    await athena.append(row('erased', 'Kyiv'), row('erased', 'Minsk'), row('kept', 'Rome'))
    await athena.append(row('erased', 'Kyiv', 'erasing'))
    await start({ session: 'erasing', filter: [['=', 'city', 'Kyiv']] }, 'POST /delete/erase')
    await runJobs()
    const session = await show('erasing')
    expect(session).toMatchObject({ status: 'completed', mode: 'erase', deleted: 1, undoUntil: null })
    expect(session.erasure).toMatchObject({ rowsRemoved: 3 })
    expect(session.erasure.snapshotsExpired.length).toBeGreaterThan(0)
    expect(await identifiers()).not.toContain('erased')
    expect(athena.files().join()).not.toContain('erased')
    expect(athena.files().join()).toContain('kept')
    expect((await undo('erasing')).status).toBe(409)
  })

  it('has failed, with the reason, when Athena fails and the message comes for the last time', async () => {
    refusal = 'PERMISSION_DENIED: no access to the bucket'
    await athena.append(row('stays', 'Riga'))
    await start({ session: 'refused', filter: [['=', 'city', 'Riga']] }, 'POST /delete/erase')
    const lines = await linesOf(() => runJobs(10))
    const session = await show('refused')
    expect(session).toMatchObject({ status: 'failed', error: [expect.stringContaining(refusal)] })
    expect(session.ledger.at(-1)).toMatchObject({ status: 'failed', actor: 'cairn' })
    expect(lines).toContainEqual(expect.objectContaining({ level: 'ERROR', message: 'a delete session has failed' }))
    expect(lines.filter((line) => 'FailedSessions' in line)).toMatchObject([{ service: 'cairn', FailedSessions: 1 }])
  })

  it('is taken up again when it is asked for once more', async () => {
    await put('rows of two cities', 'Graz')
    await athena.append(row('rows of two cities', 'Graz'), row('rows of two cities', 'Linz'))
    await athena.append(row('rows of two cities', 'Graz', 'again'))
    const again = () => start({ session: 'again', filter: [['=', 'city', 'Graz']] }, 'POST /delete/erase')
    refusal = 'PERMISSION_DENIED: no access to the bucket'
    await again()
    await runJobs(10)
    expect((await again()).text).toBe('{"name":"again","updtype":"delete","status":"processing","error":[]}')
    refusal = undefined
    await runJobs()
    const session = await show('again')
    expect(session).toMatchObject({ status: 'completed', error: [], deleted: 1, erasure: { rowsRemoved: 3 } })
    expect(session.ledger.map(({ status }: { status: string }) => status)).toEqual([
      'processing',
      'failed',
      'processing',
      'completed',
    ])
    expect(athena.files().join()).not.toContain('rows of two cities')
  })
})

it('an erasing session removes what was on its way when it was accepted, in both stores', async () => {
  await athena.append(row('on its way', 'Cork'))
  await start({ session: 'overtaken', filter: [['=', 'city', 'Cork']] }, 'POST /delete/erase')
  await runJob()
  await putLate('on its way', 'Cork')
  await athena.append(row('on its way', 'Cork', 'overtaken'))
  await runJobs()
  expect(await show('overtaken')).toMatchObject({ status: 'completed', deleted: 1 })
  expect(await identifiers()).not.toContain('on its way')
  expect(athena.files().join()).not.toContain('on its way')
})

describe('an erasure of records', () => {
  const erase = (...RecordIdentifiersValueAsString: string[]) =>
    invoke('POST /erase', { body: JSON.stringify({ FeatureGroupName: 'people', RecordIdentifiersValueAsString }) })
  const show = (ErasureId: string) => invoke('GET /erase/{ErasureId}', { pathParameters: { ErasureId } })

  it('removes records and tombstones at once, their rows by queries in Athena, and proves it', async () => {
    await put('person', 'Kyiv')
    await put('hidden', 'Bern')
    await put('other', 'Rome')
    await athena.append(row('person', 'Minsk'), row('hidden', 'Bern'), row('other', 'Rome'))
    await start({ session: 'hiding', filter: [['=', 'id', 'hidden']] })
    await runJobs()

    const { status, answer } = await erase('person', 'hidden', 'nobody', 'person')
    expect({ status, answer }).toMatchObject({
      status: 200,
      answer: { FeatureGroupName: 'people', Status: 'Processing', OnlineRecordsRemoved: 2 },
    })
    expect(await identifiers()).not.toContain('person')
    vi.setSystemTime(Date.now() + 1)
    await put('person', 'written anew')
    await runJobs()
    const proof = (await show(answer.ErasureId)).answer
    expect(proof).toMatchObject({ ErasureId: answer.ErasureId, Status: 'Completed', HistoryRowsRemoved: 2 })
    expect(proof.SnapshotsExpired).toBeGreaterThan(0)
    expect(Date.parse(proof.VerifiedAt)).toBeGreaterThanOrEqual(Date.parse(proof.RemovedAt))
    expect(athena.files().join()).not.toMatch(/person|hidden/)
    expect(athena.files().join()).toContain('other')
    expect(await identifiers()).toEqual(expect.arrayContaining(['other', 'person']))
    expect((await undo('hiding')).answer.status).toBe('undoing')
    await runJobs()
    expect(await identifiers()).not.toContain('hidden')
  })

  it('removes what was on its way when it was accepted, and leaves what was written later', async () => {
    await put('late', 'Nice')
    await put('later', 'Nice')
    const { answer } = await erase('late', 'later')
    await putLate('late', 'Nice')
    vi.setSystemTime(Date.now() + 1)
    await put('later', 'Nice')
    await athena.append(row('late', 'Nice'))
    await runJobs()
    const proof = (await show(answer.ErasureId)).answer
    expect(proof).toMatchObject({ Status: 'Completed', OnlineRecordsRemoved: 3 })
    expect(await identifiers()).toContain('later')
    expect(await identifiers()).not.toContain('late')
  })

  it('says why it has failed', async () => {
    refusal = 'PERMISSION_DENIED: no access to the bucket'
    await athena.append(row('stays', 'Riga'))
    const { answer } = await erase('stays')
    await runJobs(10)
    const { Status, FailureReason } = (await show(answer.ErasureId)).answer
    expect({ Status, FailureReason }).toEqual({ Status: 'Failed', FailureReason: expect.stringContaining(refusal) })
  })

  it('is not found by another id, nor by that of a session that erases nothing', async () => {
    await start({ session: 'no-erasure', filter: [['=', 'id', 'none']] })
    for (const id of ['no-erasure', 'nobody']) {
      const { status, answer } = await show(id)
      expect({ status, ...answer }).toEqual({ status: 404, Message: expect.stringContaining(id) })
    }
    await runJobs()
  })

  it('refuses a group and identifiers that there cannot be', async () => {
    const none = JSON.stringify({ FeatureGroupName: 'none', RecordIdentifiersValueAsString: ['a'] })
    expect((await invoke('POST /erase', { body: none })).status).toBe(404)
    expect((await erase()).status).toBe(400)
    expect((await erase('')).answer.Message).toMatch(/0 bytes/)
  })
})
