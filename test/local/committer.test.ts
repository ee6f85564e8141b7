import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { PASS, PASSES_PER_SNAPSHOT } from '../../local/commit-pass.ts'
import { type LocalStores, openLocalStores } from '../../local/stores.ts'
import { batchWriteRecord } from '../../store/operations/batch-write-record.ts'
import { createFeatureGroup } from '../../store/operations/create-feature-group.ts'
import { deleteFeatureGroup } from '../../store/operations/delete-feature-group.ts'
import { deleteRecord } from '../../store/operations/delete-record.ts'
import { putRecord } from '../../store/operations/put-record.ts'
import { updateFeatureGroup } from '../../store/operations/update-feature-group.ts'
import { readTable } from '../store/offline/iceberg/read-table.ts'

let directory: string
let local: LocalStores
const failures: unknown[] = []

async function open(options: { commitAgeMs?: number } = {}): Promise<void> {
  const where = { dataDirectory: directory, account: '000000000000', region: 'us-east-1' }
  const fail = (error: unknown) => failures.push(error)
  local = await openLocalStores({ ...where, ...options, onError: fail, onFatal: fail })
}

beforeEach(async () => {
  directory = mkdtempSync(join(tmpdir(), 'cairn-committer-'))
  await open()
})

afterEach(async () => {
  await local.close()
  rmSync(directory, { recursive: true })
  expect(failures.splice(0)).toEqual([])
})

async function createGroup(name: string): Promise<void> {
  await createFeatureGroup(local.stores, {
    FeatureGroupName: name,
    RecordIdentifierFeatureName: 'id',
    EventTimeFeatureName: 'at',
    FeatureDefinitions: [
      { FeatureName: 'id', FeatureType: 'String' },
      { FeatureName: 'at', FeatureType: 'String' },
      { FeatureName: 'Amount', FeatureType: 'Integral' },
    ],
    OnlineStoreConfig: { EnableOnlineStore: true },
    OfflineStoreConfig: { S3StorageConfig: { S3Uri: 's3://history/x' } },
  })
}

async function put(group: string, id: string, at: string, features: { [name: string]: string | string[] } = {}) {
  const values = Object.entries({ id, at, ...features }).map(([FeatureName, value]) =>
    typeof value === 'string' ? { FeatureName, ValueAsString: value } : { FeatureName, ValueAsStringList: value },
  )
  await putRecord(local.stores, { FeatureGroupName: group, Record: values })
}

/** Puts records 0 to `count` - 1. */
async function putMany(group: string, count: number): Promise<void> {
  const entries = Array.from({ length: count }, (_, index) => ({
    FeatureGroupName: group,
    Record: [
      { FeatureName: 'id', ValueAsString: String(index) },
      { FeatureName: 'at', ValueAsString: '2024-01-01T00:00:00Z' },
    ],
  }))
  const batches = Array.from({ length: Math.ceil(count / 25) }, (_, index) =>
    entries.slice(index * 25, index * 25 + 25),
  )
  await Promise.all(batches.map((Entries) => batchWriteRecord(local.stores, { Entries })))
}

function tables(): string[] {
  return readdirSync(join(directory, 'offline')).sort()
}

async function rowsOf(name: string) {
  const table = tables().find((candidate) => candidate.startsWith(`${name}_`))
  const rows = await readTable(join(directory, 'offline', table ?? ''))
  return rows.sort((a, b) => Number(a['_sequence']) - Number(b['_sequence']))
}

describe('the committer', () => {
  it('moves rows and markers from the log into the tables of their groups', async () => {
    await createGroup('sales')
    await createGroup('visits')
    await put('sales', 'a', '2024-01-01T00:00:00.123Z', { Amount: '9223372036854775807' })
    await put('visits', 'é😀', '2024-01-02T00:00:00Z')
    await deleteRecord(local.stores, {
      FeatureGroupName: 'sales',
      RecordIdentifierValueAsString: 'a',
      EventTime: '2024-01-03T00:00:00Z',
    })
    expect(await local.history.flush()).toBe(3)
    expect(local.log.waiting()).toBe(0)
    const sales = await rowsOf('sales')
    expect(sales).toMatchObject([
      { id: 'a', at: '2024-01-01T00:00:00.123Z', amount: 9_223_372_036_854_775_807n, is_deleted: false, _sequence: 1n },
      { id: 'a', at: '2024-01-03T00:00:00Z', is_deleted: true, _sequence: 3n },
    ])
    expect(sales[1]?.['amount'] ?? null).toBeNull()
    expect(await rowsOf('visits')).toMatchObject([{ id: 'é😀', _sequence: 2n }])
  })

  it('never brings back a record that is erased after its row was read ahead', async () => {
    await createGroup('sales')
    for (let pass = 0; pass < PASSES_PER_SNAPSHOT; pass++) await putMany('sales', PASS.rows)
    const first = local.history.flush()
    await put('sales', 'kept', '2024-01-01T00:00:00Z')
    await put('sales', 'erased', '2024-01-01T00:00:00Z')
    await first
    const group = await local.stores.catalog.get('sales')
    if (group !== undefined) await local.history.erase(group, ['erased'])
    await local.history.flush()
    const ids = (await rowsOf('sales')).map(({ id }) => id)
    expect(ids).toHaveLength(PASS.rows * PASSES_PER_SNAPSHOT + 1)
    expect(ids).toContain('kept')
    expect(ids).not.toContain('erased')
  })

  it('ends when the last rows are erased before it comes to them', async () => {
    await createGroup('sales')
    await put('sales', 'a', '2024-01-01T00:00:00Z')
    await put('sales', 'erased', '2024-01-01T00:00:00Z')
    const group = await local.stores.catalog.get('sales')
    const flushed = local.history.flush()
    if (group !== undefined) await local.history.erase(group, ['erased'])
    await flushed
    expect(local.log.waiting()).toBe(0)
    expect((await rowsOf('sales')).map(({ id }) => id)).toEqual(['a'])
  })

  it('adds to what is there, also after a restart, and goes on numbering', async () => {
    await createGroup('sales')
    await put('sales', 'a', '2024-01-01T00:00:00Z')
    await local.history.flush()
    await local.close()
    await open()
    await put('sales', 'b', '2024-01-01T00:00:00Z')
    await local.history.flush()
    expect((await rowsOf('sales')).map(({ id, _sequence }) => [id, _sequence])).toEqual([
      ['a', 1n],
      ['b', 2n],
    ])
  })

  it('gives new features columns of their own, and old rows nulls in them', async () => {
    await createGroup('sales')
    await put('sales', 'a', '2024-01-01T00:00:00Z')
    await local.history.flush()
    await updateFeatureGroup(local.stores, {
      FeatureGroupName: 'sales',
      FeatureAdditions: [{ FeatureName: 'tags', FeatureType: 'String', CollectionType: 'List' }],
    })
    await put('sales', 'b', '2024-01-01T00:00:00Z', { tags: ['x', 'y'] })
    await local.history.flush()
    const rows = await rowsOf('sales')
    expect(rows.map(({ id, tags }) => [id, tags ?? null])).toEqual([
      ['a', null],
      ['b', ['x', 'y']],
    ])
  })

  it('keeps the history of a deleted group apart from that of a new one with its name', async () => {
    await createGroup('sales')
    await put('sales', 'a', '2024-01-01T00:00:00Z')
    await deleteFeatureGroup(local.stores, { FeatureGroupName: 'sales' })
    await createGroup('sales')
    await put('sales', 'b', '2024-01-01T00:00:00Z')
    await local.history.flush()
    const histories = await Promise.all(tables().map((table) => readTable(join(directory, 'offline', table))))
    expect(histories.map((rows) => rows.map(({ id }) => id)).sort()).toEqual([['a'], ['b']])
  })

  it('commits by itself when rows have waited long enough', async () => {
    await local.close()
    await open({ commitAgeMs: 1 })
    await createGroup('sales')
    await put('sales', 'a', '2024-01-01T00:00:00Z')
    while (local.log.waiting() > 0) await new Promise((resolve) => setTimeout(resolve, 10))
    expect(await rowsOf('sales')).toHaveLength(1)
  })

  it('takes all that was written while it commits, each row once', async () => {
    await createGroup('sales')
    const ids = Array.from({ length: 3_000 }, (_, i) => `id ${i}`)
    const writing = Promise.all(ids.map((id, i) => put('sales', id, `2024-01-${10 + (i % 10)}T00:00:00Z`)))
    let committed = await local.history.flush()
    await writing
    committed += await local.history.flush()
    expect(committed).toBe(3_000)
    const rows = await rowsOf('sales')
    expect(new Set(rows.map(({ id }) => id))).toEqual(new Set(ids))
    expect(rows).toHaveLength(3_000)
  })
})

describe('a table that is damaged', () => {
  function fileOf(table: string, pattern: RegExp): string {
    const directoryOf = tables().find((name) => name.startsWith(`${table}_`)) ?? ''
    const metadata = join(directory, 'offline', directoryOf, 'metadata')
    const name = readdirSync(metadata)
      .filter((candidate) => pattern.test(candidate))
      .sort()
      .at(-1)
    return join(metadata, name ?? 'none')
  }

  it.each([
    ['metadata that is no JSON', /^v3\.metadata/, '{"format', /v3\.metadata\.json is damaged/],
    ['metadata that says nothing', /^v3\.metadata/, '{}', /v3\.metadata\.json is damaged: .*it lists no snapshots/],
    ['metadata that is null', /^v3\.metadata/, 'null', /v3\.metadata\.json is damaged/],
    ['a hint that is no number', /^version-hint/, 'newest', /version-hint\.text is damaged: it has 'newest'/],
    ['metadata that is missing', /^v3\.metadata/, undefined, /v3\.metadata\.json is missing/],
    ['a manifest list that is missing', /^snap-/, undefined, /snap-\S+ cannot be read: .*ENOENT/],
  ])('by %s keeps its rows in the log until it is whole, and others go on', async (_, pattern, text, reason) => {
    await createGroup('sales')
    await createGroup('visits')
    await put('sales', 'a', '2024-01-01T00:00:00Z')
    await local.history.flush()
    await put('sales', 'b', '2024-01-01T00:00:00Z')
    await local.history.flush()
    const newest = pattern.test('snap-') ? listOf('sales') : fileOf('sales', pattern)
    const whole = readFileSync(newest)
    if (text === undefined) rmSync(newest)
    else writeFileSync(newest, text)

    await put('sales', 'c', '2024-01-01T00:00:00Z')
    await put('visits', 'd', '2024-01-01T00:00:00Z')
    for (let attempt = 0; attempt < 2; attempt++) {
      const failure = await local.history.flush().catch((error: unknown) => error)
      expect(failure).toMatchObject({ code: 'ServiceUnavailable', message: expect.stringMatching(reason) })
      expect(failure).toMatchObject({ message: expect.stringContaining('feature group sales cannot be written') })
      expect(local.log.waiting()).toBe(2)
      expect((await rowsOf('visits')).map(({ id }) => id)).toEqual(['d'])
    }

    writeFileSync(newest, whole)
    await local.history.flush()
    expect(local.log.waiting()).toBe(0)
    expect((await rowsOf('sales')).map(({ id }) => id)).toEqual(['a', 'b', 'c'])
    expect((await rowsOf('visits')).map(({ id }) => id)).toEqual(['d'])
  })

  /** The manifest list of the snapshot that readers see. */
  function listOf(table: string): string {
    const metadata = JSON.parse(readFileSync(fileOf(table, /^v3\.metadata/), 'utf8'))
    return fileURLToPath(metadata.snapshots.at(-1)['manifest-list'])
  }
})
