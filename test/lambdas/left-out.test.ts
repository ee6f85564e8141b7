import { describe, expect, it } from 'vitest'
import { leftOut } from '../../lambdas/left-out.ts'

type Anything = { (): unknown; new (): Anything; member: unknown }

describe('what is left out of a bundle', () => {
  const standIn = leftOut('package/module.js') as Anything
  const message = 'the bundle is without package/module.js'

  it('can be handed on, and made', () => {
    const { kept } = { kept: standIn }
    expect(() => new kept()).not.toThrow()
  })
  it.each<[string, () => unknown]>([
    ['called', () => standIn()],
    ['read', () => standIn.member],
    ['read when it was made', () => new standIn().member],
    ['called when it was made', () => new standIn()()],
    ['awaited', () => Promise.all([standIn])],
  ])('says so when it is %s', async (_, use) => {
    await expect(async () => await use()).rejects.toThrow(message)
  })
})
