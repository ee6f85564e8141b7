import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { concurrently } from '../../../store/calls/concurrently.ts'

const soon = () => new Promise(setImmediate)

describe('concurrently', () => {
  it('gives the results in order, with no more calls under way than allowed', async () => {
    const delays = fc.array(fc.nat({ max: 4 }), { maxLength: 30 })
    await fc.assert(
      fc.asyncProperty(delays, fc.integer({ min: 1, max: 8 }), async (items, limit) => {
        let underWay = 0
        let most = 0
        const results = await concurrently(items, limit, async (turns) => {
          underWay += 1
          most = Math.max(most, underWay)
          for (let turn = 0; turn < turns; turn++) await soon()
          underWay -= 1
          return turns * 2
        })
        expect(results).toEqual(items.map((turns) => turns * 2))
        expect(most).toBeLessThanOrEqual(limit)
      }),
    )
  })
  it('makes as many calls at once as allowed', async () => {
    let underWay = 0
    await concurrently([1, 2, 3, 4, 5, 6], 3, async () => {
      underWay += 1
      await soon()
      expect(underWay).toBe(3)
      await soon()
      underWay -= 1
    })
  })
  it('begins nothing more after a failure, and waits for what is under way', async () => {
    const done: number[] = []
    const work = async (item: number) => {
      if (item === 0) throw new Error('zero')
      await soon()
      await soon()
      done.push(item)
    }
    await expect(concurrently([1, 0, 2, 3], 2, work)).rejects.toThrow('zero')
    expect(done).toEqual([1])
  })
})
