import { setImmediate } from 'node:timers/promises'
import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { makeLanes } from '../../../bin/ingest/lanes.ts'

interface Numbered {
  identifier: string
  size: number
  number: number
}

describe('lanes', () => {
  it('send every item once, those of one identifier in order and never at the same time', async () => {
    const items = fc.array(fc.record({ identifier: fc.constantFrom('a', 'b', 'c', 'd', 'e'), size: fc.nat(400_000) }), {
      maxLength: 300,
    })
    await fc.assert(
      fc.asyncProperty(
        items,
        fc.integer({ min: 1, max: 10 }),
        fc.infiniteStream(fc.nat(4)),
        async (all, count, delays) => {
          const sent: Numbered[] = []
          const underWay = new Set<string>()
          const lanes = makeLanes<Numbered>({
            count,
            maxItems: 25,
            send: async (batch) => {
              const identifiers = new Set(batch.map(({ identifier }) => identifier))
              for (const identifier of identifiers) {
                expect(underWay.has(identifier)).toBe(false)
                underWay.add(identifier)
              }
              for (let turns = delays.next().value ?? 0; turns > 0; turns--) await setImmediate()
              sent.push(...batch)
              for (const identifier of identifiers) underWay.delete(identifier)
            },
          })
          const numbered = all.map((item, number) => ({ ...item, number }))
          for (const item of numbered) await lanes.add(item)
          await lanes.flush()
          const byIdentifier = (list: Numbered[]) => Map.groupBy(list, ({ identifier }) => identifier)
          expect(byIdentifier(sent)).toEqual(byIdentifier(numbered))
          expect(sent.length).toBe(all.length)
        },
      ),
      { numRuns: 200 },
    )
  })

  it('keep batches to 25 items and about a million characters', async () => {
    const batches: Numbered[][] = []
    const lanes = makeLanes<Numbered>({ count: 1, maxItems: 25, send: async (batch) => void batches.push(batch) })
    for (let number = 0; number < 60; number++) await lanes.add({ identifier: 'a', size: 1, number })
    for (let number = 0; number < 5; number++) await lanes.add({ identifier: 'a', size: 400_000, number })
    await lanes.add({ identifier: 'a', size: 5_000_000, number: 0 })
    await lanes.flush()
    expect(batches.map((batch) => batch.length)).toEqual([25, 25, 12, 2, 1, 1])
  })

  it('take no more items while too many batches wait', async () => {
    let release = () => {}
    const blocked = new Promise<void>((resolve) => {
      release = resolve
    })
    let added = 0
    const lanes = makeLanes<Numbered>({ count: 2, maxItems: 25, send: () => blocked })
    const adding = (async () => {
      for (let number = 0; number < 10_000; number++) {
        await lanes.add({ identifier: String(number), size: 1, number })
        added += 1
      }
    })()
    for (let turns = 0; turns < 100; turns++) await setImmediate()
    expect(added).toBeLessThan(500)
    release()
    await adding
    await lanes.flush()
    expect(added).toBe(10_000)
  })
})
