import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { PASS } from '../../local/commit-pass.ts'
import { dataPaths } from '../../local/data-directory.ts'
import { type GatheredPass, passGatherer } from '../../local/gather-pass.ts'
import { type LocalStores, openLocalStores } from '../../local/stores.ts'
import { createFeatureGroup } from '../../store/operations/create-feature-group.ts'
import { putRecord } from '../../store/operations/put-record.ts'

const FEATURES = 2_400
const DAYS = 60

let directory: string
let local: LocalStores

beforeEach(async () => {
  directory = mkdtempSync(join(tmpdir(), 'cairn-gather-'))
  const onError = (error: unknown) => {
    throw error
  }
  const where = { dataDirectory: directory, account: '000000000000', region: 'us-east-1' }
  local = await openLocalStores({ ...where, onError, onFatal: onError })
})

afterEach(async () => {
  await local.close()
  rmSync(directory, { recursive: true })
})

function columnsOf({ groups }: GatheredPass): number {
  const days = groups.flatMap((group) => ('rows' in group ? [...group.rows.days.values()] : []))
  return days.reduce((count, { columns }) => count + columns.length, 0)
}

describe('a pass', () => {
  it('ends before the columns of many days take too much memory, and the next one goes on behind it', async () => {
    await createFeatureGroup(local.stores, {
      FeatureGroupName: 'wide',
      RecordIdentifierFeatureName: 'f0',
      EventTimeFeatureName: 'f1',
      FeatureDefinitions: Array.from({ length: FEATURES }, (_, index) => ({
        FeatureName: `f${index}`,
        FeatureType: 'String',
      })),
      OfflineStoreConfig: { S3StorageConfig: { S3Uri: 's3://history/x' } },
    })
    for (let day = 0; day < DAYS; day++) {
      const Record = [
        { FeatureName: 'f0', ValueAsString: String(day) },
        { FeatureName: 'f1', ValueAsString: new Date(day * 86_400_000).toISOString() },
      ]
      await putRecord(local.stores, { FeatureGroupName: 'wide', Record })
    }
    const gatherAfter = passGatherer(dataPaths(directory))
    const passes = [gatherAfter(0)]
    for (let pass = passes[0]; pass?.isFull; passes.push(pass)) pass = gatherAfter(pass.sequence)

    for (const pass of passes) expect(columnsOf(pass)).toBeLessThan(PASS.columns + FEATURES + 10)
    const ranges = passes.flatMap(({ groups }) =>
      groups.map((group) => ('rows' in group ? [group.rows.firstSequence, group.rows.lastSequence] : [])),
    )
    expect(ranges).toEqual([
      [1, 25],
      [26, 50],
      [51, 60],
    ])
  })
})
