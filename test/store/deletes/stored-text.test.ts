import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { featuresOfText } from '../../../store/deletes/stored-text.ts'
import type { StoredFeature } from '../../../store/offline/stored-features.ts'

/** What a value could be mistaken for. */
const tricky = fc.constantFrom(
  '{"FeatureName":"b","ValueAsString":"no"}',
  '","ValueAsString":"',
  '\\',
  '\\"',
  '"',
  '"}',
  'ValueAsStringList',
  '',
  'é\u2028💣',
)
const text = fc.oneof(
  tricky,
  fc.string({ unit: 'binary' }),
  fc.array(tricky).map((parts) => parts.join('')),
)
const names = ['a', 'b', 'ab', 'ValueAsString', 'FeatureName', 'a-b_1']

const features = fc
  .uniqueArray(fc.record({ FeatureName: fc.constantFrom(...names), value: fc.oneof(text, fc.array(text)) }), {
    selector: ({ FeatureName }) => FeatureName,
  })
  .map((list) =>
    list.map(
      ({ FeatureName, value }): StoredFeature =>
        typeof value === 'string' ? { FeatureName, ValueAsString: value } : { FeatureName, ValueAsStringList: value },
    ),
  )

function looked(text: string) {
  const lookup = featuresOfText(text)
  return names.map((name) => lookup.get(name))
}

describe('a feature looked up in the text of a record', () => {
  it('is the one that JSON.parse finds, whatever the values look like', () => {
    fc.assert(
      fc.property(features, (list) => {
        expect(looked(JSON.stringify(list))).toEqual(names.map((name) => list.find((one) => one.FeatureName === name)))
      }),
      { numRuns: 5_000 },
    )
  })

  it('is found in text that is laid out in another way', () => {
    fc.assert(
      fc.property(features, (list) => {
        expect(looked(JSON.stringify(list, null, 1))).toEqual(looked(JSON.stringify(list)))
        const turned = list.map((one) => Object.fromEntries(Object.entries(one).reverse()))
        expect(looked(JSON.stringify(turned))).toEqual(looked(JSON.stringify(list)))
      }),
    )
  })
})
