import { cpSync, globSync, mkdtempSync, readFileSync, renameSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { eraseFromTable } from '../../store/offline/iceberg/erase.ts'
import { MAINTENANCE_DEFAULTS, maintain } from '../../store/offline/iceberg/maintain.ts'
import { tableFiles } from '../../store/offline/iceberg/table-files.ts'
import { type FilledStore, openFilledStore } from '../bin/filled-store.ts'
import { cairn } from '../bin/running-cairn.ts'

let directory: string
let first: string
let second: string

beforeEach(async () => {
  directory = mkdtempSync(join(tmpdir(), 'cairn moved é '))
  first = join(directory, 'first')
  second = join(directory, 'second')
  const store = await openFilledStore(first)
  await store.createGroup('visits', [{ FeatureName: 'page', FeatureType: 'String' }])
  for (const version of [1, 2]) {
    for (const id of ['a', 'b', 'c']) await putVersion(store, id, version)
    await store.flush()
  }
  await store.close()
})
afterEach(() => rmSync(directory, { recursive: true }))

const putVersion = (store: FilledStore, id: string, version: number) =>
  store.put('visits', { id, at: `2024-01-0${version}T00:00:00Z`, page: `page ${version} of ${id}` })

async function pages(data: string, ...options: string[]): Promise<unknown> {
  const sql = 'SELECT page FROM visits ORDER BY page'
  const { status, stdout, stderr } = await cairn(['query', sql, '--format', 'json', '--data', data, ...options])
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' })
  return (JSON.parse(stdout) as { page: string }[]).map(({ page }) => page)
}

const ALL = [1, 2].flatMap((version) => ['a', 'b', 'c'].map((id) => `page ${version} of ${id}`))
const tableIn = (data: string) => globSync(join(data, 'offline/visits_*'))[0] ?? ''
const contents = (data: string) =>
  new Map(globSync(join(tableIn(data), '**/*.*')).map((path) => [path, readFileSync(path)]))

async function groupIn(data: string) {
  const store = await openFilledStore(data)
  const group = await store.stores.catalog.get('visits')
  await store.close()
  if (group === undefined) throw new Error('there is no group visits')
  return group
}

/** Merges all files, and takes everything for old that the table does not need. */
const tidy = (data: string) => {
  const settings = { ...MAINTENANCE_DEFAULTS, minInputFiles: 2, snapshotRetentionMs: 0, orphanRetentionMs: -1 }
  return maintain(tableFiles(tableIn(data)), settings, Date.now() + 1)
}

describe('a data directory that was moved', () => {
  beforeEach(() => renameSync(first, second))

  it('is queried, also as of its snapshots, and makes datasets', async () => {
    expect(await pages(second)).toEqual(ALL)
    const [snapshot] = JSON.parse(readFileSync(join(tableIn(second), 'metadata/v3.metadata.json'), 'utf8')).snapshots
    expect(await pages(second, '--as-of', String(snapshot['snapshot-id']))).toEqual(ALL.slice(0, 3))
  })

  it('takes more rows', async () => {
    const store = await openFilledStore(second)
    await putVersion(store, 'a', 3)
    await store.flush()
    await store.close()
    expect(await pages(second)).toEqual([...ALL, 'page 3 of a'])
  })

  it('is tidied without a loss', async () => {
    await tidy(second)
    expect(await pages(second)).toEqual(ALL)
  })

  it('is erased from', async () => {
    const erasure = await eraseFromTable(tableFiles(tableIn(second)), await groupIn(second), ['b'], Date.now())
    expect(erasure).toMatchObject({ rowsRemoved: 2, filesRewritten: 2 })
    expect(await pages(second)).toEqual(ALL.filter((page) => !page.endsWith('b')))
  })
})

describe('a copy of a data directory', () => {
  it('is changed without a change to the one it was made of', async () => {
    cpSync(first, second, { recursive: true })
    const before = contents(first)
    await eraseFromTable(tableFiles(tableIn(second)), await groupIn(second), ['b'], Date.now())
    await tidy(second)
    expect(await pages(second)).toEqual(ALL.filter((page) => !page.endsWith('b')))
    expect(contents(first)).toEqual(before)
    expect(await pages(first)).toEqual(ALL)
  })
})
