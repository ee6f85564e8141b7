import { gzipSync, zstdCompressSync } from 'node:zlib'
import {
  CreateBucketCommand,
  GetObjectCommand,
  PutBucketVersioningCommand,
  PutObjectCommand,
  S3Client,
} from '@aws-sdk/client-s3'
import { parquetWriteBuffer } from 'hyparquet-writer'
import { beforeAll, expect, it } from 'vitest'
import { cairn, startServer } from '../bin/running-cairn.ts'
import { temporaryDirectory } from '../bin/temporary-directory.ts'
import { connection } from './emulated-aws.ts'

const Bucket = 'imported-files'
const s3 = new S3Client({ ...connection, forcePathStyle: true })
const ENVIRONMENT = { AWS_ACCESS_KEY_ID: 'test', AWS_SECRET_ACCESS_KEY: 'test', AWS_REGION: connection.region }
const FEATURES = ['id:String', 'at:String', 'n:Integral'].flatMap((feature) => ['--feature', feature])

/** One of them is refused, and one is older than another. */
const ROWS = [
  { id: 'a', at: '2026-01-02T00:00:00Z', n: '1' },
  { id: 'b', at: '2026-01-02T00:00:00Z', n: '2' },
  { id: 'c', at: 'never', n: '3' },
  { id: 'a', at: '2026-01-01T00:00:00Z', n: '4' },
]
const CSV = ['id,at,n', ...ROWS.map((row) => Object.values(row).join(','))].join('\n')
const JSON_LINES = ROWS.map((row) => JSON.stringify(row)).join('\n')
const NAMES = ['id', 'at', 'n'] as const
const PARQUET = Buffer.from(
  parquetWriteBuffer({
    columnData: NAMES.map((name) => ({ name, data: ROWS.map((row) => row[name]), type: 'STRING' })),
  }),
)

const FILES: { [key: string]: string | Buffer } = {
  'rows.csv': CSV,
  'ü +%20 ✓ a&b=c?d#e.csv': CSV,
  'rows.csv.gz': gzipSync(CSV),
  'rows.jsonl': JSON_LINES,
  'rows.jsonl.zst': zstdCompressSync(JSON_LINES),
  'rows.parquet': PARQUET,
  'rows.parquet.gz': gzipSync(PARQUET),
}

beforeAll(async () => {
  await s3.send(new CreateBucketCommand({ Bucket }))
  await s3.send(new PutBucketVersioningCommand({ Bucket, VersioningConfiguration: { Status: 'Enabled' } }))
  for (const [Key, Body] of Object.entries(FILES)) await s3.send(new PutObjectCommand({ Bucket, Key, Body }))
})

async function importAll(args: string[]): Promise<unknown[]> {
  const addresses = Object.keys(FILES).map((key) => `s3://${Bucket}/${key}`)
  const options = ['--group', 'imported', '--s3-endpoint', connection.endpoint, ...args]
  const { status, stderr } = await cairn(['import', ...addresses, ...options], { env: ENVIRONMENT })
  expect([status, stderr]).toEqual([2, expect.stringContaining('rows.parquet.gz.result.json')])
  const results: unknown[] = []
  for (const key of Object.keys(FILES)) {
    const found = await s3.send(new GetObjectCommand({ Bucket, Key: `${key}.result.json` }))
    results.push(JSON.parse((await found.Body?.transformToString()) ?? ''))
  }
  return results
}

function resultsWith(counts: object) {
  const RefusedRows = [expect.objectContaining({ Row: ROWS[2] })]
  const common = { Status: 'Ingested', Bucket, FeatureGroupName: 'imported', RowsRead: 4, RowsRefused: 1, RefusedRows }
  return Object.keys(FILES).map((Key) => ({ ...common, ...counts, Key, VersionId: expect.any(String) }))
}

it('the versions of objects in a bucket are imported by hand into the store of a server', async () => {
  const server = await startServer()
  try {
    const group = ['groups', 'create', 'imported', '--id', 'id', '--event-time', 'at', ...FEATURES]
    expect(await cairn(group, { endpoint: server.endpoint })).toMatchObject({ status: 0 })
    expect(await importAll(['--endpoint', server.endpoint])).toMatchObject(resultsWith({}))
    const { stdout } = await cairn(['get', 'imported', 'a'], { endpoint: server.endpoint })
    expect(stdout).toContain('2026-01-02T00:00:00Z')
  } finally {
    await server.stop()
  }
})

it('the versions of objects in a bucket are imported by hand into the store of a directory', async () => {
  const data = temporaryDirectory()
  const server = await startServer(['--data', data])
  const group = ['groups', 'create', 'imported', '--id', 'id', '--event-time', 'at', ...FEATURES]
  expect(await cairn(group, { endpoint: server.endpoint })).toMatchObject({ status: 0 })
  await server.stop()
  const counts = { RowsWritten: 2, RowsHistoric: 1 }
  expect(await importAll(['--data', data])).toMatchObject(resultsWith(counts))
})
