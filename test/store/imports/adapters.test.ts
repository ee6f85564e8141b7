import { describe, expect, it } from 'vitest'
import { summaryOf } from '../../../store/imports/import-events.ts'
import { eventParams } from '../../../store/imports/import-events-eventbridge.ts'
import { getParams } from '../../../store/imports/objects-s3.ts'
import { pieceBytes, pieces } from '../../../store/imports/pieces.ts'
import { readNotification } from '../../../store/imports/read-notification.ts'
import { fileImport } from '../catalog/file-imports-contract.ts'

describe('the request for an object', () => {
  it('is for the version that was put, or for the very content where there are no versions', () => {
    const object = { Bucket: 'b', Key: 'k' }
    expect(getParams('b', { key: 'k', version: 'v', etag: 'e' }, { start: 5, end: 9 })).toEqual({
      ...object,
      VersionId: 'v',
      Range: 'bytes=5-8',
    })
    expect(getParams('b', { key: 'k', etag: 'e' })).toEqual({ ...object, IfMatch: 'e' })
    expect(getParams('b', { key: 'k' })).toEqual(object)
  })
})

describe('the pieces of an object', () => {
  it('are large enough for S3, and as few as it takes, for half a terabyte', () => {
    const sizes = Array.from({ length: 10_000 }, (_, count) => pieceBytes(count))
    expect(Math.min(...sizes)).toBeGreaterThanOrEqual(5 * 1024 ** 2)
    expect(sizes.reduce((sum, size) => sum + size, 0)).toBeGreaterThan(450 * 1024 ** 3)
  })
  it('have all the bytes, in order', async () => {
    async function* chunks() {
      for (let index = 0; index < 40; index++) yield Buffer.alloc(500_000, index)
    }
    const made = await Array.fromAsync(pieces(chunks()))
    expect(made.map(({ length }) => length)).toEqual([8_500_000, 8_500_000, 3_000_000])
    expect(Buffer.concat(made).equals(Buffer.concat(await Array.fromAsync(chunks())))).toBe(true)
  })
})

describe('a message of the queue of files', () => {
  const event = (object: object, source = 'aws.s3') =>
    JSON.stringify({ source, 'detail-type': 'Object Created', detail: { bucket: { name: 'b' }, object } })
  it('may tell of an object, with its version or without one', () => {
    const object = { key: 'k ü+', size: 7, etag: 'e' }
    const told = { bucket: 'b', object: { key: 'k ü+', bytes: 7, etag: 'e' } }
    expect(readNotification(event({ ...object, 'version-id': 'v' }))).toEqual({
      ...told,
      object: { ...told.object, version: 'v' },
    })
    expect(readNotification(event({ ...object, 'version-id': 'null' }))).toEqual(told)
    expect(readNotification(event(object))).toEqual(told)
  })
  it('may be a job', () => {
    expect(readNotification('{"kind":"file-part","groupId":"","session":"a/1"}')).toBeUndefined()
    expect(readNotification(event({}, 'another'))).toBeUndefined()
  })
})

it('the event of a file says what its result says, and which it is by its type', () => {
  const ended = fileImport('a', { counts: { read: 6, written: 1, historic: 2, refused: 3 } })
  const summary = summaryOf(ended, 'files', 1_700_000_060_000)
  expect(summary).toEqual({
    Status: 'Ingested',
    Bucket: 'files',
    Key: 'ingest/orders/Zürich ✓.csv',
    VersionId: 'v',
    ETag: 'e',
    FeatureGroupName: 'orders',
    RowsRead: 6,
    RowsWritten: 1,
    RowsHistoric: 2,
    RowsRefused: 3,
    ResultKey: 'ingest/orders/Zürich ✓.csv.result.json',
    StartedAt: '2023-11-14T22:13:20.000Z',
    EndedAt: '2023-11-14T22:14:20.000Z',
  })
  const failed = summaryOf({ ...ended, error: 'why' }, 'files', 1_700_000_060_000)
  expect(failed).toMatchObject({ Status: 'Failed', Error: 'why' })
  const types = [summary, failed].map((one) => eventParams(one).Entries?.[0])
  expect(types).toMatchObject([
    { Source: 'cairn', DetailType: 'File ingested', Detail: JSON.stringify(summary) },
    { Source: 'cairn', DetailType: 'File failed' },
  ])
})
