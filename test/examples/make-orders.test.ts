import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { makeOrders } from '../../examples/make-orders.ts'

const orders = readFileSync(new URL('../../examples/orders.csv', import.meta.url), 'utf8')
const rows = orders
  .trimEnd()
  .split('\n')
  .slice(1)
  .map((line) => ({ customer: line.slice(0, 6), time: line.slice(7, 31) }))

describe('examples/orders.csv', () => {
  it('is what the script makes, byte for byte', () => {
    expect(makeOrders()).toBe(orders)
  })

  it('has rows that come after newer ones of the same customer', () => {
    const newest = new Map<string, string>()
    const late = rows.filter(({ customer, time }) => {
      const known = newest.get(customer) ?? ''
      if (time > known) newest.set(customer, time)
      return time < known
    })
    expect(late.length).toBeGreaterThan(5)
    expect(newest.size).toBeLessThan(rows.length)
  })

  it('has no two rows of the same time, so that their order does not matter', () => {
    expect(new Set(rows.map(({ time }) => time)).size).toBe(rows.length)
  })
})
