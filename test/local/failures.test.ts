import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { CreateFeatureGroupCommand, SageMakerClient } from '@aws-sdk/client-sagemaker'
import {
  AccessForbidden,
  BatchWriteRecordCommand,
  GetRecordCommand,
  InternalFailure,
  PutRecordCommand,
  SageMakerFeatureStoreRuntimeClient,
  ServiceUnavailable,
} from '@aws-sdk/client-sagemaker-featurestore-runtime'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startEmbeddedServer } from '../embedded-server.ts'

const FeatureGroupName = 'group'

let directory: string
let server: Awaited<ReturnType<typeof startEmbeddedServer>>
let runtime: SageMakerFeatureStoreRuntimeClient
/** A connection of the test's own to the server's records. */
let records: DatabaseSync

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'cairn-failures-'))
  server = await startEmbeddedServer(directory, 'silent')
  const credentials = { accessKeyId: 'local', secretAccessKey: 'local' }
  const connection = { endpoint: server.endpoint, region: 'us-east-1', credentials, maxAttempts: 1 }
  runtime = new SageMakerFeatureStoreRuntimeClient(connection)
  records = new DatabaseSync(join(directory, 'records.db'))
  await new SageMakerClient(connection).send(
    new CreateFeatureGroupCommand({
      FeatureGroupName,
      RecordIdentifierFeatureName: 'id',
      EventTimeFeatureName: 'time',
      FeatureDefinitions: ['id', 'time'].map((FeatureName) => ({ FeatureName, FeatureType: 'String' })),
      OnlineStoreConfig: { EnableOnlineStore: true },
      OfflineStoreConfig: { S3StorageConfig: { S3Uri: 's3://bucket' } },
    }),
  )
})
afterAll(async () => {
  records.close()
  await server.close()
  await rm(directory, { recursive: true })
})

const record = (id: string) => [
  { FeatureName: 'id', ValueAsString: id },
  { FeatureName: 'time', ValueAsString: '2026-01-01T00:00:00Z' },
]
const put = (id: string) => runtime.send(new PutRecordCommand({ FeatureGroupName, Record: record(id) }))
const get = (id: string, FeatureNames?: string[]) =>
  runtime.send(new GetRecordCommand({ FeatureGroupName, RecordIdentifierValueAsString: id, FeatureNames }))

/** What the call fails with; its answer when it does not. */
const outcomeOf = (call: Promise<unknown>) => call.catch((error: unknown) => error)

describe('while the history takes no rows', () => {
  beforeAll(() => {
    records.exec(`CREATE TRIGGER full BEFORE INSERT ON history BEGIN SELECT RAISE(ABORT, 'no room'); END`)
  })
  afterAll(() => {
    server.failures.length = 0
  })

  it('a put is a ServiceUnavailable, and is not in the online store either', async () => {
    const error = await outcomeOf(put('refused'))
    expect(error).toBeInstanceOf(ServiceUnavailable)
    expect(error).toMatchObject({ name: 'ServiceUnavailable', $metadata: { httpStatusCode: 503 }, $fault: 'server' })
    expect((await get('refused')).Record).toBeUndefined()
    expect(server.failures).toMatchObject([{ message: expect.stringContaining('no room') }])
  })
  it('the entries of a batch come back in UnprocessedEntries, and can be sent again once there is room', async () => {
    const entry = { FeatureGroupName, Record: record('again') }
    const bad = { FeatureGroupName: 'unknown', Record: record('again') }
    const refused = await runtime.send(new BatchWriteRecordCommand({ Entries: [entry, bad] }))
    expect(refused.UnprocessedEntries).toEqual([entry])
    expect(refused.Errors).toMatchObject([{ Entry: bad, ErrorCode: 'ResourceNotFound' }])
    expect((await get('again')).Record).toBeUndefined()
    records.exec('DROP TRIGGER full')
    const { UnprocessedEntries } = await runtime.send(new BatchWriteRecordCommand({ Entries: [entry] }))
    expect(UnprocessedEntries).toEqual([])
    expect((await get('again')).Record).toEqual(record('again'))
  })
})

describe('a record that cannot be read', () => {
  it('is an InternalFailure that tells nothing of the inside, and the others are answered', async () => {
    await put('broken')
    await put('whole')
    records.exec(`UPDATE records SET features = 'not JSON' WHERE identifier = 'broken'`)
    const error = await outcomeOf(get('broken', ['id']))
    expect(error).toBeInstanceOf(InternalFailure)
    expect(error).toMatchObject({
      name: 'InternalFailure',
      message: 'Internal server error. Please try again later.',
      $metadata: { httpStatusCode: 500, requestId: expect.stringMatching(/./) },
      $fault: 'server',
    })
    expect((await get('whole', ['id'])).Record).toHaveLength(1)
  })
})

describe('a request of a web page', () => {
  it('is an AccessForbidden', async () => {
    const command = new GetRecordCommand({ FeatureGroupName, RecordIdentifierValueAsString: 'a' })
    command.middlewareStack.add(
      (next) => (args) => {
        Object.assign((args.request as { headers: object }).headers, { origin: 'https://example.com' })
        return next(args)
      },
      { step: 'build' },
    )
    const error = await outcomeOf(runtime.send(command))
    expect(error).toBeInstanceOf(AccessForbidden)
    expect(error).toMatchObject({
      name: 'AccessForbidden',
      message: expect.stringContaining("'https://example.com'"),
      $metadata: { httpStatusCode: 403 },
      $fault: 'client',
    })
  })
})
