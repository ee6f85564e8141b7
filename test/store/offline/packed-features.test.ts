import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { featurePacker, isPacked, readPacked, unpackedFeatures } from '../../../store/offline/packed-features.ts'

const NAMES = ['id', 'time', 'with"quote', 'amount', 'city']
const pack = featurePacker(NAMES)

const scalars = fc
  .tuple(...NAMES.map(() => fc.option(fc.oneof(fc.string({ unit: 'binary' }), fc.string()), { nil: undefined })))
  .map((values) =>
    NAMES.flatMap((FeatureName, position) => {
      const ValueAsString = values[position]
      return ValueAsString === undefined ? [] : [{ FeatureName, ValueAsString }]
    }),
  )
  .filter((features) => features.length > 0)

describe('packed features', () => {
  it('are the features again that they were, whatever text they have and whichever are missing', () => {
    fc.assert(
      fc.property(scalars, fc.nat(2), (features, later) => {
        const packed = pack(JSON.stringify(features)) ?? ''
        expect(isPacked(packed)).toBe(true)
        const names = [...NAMES, ...Array.from({ length: later }, (_, index) => `later${index}`)]
        expect(unpackedFeatures(names, packed)).toEqual(features)
      }),
      { numRuns: 2_000 },
    )
  })

  it('are read in their places without parsing, unless one has an escape', () => {
    fc.assert(
      fc.property(scalars, (features) => {
        const packed = pack(JSON.stringify(features)) ?? ''
        const read: { FeatureName: string; ValueAsString: string }[] = []
        const readers = NAMES.map((FeatureName) => ({
          read: (_row: number, bytes: Buffer, from: number, to: number) =>
            read.push({ FeatureName, ValueAsString: bytes.toString('utf8', from, to) }),
        }))
        const isRead = readPacked(packed, readers, 0)
        expect(isRead).toBe(!packed.includes('\\'))
        if (isRead) expect(read).toEqual(features)
      }),
      { numRuns: 2_000 },
    )
  })

  it.each([
    ['a collection', [{ FeatureName: 'id', ValueAsStringList: ['a'] }]],
    [
      'a collection behind a scalar',
      [
        { FeatureName: 'id', ValueAsString: 'a' },
        { FeatureName: 'time', ValueAsStringList: [] },
      ],
    ],
    [
      'another order',
      [
        { FeatureName: 'time', ValueAsString: '1' },
        { FeatureName: 'id', ValueAsString: 'a' },
      ],
    ],
    [
      'a name that is not known',
      [
        { FeatureName: 'id', ValueAsString: 'a' },
        { FeatureName: 'later', ValueAsString: 'b' },
      ],
    ],
    ['a member more', [{ FeatureName: 'id', ValueAsString: 'a', more: 1 }]],
    ['nothing', []],
  ])('are not made of a list with %s', (_, features) => {
    const text = JSON.stringify(features)
    expect(pack(text)).toBeUndefined()
    expect(isPacked(text)).toBe(false)
  })

  it('are not made of a list that is shorter, since it has few of many features', () => {
    const names = Array.from({ length: 2_500 }, (_, index) => `f${index}`)
    const of = (position: number) => JSON.stringify([{ FeatureName: names[position], ValueAsString: 'a' }])
    expect(featurePacker(names)(of(2))).toBe('[null,null,"a"]')
    expect(featurePacker(names)(of(2_499))).toBeUndefined()
  })

  it('are not made of what is no list, or is cut off', () => {
    const text = JSON.stringify([
      { FeatureName: 'id', ValueAsString: 'a\\"b' },
      { FeatureName: 'time', ValueAsString: '' },
    ])
    for (let length = 0; length < text.length; length++) expect(pack(text.slice(0, length))).toBeUndefined()
    for (const tail of [',', ']', ' ', '{}']) expect(pack(text + tail)).toBeUndefined()
  })

  it('say which value has no name', () => {
    const packed = pack(JSON.stringify([{ FeatureName: 'time', ValueAsString: '1' }])) ?? ''
    expect(() => unpackedFeatures(['id'], packed)).toThrow('a value at 1, where no feature is')
  })
})
