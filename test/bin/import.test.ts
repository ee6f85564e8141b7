import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { gzipSync } from 'node:zlib'
import { parquetWriteBuffer } from 'hyparquet-writer'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { cairn, startCairn, startServer } from './running-cairn.ts'
import { startS3 } from './s3-server.ts'
import { temporaryDirectory } from './temporary-directory.ts'

const AT = '2026-01-01T00:00:00Z'
const ENVIRONMENT = { AWS_ACCESS_KEY_ID: 'importer', AWS_SECRET_ACCESS_KEY: 'secret', AWS_REGION: 'eu-west-3' }

let server: Awaited<ReturnType<typeof startServer>>
let s3: Awaited<ReturnType<typeof startS3>>
beforeAll(async () => {
  server = await startServer()
  s3 = await startS3()
})
afterAll(async () => {
  await server.stop()
  await s3.close()
})

const FEATURES = ['id:String', 'at:String', 'n:Integral'].flatMap((feature) => ['--feature', feature])

async function makeGroup(name: string): Promise<void> {
  const made = await cairn(['groups', 'create', name, '--id', 'id', '--event-time', 'at', ...FEATURES], {
    endpoint: server.endpoint,
  })
  expect(made).toMatchObject({ status: 0 })
}

async function importing(args: string[], env: { [name: string]: string } = {}) {
  const cwd = temporaryDirectory()
  return await cairn(['import', ...args], { endpoint: server.endpoint, cwd, env: { ...ENVIRONMENT, ...env } })
}

async function listed(group: string): Promise<string[]> {
  const { stdout } = await cairn(['list', group], { endpoint: server.endpoint })
  return stdout.trim().split('\n').sort()
}

/** Puts an object into the bucket. */
function drop(key: string, content: string | Buffer): string {
  s3.objects.set(`/files/${key}`, Buffer.from(content))
  return `s3://files/${key}`
}

function resultOf(key: string): { [member: string]: unknown } {
  return JSON.parse(String(s3.objects.get(`/files/${key}.result.json`)))
}

const LINES = `id,at,n\na,${AT},1\nb,${AT},2\nc,${AT},x\nd,${AT}\ne,${AT},5\n`
const FORMAT_NOT_KNOWN =
  "Validation Error: the format of 'rows.txt' is not known. Its name must end with .csv, .jsonl, .ndjson, .json or .parquet, and after that with .gz or .zst if it is compressed."
const TIMES = { StartedAt: expect.stringMatching(/^\d{4}-.*Z$/), EndedAt: expect.stringMatching(/^\d{4}-.*Z$/) }
const REFUSED = [
  { Line: 4, Reason: expect.stringContaining("Feature 'n'"), Row: { id: 'c', at: AT, n: 'x' } },
  { Line: 5, Reason: 'the row has 2 cells and the header 3', Row: `d,${AT}` },
]

describe('an import', () => {
  it('writes the rows of a file to the group in its path, and beside it what became of them', async () => {
    await makeGroup('dropped')
    const directory = join(temporaryDirectory(), 'ingest', 'dropped', '2026')
    mkdirSync(directory, { recursive: true })
    const file = join(directory, 'rows.csv')
    writeFileSync(file, LINES)
    const { status, stdout } = await importing([file])
    expect(status).toBe(2)
    expect(stdout).toMatch(/^5 rows read, 3 written or historic, 2 refused/)
    const { RefusedRows, ...result } = JSON.parse(readFileSync(`${file}.result.json`, 'utf8'))
    expect(result).toEqual({
      Status: 'Ingested',
      File: file,
      FeatureGroupName: 'dropped',
      RowsRead: 5,
      RowsWritten: 3,
      RowsRefused: 2,
      ...TIMES,
    })
    expect(RefusedRows).toHaveLength(2)
    expect(RefusedRows).toEqual(expect.arrayContaining(REFUSED))
    expect(await listed('dropped')).toEqual(['a', 'b', 'e'])
  })

  it('reads an object of S3 and leaves the result beside it', async () => {
    await makeGroup('objects')
    const { status, stderr } = await importing([drop('ingest/objects/a b+ü.csv', LINES), '--s3-endpoint', s3.endpoint])
    expect([status, stderr]).toEqual([
      2,
      'cairn: what became of the rows is in s3://files/ingest/objects/a b+ü.csv.result.json\n',
    ])
    const { RefusedRows, ...result } = resultOf('ingest/objects/a b+ü.csv')
    expect(result).toEqual({
      Status: 'Ingested',
      Bucket: 'files',
      Key: 'ingest/objects/a b+ü.csv',
      ETag: expect.stringMatching(/^"[0-9a-f]{32}"$/),
      ResultKey: 'ingest/objects/a b+ü.csv.result.json',
      FeatureGroupName: 'objects',
      RowsRead: 5,
      RowsWritten: 3,
      RowsRefused: 2,
      ...TIMES,
    })
    expect(RefusedRows).toEqual(expect.arrayContaining(REFUSED))
    expect(await listed('objects')).toEqual(['a', 'b', 'e'])
    expect([...s3.signedBy]).toEqual(['importer eu-west-3'])
  })

  it('reads objects of every format, compressed or not, several at once and in ranges', async () => {
    await makeGroup('formats')
    const rows = Array.from({ length: 3_000 }, (_, n) => ({ id: `p${n}`, at: AT, n }))
    const columnData = (['id', 'at'] as const).map((name) => ({
      name,
      data: rows.map((row) => row[name]),
      type: 'STRING' as const,
    }))
    const parquet = Buffer.from(
      parquetWriteBuffer({ columnData: [...columnData, { name: 'n', data: rows.map(({ n }) => n), type: 'INT32' }] }),
    )
    const csv = `id,at,n\n${Array.from({ length: 20_000 }, (_, n) => `c${n},${AT},${n}\n`).join('')}`
    s3.ranges.length = 0
    const { status, stderr } = await importing(
      [
        drop('x/rows.parquet', parquet),
        drop('x/rows.csv', csv),
        drop('x/rows.jsonl.gz', gzipSync(`{"id":"j","at":"${AT}","n":1}\n`)),
        drop('x/none.json', ''),
        ...['--group', 'formats'],
      ],
      { AWS_ENDPOINT_URL_S3: s3.endpoint },
    )
    expect(stderr).not.toContain('cannot')
    expect(status).toBe(0)
    const read = ['rows.parquet', 'rows.csv', 'rows.jsonl.gz', 'none.json'].map((name) => resultOf(`x/${name}`))
    expect(read.map(({ Status, RowsRead, RowsWritten }) => [Status, RowsRead, RowsWritten])).toEqual([
      ['Ingested', 3_000, 3_000],
      ['Ingested', 20_000, 20_000],
      ['Ingested', 1, 1],
      ['Ingested', 0, 0],
    ])
    expect(read[0]).toMatchObject({ RefusedRows: [] })
    expect(s3.ranges.length).toBeGreaterThan(8)
    expect(await listed('formats')).toHaveLength(23_001)
  })

  it('reads an object of a server that sends all of it where a range is asked for', async () => {
    await makeGroup('whole')
    const csv = `id,at,n\n${Array.from({ length: 5_000 }, (_, n) => `w${n},${AT},${n}\n`).join('')}`
    s3.hooks.knowsRanges = false
    const { status } = await importing([drop('ingest/whole/rows.csv', csv), '--s3-endpoint', s3.endpoint])
    s3.hooks.knowsRanges = true
    expect(status).toBe(0)
    expect(resultOf('ingest/whole/rows.csv')).toMatchObject({ RowsRead: 5_000, RowsWritten: 5_000 })
  })

  it.each([
    ['that is not there', 's3://files/x/missing.csv', /missing.csv cannot be read: there is no such object$/],
    [
      'that may not be read',
      's3://files/x/denied.csv',
      /denied.csv cannot be read: S3 denies access \(s3:GetObject\), or there is no such/,
    ],
    [
      'of a long key',
      `s3://files/${'k'.repeat(1_009)}.csv`,
      /a key to which \.result\.json cannot be added: S3 takes 1024 bytes$/,
    ],
    ['of a key that is none', 's3://files/x/', /names no object: it must be s3:\/\/bucket\/key$/],
  ])('says why an object %s cannot be read', async (_, address, reason) => {
    s3.denied.add('/files/x/denied.csv')
    const { status, stderr } = await importing([address, '--group', 'objects', '--s3-endpoint', s3.endpoint])
    expect(status).toBe(1)
    expect(stderr.trim()).toMatch(reason)
  })

  it('tells beside the file why it failed, and has exit status 1', async () => {
    await makeGroup('failing')
    const { status, stderr } = await importing([
      drop('ingest/failing/rows.csv', `id,at,price\na,${AT},1\n`),
      drop('ingest/failing/never.csv', LINES),
      ...['--s3-endpoint', s3.endpoint],
    ])
    expect(status).toBe(1)
    expect(stderr).toMatch(/column 'price' of rows.csv is not a feature of failing, which has id, at, n\n$/)
    expect(resultOf('ingest/failing/rows.csv')).toMatchObject({
      Status: 'Failed',
      Error: "column 'price' of rows.csv is not a feature of failing, which has id, at, n",
      RowsRead: 0,
      RefusedRows: [],
    })
    expect(s3.objects.has('/files/ingest/failing/never.csv.result.json')).toBe(false)
  })

  it('into a directory counts what is historic apart', async () => {
    const data = temporaryDirectory()
    const old = join(temporaryDirectory(), 'old.csv')
    writeFileSync(old, 'id,at\na,2026-01-01T00:00:00Z\nb,2026-01-03T00:00:00Z\n')
    const made = await cairn([
      'ingest',
      old,
      '--data',
      data,
      '--group',
      'g',
      '--create',
      '--id',
      'id',
      '--event-time',
      'at',
    ])
    expect(made.status).toBe(0)
    writeFileSync(old, 'id,at\na,2026-01-02T00:00:00Z\nb,2026-01-02T00:00:00Z\n')
    expect((await importing([old, '--data', data, '--group', 'g'])).status).toBe(0)
    expect(JSON.parse(readFileSync(`${old}.result.json`, 'utf8'))).toMatchObject({ RowsWritten: 1, RowsHistoric: 1 })
  })

  it('tells beside the object that it was interrupted, and what it had done by then', async () => {
    await makeGroup('interrupted')
    const object = drop(
      'x/long.csv',
      `id,at,n\n${Array.from({ length: 60_000 }, (_, n) => `i${n},${AT},${n}\n`).join('')}`,
    )
    const args = ['import', object, '--group', 'interrupted', '--s3-endpoint', s3.endpoint]
    const { child, finished } = startCairn(args, { endpoint: server.endpoint, env: ENVIRONMENT })
    let ranges = 0
    s3.hooks.beforeRange = async () => {
      ranges += 1
      if (ranges !== 5) return
      child.kill('SIGINT')
      await setTimeout(300)
    }
    const { status } = await finished
    s3.hooks.beforeRange = async () => {}
    const result = resultOf('x/long.csv')
    expect(status).toBe(130)
    expect(result).toMatchObject({ Status: 'Failed', Error: 'interrupted before all rows were read', RowsRefused: 0 })
    expect(result['RowsWritten']).toBeGreaterThan(0)
    expect(result['RowsRead']).toBeLessThan(60_000)
    expect((await listed('interrupted')).length).toBe(result['RowsWritten'])
  })

  it.each([
    [['s3://files/'], 's3://files/ names no object: it must be s3://bucket/key'],
    [['s3://files/none.csv'], 's3://files/none.csv cannot be read: there is no such object'],
    [['s3://files/rows.txt'], FORMAT_NOT_KNOWN],
    [['none.csv'], 'none.csv cannot be read: there is no such file'],
    [['-'], 'stdin has no place for a result: name a file, or use cairn ingest'],
  ])('says what is wrong: %j', async (args, message) => {
    const { status, stderr } = await importing([...args, '--group', 'g', '--s3-endpoint', s3.endpoint])
    expect([status, stderr]).toEqual([1, `cairn: ${message}\n`])
  })

  it('asks for the group when no path names it', async () => {
    const { status, stderr } = await importing([drop('other/rows.csv', LINES), '--s3-endpoint', s3.endpoint])
    expect([status, stderr.trimEnd().split('\n').at(-1)]).toEqual([
      1,
      'cairn: the feature group is not known: give --group',
    ])
  })
})
