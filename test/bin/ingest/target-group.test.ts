import { describe, expect, it } from 'vitest'
import { columnTypes } from '../../../bin/ingest/infer-types.ts'
import { assertCompatible } from '../../../bin/ingest/target-group.ts'
import type { Format } from '../../../local/ingest/format.ts'
import { inputOf, rowsOf } from './file-input.ts'

const group = {
  FeatureGroupName: 'group',
  RecordIdentifierFeatureName: 'id',
  EventTimeFeatureName: 'at',
  FeatureDefinitions: [
    { FeatureName: 'id', FeatureType: 'String' },
    { FeatureName: 'at', FeatureType: 'String' },
    { FeatureName: 'n', FeatureType: 'Integral' },
    { FeatureName: 'x', FeatureType: 'Fractional' },
    { FeatureName: 'tags', FeatureType: 'String', CollectionType: 'Set' },
  ],
} as Parameters<typeof assertCompatible>[0]

async function judge(name: string, content: string, wanted = { identifier: 'id', eventTime: 'at' }) {
  const types = columnTypes()
  for (const row of await rowsOf(await inputOf(name, content))) types.add(row)
  const input = { format: (name.endsWith('csv') ? 'csv' : 'jsonl') as Format }
  assertCompatible(group, { input, wanted: { name: 'group', ...wanted }, columns: [...types.columns.values()] })
}

const AT = '2026-01-01T00:00:00Z'

describe('a group that exists', () => {
  it('takes columns of its own types, of narrower ones, and without values', async () => {
    await judge('a.csv', `id,at,n,x,tags\n1,${AT},,5,[]\n`)
    await judge('a.jsonl', `{"id":1,"at":"${AT}","n":7,"x":1.5,"tags":["a"]}\n`)
  })

  it.each([
    ['a wider type', 'a.csv', `id,at,n\n1,${AT},1.5\n`, "'n' is Integral in the group and Fractional in the file"],
    ['an unknown column', 'a.csv', `id,at,zip\n1,${AT},1\n`, "it has no feature 'zip'"],
    ['another form of event time', 'a.csv', 'id,at\n1,1700000000\n', "'at' is String in the group and Integral"],
    ['a list', 'a.jsonl', `{"id":1,"at":"${AT}","n":[1]}\n`, "'n' is a list in the file"],
    ['no list', 'a.jsonl', `{"id":1,"at":"${AT}","tags":"a"}\n`, "'tags' is a Set in the group"],
  ])('does not take %s', async (_, name, content, message) => {
    await expect(judge(name, content)).rejects.toThrow(message)
  })

  it('names every reason at once', async () => {
    const reasons = "its identifier is 'id' and not 'n'; its event time is 'at' and not 'x'; it has no feature 'zip'"
    await expect(judge('a.csv', 'zip\n1\n', { identifier: 'n', eventTime: 'x' })).rejects.toThrow(reasons)
  })
})
