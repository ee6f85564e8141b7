import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { groupIdOf, isLongIdentifier, onlineKey, partitionKey } from '../../../store/online/keys.ts'

const GROUP = '0123456789abcdef-8'

describe('onlineKey', () => {
  it('is the group with a partition, and the identifier', () => {
    expect(onlineKey(GROUP, 'customer 1')).toEqual({ pk: '0123456789abcdef-8#6', sk: 'customer 1' })
    expect(onlineKey(GROUP, 'é')).toEqual({ pk: '0123456789abcdef-8#6', sk: 'é' })
  })
  it('spreads identifiers evenly over the partitions of the group', () => {
    const counts = new Map<string, number>()
    for (let i = 0; i < 8_000; i++) {
      const { pk } = onlineKey(GROUP, String(i))
      counts.set(pk, (counts.get(pk) ?? 0) + 1)
    }
    expect([...counts.keys()].sort()).toEqual(Array.from({ length: 8 }, (_, shard) => partitionKey(GROUP, shard)))
    for (const count of counts.values()) expect(Math.abs(count - 1_000)).toBeLessThan(150)
  })
  it('tells the group', () => {
    expect(groupIdOf(onlineKey(GROUP, 'a#b').pk)).toBe(GROUP)
  })
  it('has a sort key of at most 1,024 bytes of well-formed text', () => {
    const characters = fc.constantFrom('a', 'é', '€', '😀', '#')
    const identifier = fc.tuple(fc.string({ unit: characters, maxLength: 40 }), fc.integer({ min: 1, max: 60 }))
    fc.assert(
      fc.property(identifier, ([piece, times]) => {
        const { sk } = onlineKey(GROUP, `x${piece.repeat(times)}`)
        expect(Buffer.byteLength(sk)).toBeLessThanOrEqual(1_024)
        expect(sk.isWellFormed() && !sk.includes('\ufffd')).toBe(true)
      }),
    )
  })
  it('has the identifier itself for a sort key up to 1,023 bytes', () => {
    const [short, long] = ['x'.repeat(1_023), 'x'.repeat(1_024)]
    expect([isLongIdentifier(short), isLongIdentifier(long)]).toEqual([false, true])
    expect(onlineKey(GROUP, short).sk).toBe(short)
    expect(onlineKey(GROUP, long).sk).not.toBe(long)
  })
  it('is another one for the identifier that is the sort key of a long one', () => {
    const long = `customer ${'x'.repeat(1_500)}`
    const { sk } = onlineKey(GROUP, long)
    expect(sk.startsWith('customer xxx')).toBe(true)
    expect(onlineKey(GROUP, sk).sk).not.toBe(sk)
  })
})
