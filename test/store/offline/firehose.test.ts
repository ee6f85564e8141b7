import { DatabaseSync } from 'node:sqlite'
import { FirehoseClient } from '@aws-sdk/client-firehose'
import { afterEach, describe, expect, it } from 'vitest'
import { cachedCatalog } from '../../../store/catalog/cached.ts'
import { createCatalogTables, sqliteCatalog } from '../../../store/catalog/sqlite.ts'
import type { FeatureGroup } from '../../../store/groups/feature-group.ts'
import { firehoseHistory } from '../../../store/offline/firehose.ts'
import { CLIENT } from '../../aws/dynalite.ts'
import { type FirehoseOptions, startFirehose } from '../../aws/firehose-endpoint.ts'
import { featureGroup } from '../catalog/catalog-contract.ts'
import { readColumns, readHistoryRow } from './history-rows.ts'
import { offlineStoreContract, row } from './offline-store-contract.ts'

const groups = ['group', 'other'].map(
  (groupId): FeatureGroup =>
    featureGroup(groupId, {
      groupId,
      FeatureDefinitions: [
        { FeatureName: 'id', FeatureType: 'String' },
        { FeatureName: 'time', FeatureType: 'String' },
      ],
    }),
)

const closings: (() => Promise<void> | void)[] = []
afterEach(async () => {
  for (const close of closings.splice(0)) await close()
})

function openCatalog() {
  const db = new DatabaseSync(':memory:')
  createCatalogTables(db)
  const catalog = sqliteCatalog(db)
  for (const group of groups) catalog.create(group)
  return catalog
}

async function open(options: FirehoseOptions = {}, streamName = 'history') {
  const firehose = await startFirehose(options)
  const client = new FirehoseClient({ ...CLIENT, endpoint: firehose.endpoint, maxAttempts: 2 })
  closings.push(firehose.close, () => client.destroy())
  const errors: unknown[] = []
  const catalog = openCatalog()
  const store = firehoseHistory(client, {
    streamName,
    catalog: cachedCatalog(catalog, { now: () => 0, maxAgeMs: 5_000 }),
    onError: (error) => errors.push(error),
    backoffMs: 1,
  })
  return {
    store,
    firehose,
    errors,
    catalog,
    rows: async () => firehose.taken.map((text) => readHistoryRow(text, groups)),
  }
}

/** Refuses each record up to four times. */
function sometimes() {
  const left = new Map<string, number>()
  return (text: string) => {
    const times = left.get(text) ?? Math.floor(Math.random() * 5)
    left.set(text, times - 1)
    return times > 0
  }
}

describe('the history in Firehose', () => {
  offlineStoreContract(() => open())

  describe('that refuses records at random', () => {
    offlineStoreContract(() => open({ refuses: sometimes() }))
  })

  it('sends refused records again, alone', async () => {
    let left = 3
    const { store, firehose, errors } = await open({ refuses: () => left-- > 0 })
    expect(await store.append(['a', 'b', 'c', 'd', 'e'].map((id) => row(id)))).toEqual([])
    expect(firehose.requests).toEqual([5, 3])
    expect(firehose.taken.map((text) => readColumns(text)['id'])).toEqual(['d', 'e', 'a', 'b', 'c'])
    expect(errors).toEqual([])
  })

  it('gives back the very rows that are refused for good', async () => {
    const { store, firehose, errors } = await open({ refuses: () => true })
    const rows = [row('a'), row('b')]
    const left = await store.append(rows)
    expect(left.map((item) => rows.indexOf(item))).toEqual([0, 1])
    expect(firehose.requests).toEqual([2, 2, 2, 2, 2])
    expect(errors).toEqual([expect.objectContaining({ message: '2 of 2 items were refused 5 times' })])
  })

  it('gives back all rows of a request that fails, and takes those of the next', async () => {
    const rows = Array.from({ length: 600 }, (_, i) => row(`id ${i}`))
    let calls = 0
    const { store, firehose, errors } = await open({ fault: () => (calls++ < 2 ? 'failed' : undefined) })
    expect(await store.append(rows)).toEqual(rows.slice(0, 500))
    expect(firehose.taken).toHaveLength(100)
    expect(errors).toHaveLength(1)
  })

  it('gives back the rows that a stream which is not there cannot take, with the reason', async () => {
    const { store, errors } = await open({}, 'missing')
    expect(await store.append([row('a')])).toHaveLength(1)
    expect(errors).toEqual([expect.objectContaining({ name: 'ResourceNotFoundException' })])
  })

  it('keeps requests within the limits of Firehose, however large the rows', async () => {
    const { store, firehose } = await open()
    const rows = Array.from({ length: 40 }, (_, i) => {
      const value = 'é'.repeat(170_000)
      return row(`id ${i}`, { features: JSON.stringify([{ FeatureName: 'id', ValueAsString: value }]) })
    })
    expect(await store.append(rows)).toEqual([])
    expect(firehose.taken).toHaveLength(40)
    expect(firehose.requests.length).toBeGreaterThan(4)
  })

  it('gives back a row that is too large for any request, and takes the others', async () => {
    const { store, firehose, errors } = await open()
    const features = JSON.stringify([{ FeatureName: 'id', ValueAsString: '\u0001'.repeat(200_000) }])
    const large = row('large', { features })
    expect(await store.append([row('a'), large, row('b')])).toEqual([large])
    expect(firehose.taken).toHaveLength(2)
    expect(errors).toEqual([
      expect.objectContaining({ cause: expect.objectContaining({ message: expect.stringMatching(/Firehose takes/) }) }),
    ])
  })

  it('writes a feature that was added since the group was looked up', async () => {
    const { store, firehose, catalog } = await open()
    await store.append([row('a')])
    const [group] = groups
    const FeatureDefinitions = [
      ...(group?.FeatureDefinitions ?? []),
      { FeatureName: 'New-1', FeatureType: 'Integral' as const },
    ]
    catalog.replace(featureGroup('group', { groupId: 'group', revision: 2, FeatureDefinitions }))
    const features = JSON.stringify([{ FeatureName: 'New-1', ValueAsString: '7' }])
    expect(await store.append([row('b', { features })])).toEqual([])
    expect(firehose.taken.map((text) => readColumns(text)['new-1'])).toEqual([undefined, 7])
  })

  it('gives back rows of a group that nobody knows', async () => {
    const { store, errors } = await open()
    const lost = row('a', { groupId: 'unknown' })
    expect(await store.append([lost, row('b')])).toEqual([lost])
    expect(errors).toHaveLength(1)
  })
})
