import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { makeLogger } from '../../local/logger.ts'
import { type LocalStores, openLocalStores } from '../../local/stores.ts'
import type { FeatureGroup } from '../../store/groups/feature-group.ts'
import { requireFeatureGroup } from '../../store/groups/feature-group-name.ts'
import { createFeatureGroup } from '../../store/operations/create-feature-group.ts'
import { putRecord } from '../../store/operations/put-record.ts'

let directory: string
let local: LocalStores
let group: FeatureGroup

beforeEach(async () => {
  directory = mkdtempSync(join(tmpdir(), 'cairn-erase-scope-'))
  const logger = makeLogger('error')
  const report = (err: unknown) => logger.error({ err })
  const where = { dataDirectory: directory, account: '000000000000', region: 'us-east-1' }
  local = await openLocalStores({ ...where, onError: report, onFatal: report })
  await createFeatureGroup(local.stores, {
    FeatureGroupName: 'people',
    RecordIdentifierFeatureName: 'id',
    EventTimeFeatureName: 'at',
    FeatureDefinitions: ['id', 'at', 'address'].map((FeatureName) => ({ FeatureName, FeatureType: 'String' })),
    OfflineStoreConfig: { S3StorageConfig: { S3Uri: 's3://history/people' } },
  })
  group = await requireFeatureGroup(local.stores, 'people')
})

afterEach(async () => {
  await local.close()
  rmSync(directory, { recursive: true })
})

async function put(id: string, at: string, address: string): Promise<void> {
  const record = Object.entries({ id, at, address })
  await putRecord(local.stores, {
    FeatureGroupName: 'people',
    Record: record.map(([FeatureName, ValueAsString]) => ({ FeatureName, ValueAsString })),
  })
}

/** The files of the data directory in which the bytes are found. */
function filesWith(text: string): string[] {
  return readdirSync(directory, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .filter((path) => readFileSync(path).includes(text))
}

const scope = (filter: [string, string, unknown][]) => ({ session: 'forget', writtenBefore: Date.now(), filter })

it('leaves no byte of what an erasing session removes in the tables and in the log', async () => {
  for (let i = 0; i < 300; i++) await put(`other-${i}`, '2024-01-01T00:00:00Z', `street ${i}`)
  await put('ann', '2024-01-01T00:00:00Z', 'elm-street-1')
  await local.history.flush()
  await put('bob', '2024-01-02T00:00:00Z', 'elm-street-2')
  expect(filesWith('elm-street').length).toBeGreaterThan(1)

  const step = await local.historyErasure.step(group, scope([['like', 'address', 'elm-street-?']]))
  expect(step).toMatchObject({ proof: { rowsRemoved: 2, filesRewritten: 2 } })
  expect(filesWith('elm-street')).toEqual([])
  const others = { ...scope([['like', 'address', 'street *']]), session: 'forget-all' }
  expect(await local.historyErasure.step(group, others)).toMatchObject({ proof: { rowsRemoved: 300 } })
  expect(filesWith('other-299')).toEqual([])
})

it('says why a filter cannot be applied, and goes on serving', async () => {
  await put('ann', '2024-01-01T00:00:00Z', 'elm-street-1')
  await expect(local.historyErasure.step(group, scope([['=', 'nothing', 1]]))).rejects.toThrow(/nothing/)
  expect(await local.historyErasure.step(group, scope([]))).toMatchObject({ proof: { rowsRemoved: 1 } })
})
