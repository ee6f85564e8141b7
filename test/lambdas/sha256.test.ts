import { createHash, createHmac } from 'node:crypto'
import fc from 'fast-check'
import { expect, it } from 'vitest'
import { Sha256 } from '../../lambdas/sha256.ts'

const bytes = fc.uint8Array({ maxLength: 200 })

async function sumOf(sum: Sha256, parts: Uint8Array[]): Promise<string> {
  for (const part of parts) sum.update(part)
  return Buffer.from(await sum.digest()).toString('hex')
}

it('is the hash of all that it was given', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(bytes), async (parts) => {
      const expected = createHash('sha256').update(Buffer.concat(parts)).digest('hex')
      expect(await sumOf(new Sha256(), parts)).toBe(expected)
    }),
  )
})

it('is the HMAC under a secret, whatever form that has', async () => {
  await fc.assert(
    fc.asyncProperty(bytes, bytes, async (secret, data) => {
      const expected = createHmac('sha256', secret).update(data).digest('hex')
      expect(await sumOf(new Sha256(secret), [data])).toBe(expected)
      expect(await sumOf(new Sha256(Buffer.concat([Buffer.from('..'), secret]).subarray(2)), [data])).toBe(expected)
      expect(await sumOf(new Sha256(new Uint8Array(secret).buffer), [data])).toBe(expected)
    }),
  )
  const expected = createHmac('sha256', 'AWS4secret').update('text').digest('hex')
  expect(await sumOf(new Sha256('AWS4secret'), [Buffer.from('text')])).toBe(expected)
})

it('begins anew after a reset', async () => {
  const sum = new Sha256('secret')
  sum.update(Buffer.from('forgotten'))
  sum.reset()
  expect(await sumOf(sum, [Buffer.from('text')])).toBe(createHmac('sha256', 'secret').update('text').digest('hex'))
})
