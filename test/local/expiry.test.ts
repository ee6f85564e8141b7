import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { type LocalStores, openLocalStores } from '../../local/stores.ts'
import { createFeatureGroup } from '../../store/operations/create-feature-group.ts'
import { deleteFeatureGroup } from '../../store/operations/delete-feature-group.ts'
import { listRecords } from '../../store/operations/list-records.ts'
import { putRecord } from '../../store/operations/put-record.ts'

const START = Date.parse('2024-01-01T00:00:00Z')

let now = START
let directory: string
let local: LocalStores
const failures: unknown[] = []

beforeEach(async () => {
  now = START
  directory = mkdtempSync(join(tmpdir(), 'cairn-expiry-'))
  const where = { dataDirectory: directory, account: '000000000000', region: 'us-east-1' }
  const fail = (error: unknown) => failures.push(error)
  local = await openLocalStores({ ...where, now: () => now, sweepIntervalMs: 5, onError: fail, onFatal: fail })
  await createFeatureGroup(local.stores, {
    FeatureGroupName: 'visits',
    RecordIdentifierFeatureName: 'id',
    EventTimeFeatureName: 'at',
    FeatureDefinitions: [
      { FeatureName: 'id', FeatureType: 'String' },
      { FeatureName: 'at', FeatureType: 'String' },
    ],
    OnlineStoreConfig: { EnableOnlineStore: true },
    OfflineStoreConfig: { S3StorageConfig: { S3Uri: 's3://history/visits' } },
  })
})

afterEach(async () => {
  await local.close()
  rmSync(directory, { recursive: true })
  expect(failures.splice(0)).toEqual([])
})

async function put(id: string, at: string, seconds?: number): Promise<void> {
  await putRecord(local.stores, {
    FeatureGroupName: 'visits',
    Record: [
      { FeatureName: 'id', ValueAsString: id },
      { FeatureName: 'at', ValueAsString: at },
    ],
    ...(seconds !== undefined && { TtlDuration: { Unit: 'Seconds', Value: seconds } }),
  })
}

function markers() {
  return local.log.read(0, 10_000).filter(({ isDeleted }) => isDeleted)
}

async function until(condition: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await condition())) await new Promise((resolve) => setTimeout(resolve, 2))
}

describe('the sweeper', () => {
  it('removes expired records and logs a marker at the time they expired, once each', async () => {
    for (let i = 0; i < 2_500; i++) void put(`id ${i}`, '2024-01-01T00:00:00Z', 60)
    await put('stays', '2024-01-01T00:00:00Z')
    await put('stays for longer', '2024-01-01T00:00:00Z', 3_600)
    now += 60_000
    await until(() => markers().length >= 2_500)
    await put('one more', '2024-01-01T00:01:00Z', 1)
    now += 1_000
    await until(() => markers().some(({ identifier }) => identifier === 'one more'))
    expect(markers()).toHaveLength(2_501)
    expect(new Set(markers().map(({ identifier }) => identifier)).size).toBe(2_501)
    expect(markers()[0]).toMatchObject({ eventTimeText: '2024-01-01T00:01:00Z', features: null })
    const listed = await listRecords(local.stores, { FeatureGroupName: 'visits', IncludeSoftDeletedRecords: true })
    expect(listed.RecordIdentifiers).toEqual(['stays', 'stays for longer'])
  })

  it('logs the marker of an expired record that a write replaces before it is swept', async () => {
    await put('a', '2023-01-01T00:00:00Z', 60)
    await put('a', '2022-01-01T00:00:00Z')
    expect(markers().map(({ eventTimeText }) => eventTimeText)).toEqual(['2023-01-01T00:01:00Z'])
  })
})

describe('a deleted group', () => {
  it('loses its online records in the background and keeps its history', async () => {
    await Promise.all(Array.from({ length: 2_500 }, (_, i) => put(`id ${i}`, '2024-01-01T00:00:00Z', 60)))
    const group = await local.stores.catalog.get('visits')
    await deleteFeatureGroup(local.stores, { FeatureGroupName: 'visits' })
    now += 120_000
    await until(async () => {
      const left = await local.stores.online.list(group?.groupId ?? '', { limit: 1, includeSoftDeleted: true, now: 0 })
      return left.identifiers.length === 0 && left.next === undefined
    })
    expect(local.log.read(0, 10_000)).toHaveLength(2_500)
    expect(markers()).toEqual([])
  })
})
