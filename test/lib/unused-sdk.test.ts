import { createHash } from 'node:crypto'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import type { dynamodbClient } from '../../lambdas/dynamodb-client.ts'
import type { s3Client } from '../../lambdas/s3-client.ts'
import { bundle } from '../../lib/bundle.ts'
import type { s3Objects } from '../../store/imports/objects-s3.ts'
import type { s3Extracts } from '../../store/offline/extracts-s3.ts'
import type { dynamodbEraser } from '../../store/online/dynamodb-erase.ts'
import { serviceError, startEndpoint } from '../aws/json-endpoint.ts'
import { startS3 } from '../aws/s3-endpoint.ts'

interface Bundled {
  s3Client: typeof s3Client
  s3Extracts: typeof s3Extracts
  s3Objects: typeof s3Objects
  dynamodbClient: typeof dynamodbClient
  dynamodbEraser: typeof dynamodbEraser
}

const root = join(import.meta.dirname, '..', '..')
const EXPORTS = {
  s3Client: 'lambdas/s3-client.ts',
  s3Extracts: 'store/offline/extracts-s3.ts',
  s3Objects: 'store/imports/objects-s3.ts',
  dynamodbClient: 'lambdas/dynamodb-client.ts',
  dynamodbEraser: 'store/online/dynamodb-erase.ts',
}

const directory = mkdtempSync(join(tmpdir(), 'cairn-unused-'))
const path = join(directory, 'index.js')
let s3: Awaited<ReturnType<typeof startS3>>
beforeAll(async () => {
  const entry = join(directory, 'entry.ts')
  const lines = Object.entries(EXPORTS).map(([name, file]) => `export { ${name} } from '${join(root, file)}'`)
  writeFileSync(entry, lines.join('\n'))
  bundle(entry, directory)
  s3 = await startS3('warehouse')
  vi.stubEnv('AWS_REGION', 'us-east-1')
  vi.stubEnv('AWS_ACCESS_KEY_ID', 'key')
  vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'secret')
  vi.stubEnv('AWS_ENDPOINT_URL_S3', s3.endpoint)
})
afterAll(async () => {
  vi.unstubAllEnvs()
  await s3.close()
  rmSync(directory, { recursive: true })
})

const load = (): Bundled => createRequire(import.meta.url)(path)

it('leaves out what no command of a bundle uses, and all of a package but its version', () => {
  const text = readFileSync(path, 'utf8')
  expect(text).toContain('ListObjectsV2Request')
  expect(text).toContain('DeleteObjectsRequest')
  expect(text).not.toContain('PutBucketLifecycleConfiguration')
  expect(text).not.toContain('devDependencies')
})

it('leaves in all that the commands send and read', async () => {
  const bundled = load()
  const extracts = bundled.s3Extracts(bundled.s3Client(), 'warehouse')
  const names = ['extracts/a', 'extracts/b', 'extracts/c', 'other']
  for (const name of names) s3.objects.set(name, Buffer.from(`of ${name}`))
  const files = await extracts.list('extracts/')
  expect(files.map(({ name }) => name)).toEqual(names.slice(0, 3))
  const bytes = await (await files[1]?.open())?.slice(3, 13)
  expect(Buffer.from(bytes ?? new ArrayBuffer(0)).toString()).toBe('extracts/b')
  await extracts.remove('extracts/')
  expect([...s3.objects.keys()]).toEqual(['other'])
})

describe('an object with a checksum', () => {
  const body = '123456789'
  const base64 = (hex: string) => Buffer.from(hex, 'hex').toString('base64')
  const read = () => load().s3Objects(load().s3Client(), 'warehouse').read({ key: 'a' })

  // https://reveng.sourceforge.io/crc-catalogue/all.htm has what these are of 123456789.
  it.each([
    ['crc32', base64('cbf43926')],
    ['crc32c', base64('e3069283')],
    ['crc64nvme', base64('ae8b14860a799888')],
    ['sha1', createHash('sha1').update(body).digest('base64')],
    ['sha256', createHash('sha256').update(body).digest('base64')],
  ])('of %s is read, unless it has another one', async (name, checksum) => {
    s3.faults.push({ status: 200, body, headers: { [`x-amz-checksum-${name}`]: checksum } })
    expect((await read()).toString()).toBe(body)
    s3.faults.push({ status: 200, body: '123456780', headers: { [`x-amz-checksum-${name}`]: checksum } })
    const cause = { message: expect.stringContaining('Checksum mismatch') }
    await expect(read()).rejects.toMatchObject({ code: 'ServiceUnavailable', cause })
  })
})

it('leaves out exceptions that nobody looks at, but those that are tried again', () => {
  const text = readFileSync(path, 'utf8')
  const looked = 'dynamodb#ConditionalCheckFailedException'
  const tried = 'dynamodb#ReplicatedWriteConflictException'
  const names = [looked, tried, 'dynamodb#ItemCollectionSizeLimitExceededException', 's3#NoSuchUpload']
  expect(names.filter((name) => text.includes(`com.amazonaws.${name}`))).toEqual([looked, tried])
})

describe('an exception', () => {
  let raise: () => Error
  let endpoint: Awaited<ReturnType<typeof startEndpoint>>
  beforeAll(async () => {
    endpoint = await startEndpoint({
      handle() {
        throw raise()
      },
    })
    vi.stubEnv('AWS_ENDPOINT_URL_DYNAMODB', endpoint.endpoint)
  })
  afterAll(() => endpoint.close())
  const erase = () => load().dynamodbEraser(load().dynamodbClient(), 'table')('group-4', ['a'], 1)

  it('that is looked at is of its class', async () => {
    raise = () => serviceError(400, 'com.amazonaws.dynamodb.v20120810#ConditionalCheckFailedException', 'not met')
    expect(await erase()).toBe(0)
  })

  it.each([
    [400, 'client', 'ItemCollectionSizeLimitExceededException', 'InternalFailure'],
    [500, 'server', 'InternalServerError', 'ServiceUnavailable'],
  ])('with status %s that is left out keeps its name, its fault (%s) and its message', async (...answer) => {
    const [status, $fault, name, code] = answer
    raise = () => serviceError(status, `com.amazonaws.dynamodb.v20120810#${name}`, 'the reason')
    const cause = { name, $fault, message: 'the reason', $metadata: { httpStatusCode: status } }
    await expect(erase()).rejects.toMatchObject({ code, cause })
  })

  it('of S3 that is left out keeps its name and its message', async () => {
    s3.faults.push({ status: 404, body: '<Error><Code>NoSuchUpload</Code><Message>it is gone</Message></Error>' })
    const listed = load().s3Extracts(load().s3Client(), 'warehouse').list('extracts/')
    await expect(listed).rejects.toMatchObject({
      cause: { name: 'NoSuchUpload', $fault: 'client', message: 'it is gone' },
    })
  })
})
