import { setTimeout } from 'node:timers/promises'
import { gzipSync, zstdCompressSync } from 'node:zlib'
import { parquetWriteBuffer } from 'hyparquet-writer'
import { afterAll, describe, expect, it } from 'vitest'
import { ApiError } from '../../../store/api-error.ts'
import type { ImportStores } from '../../../store/imports/import-stores.ts'
import type { Objects } from '../../../store/imports/objects.ts'
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

/** Puts a file that cannot be read, and answers why. */
async function failureOf(name: string, body: Buffer | string): Promise<string | undefined> {
  const world = await open()
  const result = await ingest(world, name, body)
  expect(result).toMatchObject({ Status: 'Failed', ...counts(0, 0, 0, 0), RefusedRows: [] })
  expect(world.events).toMatchObject([
    { Status: 'Failed', Error: result.Error, ResultKey: `${result.Key}.result.json` },
  ])
  expect(world.history()).toEqual([])
  return result.Error
}

const parquet = (...names: string[]) =>
  Buffer.from(parquetWriteBuffer({ columnData: names.map((name) => ({ name, data: ['1'], type: 'STRING' })) }))
const cut = (body: Buffer) => body.subarray(0, body.length - 12)

describe('a file that cannot be read', () => {
  it.each([
    ['rows.xml', '<rows/>', /'ingest\/g\/rows.xml'.* must end with \.csv/],
    ['rows', 'id,time\na,1', /must end with/],
    ['constructor', '', /must end with/],
    ['rows.csv', '', /is empty: its first line must name the columns/],
    ['rows.csv', Buffer.from('\ufeffid,time', 'utf16le'), /is UTF-16/],
    ['rows.csv', 'id,time,id\n', /column 'id' is twice/],
    ['rows.csv', 'id,time,nothing\na,1,2', /column 'nothing' is not a feature of 'g', which has id, time/],
    ['rows.csv', 'id,x\na,1', /no column 'time'/],
    ['rows.csv.gz', cut(gzipSync(CSV)), /cannot be decompressed: /],
    ['rows.csv.zst', cut(zstdCompressSync(CSV)), /cannot be decompressed: /],
    ['rows.jsonl.gz', Buffer.concat([gzipSync('{}'), Buffer.from('no gzip')]), /cannot be decompressed: /],
    ['rows.parquet', CSV, /cannot be read as Parquet/],
    ['rows.parquet', '', /cannot be read as Parquet/],
    ['rows.parquet', parquet('time'), /no column 'id'/],
    ['rows.parquet', parquet('id', 'time', 'other'), /column 'other' is not a feature/],
    ['rows.parquet', cut(parquet('id', 'time')), /cannot be read as Parquet/],
  ])('has failed, and says why: %s %j', async (name, body, reason) => {
    expect(await failureOf(name, body)).toMatch(reason)
  })
  it('because its group is unknown has failed, whatever its name', async () => {
    const world = await open()
    for (const key of ['ingest/nobody/rows.csv', 'ingest/__proto__/rows.csv', 'ingest/rows.csv']) {
      await world.notify(world.objects.put(key, CSV))
      await world.run()
      expect(await world.resultOf(key)).toMatchObject({
        Status: 'Failed',
        Error: expect.stringMatching(/FeatureGroup/),
      })
    }
  })
  it('on from some place has its rows before that in the stores, and counted', async () => {
    const world = await open()
    const ids = Array.from({ length: 40 }, (_, index) => `r${index}`)
    const body = Buffer.from(
      parquetWriteBuffer({
        columnData: [
          { name: 'id', data: ids, type: 'STRING' },
          { name: 'time', data: ids.map(() => 1), type: 'DOUBLE' },
        ],
        rowGroupSize: 14,
        codec: 'UNCOMPRESSED',
      }),
    )
    // The length of the first text of the last row group.
    const at = body.indexOf('r28') - 4
    body.fill(0xff, at, at + 8)
    const result = await ingest(world, 'rows.parquet', body)
    expect(result).toMatchObject({ Status: 'Failed', ...counts(28, 28, 0, 0) })
    expect(world.history()).toHaveLength(28)
  })
  it('any more, since it was removed, has failed; parts that were loaded before stay', async () => {
    const world = await open()
    const lines = Array.from({ length: 60 }, (_, index) => `{"id": "r${index}", "time": 1}`)
    const object = world.objects.put('ingest/g/rows.jsonl', lines.join('\n'))
    const stores = { ...world.stores, objects: { ...world.objects, read: readUntilRemoved(world, object.key, 6) } }
    await world.notify(object)
    for (let job = world.jobs.shift(); job !== undefined; job = world.jobs.shift()) {
      while ((await world.step(stores, job)) !== 'done');
    }
    const result = await world.resultOf(object.key)
    expect(result).toMatchObject({ Status: 'Failed', Error: expect.stringMatching(/not there any more/) })
    expect(result.RowsRead).toBeGreaterThan(0)
    expect(result.RowsRead).toBeLessThan(60)
    expect(world.history()).toHaveLength(result.RowsRead)
  })
})

/** Reads that find the object gone after so many of them. */
function readUntilRemoved({ objects }: ImportWorld, key: string, reads: number): Objects['read'] {
  let left = reads
  return async (object, range) => {
    if (object.key === key && left-- <= 0) throw new ApiError('ResourceNotFound', `${key} is not there any more`)
    return await objects.read(object, range)
  }
}

describe('the rows of a file', () => {
  it('may be none', async () => {
    const world = await open()
    for (const [name, body] of [
      ['header.csv', 'id,time\n'],
      ['header only.csv', 'time,id'],
      ['empty.jsonl', ''],
      ['blank.json', '\n\r\n \n'],
      ['empty.jsonl.gz', gzipSync('')],
      [
        'none.parquet',
        Buffer.from(
          parquetWriteBuffer({
            columnData: [
              { name: 'id', data: [], type: 'STRING' },
              { name: 'time', data: [], type: 'STRING' },
            ],
          }),
        ),
      ],
    ] as const) {
      const result = await ingest(world, name, body)
      expect([name, result.Error, result.RowsRead]).toEqual([name, undefined, 0])
    }
  })
  it('may be too long for any record, and are refused alone', async () => {
    const world = await open()
    const long = 'x'.repeat(5_000_000)
    const lines = [
      `{"id": "${long}", "time": 1}`,
      '{"id": "a", "time": 1}',
      `{"id": "${'y'.repeat(400_000)}", "time": 1}`,
    ]
    const result = await ingest(world, 'rows.jsonl', lines.join('\n'))
    expect(result).toMatchObject(counts(3, 1, 0, 2))
    expect(result.RefusedRows.map(({ Line, Reason }) => [Line, Reason])).toEqual([
      [1, expect.stringMatching(/more than 4194304 bytes/)],
      [3, expect.stringMatching(/ValidationError/)],
    ])
  })
  it('with a quote that is not closed cost a line each, across the parts too', async () => {
    const world = await open()
    const good = (from: number) => Array.from({ length: 40 }, (_, index) => `r${from + index},1,`)
    const lines = ['id,time,x', ...good(0), '"open,1,', ...good(40), 'a "stray" quote,1,', ...good(80)]
    const result = await ingest(world, 'rows.csv', lines.join('\n'))
    expect(result).toMatchObject(counts(122, 120, 0, 2))
    expect(result.RefusedRows.map(({ Line }) => Line)).toEqual([42, 83])
  })
  it('of collections are JSON lists in CSV', async () => {
    const world = await open()
    const result = await ingest(world, 'rows.csv', 'id,time,tags\na,1,"[""x"", 1.10]"\nb,1,x\n')
    expect(result).toMatchObject({ ...counts(2, 1, 0, 1), RefusedRows: [{ Line: 3 }] })
    expect(world.recordOf('a')).toContainEqual({ FeatureName: 'tags', ValueAsStringList: ['x', '1.10'] })
  })
})

describe('an object in the bucket', () => {
  it('is ingested once in each of its versions, however often it is told of', async () => {
    const world = await open()
    const first = world.objects.put('ingest/g/rows.csv', 'id,time\na,1\n')
    for (let told = 0; told < 3; told++) await world.notify(first)
    await world.run()
    const second = world.objects.put('ingest/g/rows.csv', 'id,time\na,2\n')
    for (const object of [first, second, first]) await world.notify(object)
    await world.run()
    expect(world.history()).toHaveLength(2)
    expect(world.events.map(({ VersionId }) => VersionId)).toEqual(['v1', 'v2'])
    expect(world.recordOf('a')).toEqual(features('a', 2))
  })
  it('is ingested once for each content where the bucket keeps no versions', async () => {
    const world = await open()
    const { version: _, ...object } = world.objects.put('ingest/g/rows.csv', 'id,time\na,1\n')
    for (let told = 0; told < 2; told++) await world.notify(object)
    await world.run()
    expect(world.history()).toHaveLength(1)
    await world.notify({ ...object, etag: 'another' })
    await world.run()
    expect(await world.resultOf(object.key)).toMatchObject({ Status: 'Failed', ETag: 'another' })
  })
  it.each([
    'ingest/g/rows.csv.result.json',
    'ingest/g/',
    'ingest/g/_SUCCESS',
    'ingest/g/_temporary/0/part-0.csv',
    'ingest/g/.rows.csv.crc',
    'elsewhere/g/rows.csv',
  ])('is left alone when it is no file to ingest: %s', async (key) => {
    const world = await open()
    await world.notify(world.objects.put(key, CSV))
    expect(world.jobs).toEqual([])
  })
  it('may be in a folder below that of its group, and have any name', async () => {
    const world = await open()
    expect(await ingest(world, '2026/11/ü +%20 ✓.CSV', 'id,time\na,1\n')).toMatchObject(counts(1, 1, 0, 0))
  })
})

describe('an import', () => {
  it('keeps its ledger small however large the file is', async () => {
    const world = await open({ sizes: { partBytes: 1, partRows: 1, rowsAtOnce: 1_000 } })
    const lines = Array.from({ length: 3_000 }, (_, index) => `r${index},1`)
    const object = world.objects.put('ingest/g/rows.csv', ['id,time', ...lines].join('\n'))
    await world.notify(object)
    const [job] = world.jobs
    while (job !== undefined && (await world.step(world.stores, job)) !== 'done');
    const parts = await world.stores.imports.parts(job?.session ?? '')
    expect(parts.length).toBeGreaterThan(300)
    expect(parts.length).toBeLessThanOrEqual(500)
  })
  it('fails what cannot be decompressed within the time of one run, and says so', async () => {
    const world = await open()
    const object = world.objects.put('ingest/g/rows.csv.gz', gzipSync(CSV))
    await world.notify(object)
    const stores = { ...world.stores, hasTime: () => false }
    for (let job = world.jobs.shift(); job !== undefined; job = world.jobs.shift()) {
      while ((await world.step(stores, job)) !== 'done');
    }
    const { Error: reason } = await world.resultOf(object.key)
    expect(reason).toMatch(/too large to be decompressed: .*several files, or uncompressed/)
  })
})

describe('a worker that ends without a word', () => {
  /** Stores at a call of which the worker ends for ever, as one does that has no more memory. */
  function endingAt(world: ImportWorld, isEnd: (key: string, start: number) => boolean): ImportStores {
    const read: Objects['read'] = (object, range) =>
      isEnd(object.key, range?.start ?? 0) ? new Promise(() => {}) : world.objects.read(object, range)
    return { ...world.stores, objects: { ...world.objects, read } }
  }
  /** Does all jobs; a message whose worker has ended comes again. */
  async function runEnding(world: ImportWorld, stores: ImportStores): Promise<void> {
    for (let job = world.jobs.shift(); job !== undefined; job = world.jobs.shift()) {
      const progress = await Promise.race([world.step(stores, job), setTimeout(40, 'ended' as const)])
      if (progress !== 'done') world.jobs.unshift(job)
    }
  }
  it('may do so a few times at a place; then the file fails there, and says so', async () => {
    const world = await open()
    const lines = Array.from({ length: 60 }, (_, index) => `{"id": "r${index + 10}", "time": 1}`)
    const object = world.objects.put('ingest/g/rows.jsonl', lines.join('\n'))
    await world.notify(object)
    let reads = 0
    const isEnd = (key: string, start: number) => key === object.key && start >= 600 && start < 900 && ++reads > 0
    await runEnding(world, endingAt(world, isEnd))
    const result = await world.resultOf(object.key)
    expect(result.Error).toMatch(/the file from line \d+ on cannot be read: 5 workers/)
    expect(result.RowsRead).toBeGreaterThan(30)
    expect(result.RowsRead).toBeLessThan(60)
    expect(world.history()).toHaveLength(result.RowsRead)
    expect(reads).toBe(5)
  })
  it('may do so before a part is found, too', async () => {
    const world = await open()
    const object = world.objects.put('ingest/g/rows.csv', CSV)
    await world.notify(object)
    await runEnding(
      world,
      endingAt(world, (key) => key === object.key),
    )
    const { Error: reason } = await world.resultOf(object.key)
    expect(reason).toMatch(/the file cannot be read: 5 workers/)
  })
})
