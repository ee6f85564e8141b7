import { gzipSync, zstdCompressSync } from 'node:zlib'
import { parquetWriteBuffer } from 'hyparquet-writer'
import { afterAll, describe, expect, it } from 'vitest'
import { createTable } from '../../aws/dynalite.ts'
import { startDynamodb } from '../../aws/dynamodb.ts'
import { type ImportWorld, openImportWorld, type WorldOptions } from './import-world.ts'

const dynamodb = await startDynamodb()
const client = dynamodb.client()
afterAll(async () => {
  client.destroy()
  await dynamodb.close()
})

const open = async (options: Partial<WorldOptions> = {}) =>
  await openImportWorld({ client, table: await createTable(client), ...options })

/** Puts a file, has it imported, and answers its result. */
async function ingest(world: ImportWorld, name: string, body: Buffer | string) {
  const key = `ingest/g/${name}`
  await world.notify(world.objects.put(key, body))
  await world.run()
  return await world.resultOf(key)
}

const counts = (read: number, written: number, historic: number, refused: number) => ({
  RowsRead: read,
  RowsWritten: written,
  RowsHistoric: historic,
  RowsRefused: refused,
})
const features = (id: string, time: number | string, x?: number) =>
  Object.entries({ id, time, x }).flatMap(([FeatureName, value]) =>
    value === undefined ? [] : [{ FeatureName, ValueAsString: String(value) }],
  )
const CSV = 'id,time,x\na,1,7\n\n"b\n2",1,many\n"c ""d""\r\ne",2,\na,0.5,9\n'

describe('a file', () => {
  it('of CSV is in both stores, but for the rows that are refused, which its result has with their reasons', async () => {
    const world = await open()
    const result = await ingest(world, 'rows.csv', CSV)
    expect(result).toMatchObject({
      Status: 'Ingested',
      Bucket: world.stores.bucket,
      Key: 'ingest/g/rows.csv',
      VersionId: 'v1',
    })
    expect(result).toMatchObject({ FeatureGroupName: 'g', ...counts(4, 2, 1, 1) })
    expect(result.RefusedRows).toEqual([
      {
        Line: 4,
        Reason: expect.stringMatching(/^ValidationError: .*'x' is of type Integral/),
        Row: { id: 'b\n2', time: '1', x: 'many' },
      },
    ])
    expect(world.recordOf('a')).toEqual(features('a', 1, 7))
    expect(world.recordOf('c "d"\r\ne')).toEqual(features('c "d"\r\ne', 2))
    expect(world.history()).toHaveLength(3)
  })
  it('of JSON Lines has rows of the group and events of it', async () => {
    const world = await open()
    const lines = [
      '{"id": "a", "time": 1, "x": 7}',
      '',
      '{"Record": [{"FeatureName": "id", "ValueAsString": "b"}, {"FeatureName": "time", "ValueAsString": "1"}]}',
      '{"FeatureGroupName": "g", "Record": {"id": "a", "x": 8}, "Operation": "Update"}',
      '{"FeatureGroupName": "another", "Record": {"id": "c", "time": 1}}',
      '{"id": "d", "time": 1',
      '{"FeatureGroupName": "g", "Record": {"id": "b", "time": 2}, "Operation": "SoftDelete"}',
    ]
    const result = await ingest(world, 'rows.ndjson', lines.join('\n'))
    expect(result).toMatchObject(counts(6, 4, 0, 2))
    expect(result.RefusedRows).toMatchObject([
      { Line: 5, Reason: expect.stringMatching(/'another'.*'g'/), Row: { FeatureGroupName: 'another' } },
      { Line: 6, Reason: expect.stringMatching(/JSON/), Row: '{"id": "d", "time": 1' },
    ])
    expect(world.recordOf('a')).toEqual(features('a', 1, 8))
    expect(world.recordOf('b')).toBeUndefined()
  })
  it('of Parquet is split by rows', async () => {
    const world = await open()
    const ids = Array.from({ length: 20 }, (_, index) => (index === 9 ? null : `r${index}`))
    const body = parquetWriteBuffer({
      columnData: [
        { name: 'id', data: ids, type: 'STRING' },
        { name: 'time', data: ids.map((_, index) => index + 0.5), type: 'DOUBLE' },
      ],
      rowGroupSize: 8,
    })
    const result = await ingest(world, 'rows.parquet', Buffer.from(body))
    expect(result).toMatchObject(counts(20, 19, 0, 1))
    expect(result.RefusedRows).toMatchObject([{ Line: 10, Row: { time: '9.5' } }])
    expect(world.recordOf('r19')).toEqual(features('r19', '19.5'))
  })
  it.each([
    ['.gz', gzipSync],
    ['.zst', zstdCompressSync],
  ])('that is compressed is what it holds: %s', async (suffix, compress) => {
    const world = await open()
    expect(await ingest(world, `rows.csv${suffix}`, compress(CSV))).toMatchObject(counts(4, 2, 1, 1))
    expect(world.recordOf('a')).toEqual(features('a', 1, 7))
  })
})
