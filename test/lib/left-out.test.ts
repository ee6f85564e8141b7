import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DuckDBInstance } from '@duckdb/node-api'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { bundle } from '../../lib/bundle.ts'
import { LEFT_OUT } from '../../lib/left-out.ts'
import schema from '../../store/events/event.schema.json' with { type: 'json' }
import * as jsonLine from '../../store/files/json-line.ts'
import * as parquetFile from '../../store/files/parquet-file.ts'
import * as parquetPages from '../../store/offline/parquet-pages.ts'

const root = join(import.meta.dirname, '..', '..')
const READERS = ['store/files/json-line.ts', 'store/files/parquet-file.ts', 'store/offline/parquet-pages.ts']
const readers = { ...jsonLine, ...parquetFile, ...parquetPages }

const directory = mkdtempSync(join(tmpdir(), 'cairn-left-out-'))
let bundled: typeof readers
beforeAll(() => {
  const entry = join(directory, 'entry.ts')
  writeFileSync(entry, READERS.map((file) => `export * from '${join(root, file)}'`).join('\n'))
  bundle(entry, join(directory, 'bundle'))
  bundled = createRequire(import.meta.url)(join(directory, 'bundle', 'index.js'))
})
afterAll(() => rmSync(directory, { recursive: true }))

describe('what bundles are without', () => {
  it.each(Object.entries(LEFT_OUT))('is in %s', (module, names) => {
    const text = readFileSync(join(root, 'node_modules', module), 'utf8')
    for (const name of names === 'all' ? [] : names) {
      expect(text).toMatch(new RegExp(`^export (async )?function ${name}\\(|^function ${name}\\(`, 'm'))
    }
  })
  it.each([
    ['hyparquet/src/wkb.js', 'Unsupported geometry type'],
    ['hyparquet/src/variant.js', 'unsupported variant'],
    ['@cfworker/json-schema/dist/esm/format.js', 'relative-json-pointer'],
  ])('is not in them: %s', (module, marker) => {
    const files = readdirSync(join(directory, 'bundle')).map((name) => join(directory, 'bundle', name))
    expect(readFileSync(join(root, 'node_modules', module), 'utf8')).toContain(marker)
    expect(files.map((path) => readFileSync(path, 'utf8')).join('')).not.toContain(marker)
  })
  it('has no format that the schema of events names', () => {
    expect(JSON.stringify(schema)).not.toContain('"format":')
  })
})

/** What `read` gives with each of the two, or why nothing. */
async function both(read: (from: typeof readers) => unknown): Promise<[unknown, unknown]> {
  const outcomes = await Promise.allSettled([bundled, readers].map(async (from) => await read(from)))
  const [inBundle, apart] = outcomes.map((each) =>
    each.status === 'fulfilled' ? each.value : (each.reason as Error).message,
  )
  return [inBundle, apart]
}

/** A Parquet file of rows of all types that columns have, with what DuckDB writes to skip pages by. */
async function parquetOf(options: string, query: string): Promise<Buffer> {
  const path = join(directory, 'rows.parquet')
  const connection = await (await DuckDBInstance.create(':memory:')).connect()
  await connection.run(`COPY (${query}) TO '${path}' (FORMAT parquet, ROW_GROUP_SIZE 4096${options})`)
  connection.closeSync()
  return readFileSync(path)
}

const ROWS = `
  SELECT i AS a, 'text ' || (i % 7) AS b, i::UBIGINT AS c, (i % 100)::TINYINT AS d, i::DECIMAL(9,2) AS e, i::DOUBLE AS f,
    i::FLOAT AS g, i % 2 = 0 AS h, TIMESTAMP '2026-01-01 00:00:00' + to_seconds(i) AS j, DATE '2026-01-01' + i::INTEGER AS k,
    CASE WHEN i % 3 = 0 THEN NULL ELSE [i, 1] END AS l, uuid() AS m, encode('b' || i) AS n, TIME '03:04:05' AS o,
    i::DECIMAL(38,9) AS p, i::SMALLINT AS q FROM range(9000) t(i)`

const CODECS = ['snappy', 'gzip', 'zstd', 'brotli', 'uncompressed', 'lz4']

describe('a file reads the same in a bundle', () => {
  it.each(
    CODECS.flatMap((codec) => ['v1', 'v2'].map((version) => [codec, version])),
  )('as Parquet, compressed with %s, with the encodings of %s', async (codec, version) => {
    const bytes = await parquetOf(`, COMPRESSION ${codec}, PARQUET_VERSION ${version}`, ROWS)
    const slice = (start: number, end?: number) => new Uint8Array(bytes.subarray(start, end)).buffer
    const file = { byteLength: bytes.length, slice }
    const [inBundle, apart] = await both(async ({ openParquet }) =>
      Array.fromAsync((await openParquet(file, new Set())).rows(5_000)),
    )
    expect(inBundle).toEqual(apart)
    if (codec !== 'lz4') expect(apart).toHaveLength(4_000)
  })
  it.each([
    `SELECT {'a': 1} AS x`,
    'SELECT MAP {1: 2} AS x',
    'SELECT INTERVAL 1 DAY AS x',
    'SELECT 1::VARIANT AS x',
  ])('as Parquet that is refused: %s', async (query) => {
    const bytes = await parquetOf('', query)
    const slice = (start: number, end?: number) => new Uint8Array(bytes.subarray(start, end)).buffer
    const [inBundle, apart] = await both(({ openParquet }) =>
      openParquet({ byteLength: bytes.length, slice }, new Set()),
    )
    expect(apart).toMatch(/^column 'x' is a /)
    expect(inBundle).toBe(apart)
  })
  it('as an extract of a history', async () => {
    const bytes = await parquetOf('', ROWS)
    const slice = (start: number, end?: number) => new Uint8Array(bytes.subarray(start, end)).buffer
    const files = [{ name: 'extract', open: async () => ({ byteLength: bytes.length, slice }) }]
    const [inBundle, apart] = await both(({ parquetPages }) => parquetPages({ limit: 1_000 })(files, '0:8192'))
    expect(inBundle).toEqual(apart)
    expect(apart).toMatchObject({ rows: { length: 808 } })
  })
  it.each([
    '{"id": "a", "n": 9007199254740993}',
    '{"FeatureGroupName": "g", "Record": {"id": "a"}, "Operation": "SoftDelete"}',
    '{"FeatureGroupName": "g", "Record": [{"FeatureName": "id"}], "TtlDuration": {"Unit": "Days", "Value": 2}}',
    '{"FeatureGroupName": "g", "Record": {"id": "a"}, "Operation": "Nothing"}',
    '{"FeatureGroupName": "", "Record": {"id": "a"}, "more": 1}',
    '{"specversion": "1.0", "id": "1", "source": "s", "type": "t", "data": {"FeatureGroupName": "g", "Record": {"id": "a"}}}',
    '{"detail-type": "Put", "source": "s", "detail": {"FeatureGroupName": "g", "Record": {}}}',
  ])('as JSON: %s', async (text) => {
    const [inBundle, apart] = await both(({ readJsonLine }) => readJsonLine(text))
    expect(inBundle).toEqual(apart)
  })
})
