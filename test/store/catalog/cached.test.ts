import { DatabaseSync } from 'node:sqlite'
import { describe, expect, it } from 'vitest'
import { cachedCatalog } from '../../../store/catalog/cached.ts'
import { createCatalogTables, sqliteCatalog } from '../../../store/catalog/sqlite.ts'
import { catalogContract, featureGroup } from './catalog-contract.ts'

function open() {
  const db = new DatabaseSync(':memory:')
  createCatalogTables(db)
  const catalog = sqliteCatalog(db)
  let time = 0
  const cached = cachedCatalog(catalog, { now: () => time, maxAgeMs: 5_000 })
  return {
    catalog,
    cached,
    at(milliseconds: number) {
      time = milliseconds
    },
  }
}

describe('cachedCatalog', () => {
  catalogContract(async () => open().cached)

  it('gives a group as it was for five seconds, and then as it is', async () => {
    const { catalog, cached, at } = open()
    catalog.create(featureGroup('orders'))
    await cached.get('orders')
    catalog.replace(featureGroup('orders', { revision: 2 }))
    at(4_999)
    expect((await cached.get('orders'))?.revision).toBe(1)
    expect((await cached.getById('id-of-orders'))?.revision).toBe(1)
    at(5_000)
    expect((await cached.get('orders'))?.revision).toBe(2)
    expect((await cached.getById('id-of-orders'))?.revision).toBe(2)
  })

  it('looks again when asked to', async () => {
    const { catalog, cached } = open()
    catalog.create(featureGroup('orders'))
    await cached.get('orders')
    catalog.replace(featureGroup('orders', { revision: 2 }))
    expect((await cached.getById('id-of-orders', { isFresh: true }))?.revision).toBe(2)
    expect((await cached.get('orders', { isFresh: true }))?.revision).toBe(2)
    expect((await cached.get('orders'))?.revision).toBe(2)
  })

  it('never remembers that a group does not exist', async () => {
    const { catalog, cached } = open()
    expect(await cached.get('orders')).toBeUndefined()
    expect(await cached.getById('id-of-orders')).toBeUndefined()
    catalog.create(featureGroup('orders'))
    expect(await cached.getById('id-of-orders')).toBeDefined()
    expect(await cached.get('orders')).toBeDefined()
  })

  it('forgets a group that is gone when it looks again', async () => {
    const { catalog, cached } = open()
    catalog.create(featureGroup('orders'))
    await cached.get('orders')
    catalog.remove(featureGroup('orders'))
    expect(await cached.get('orders', { isFresh: true })).toBeUndefined()
    expect(await cached.get('orders')).toBeUndefined()
  })

  it('remembers no more groups than a process has room for', async () => {
    const { catalog, cached } = open()
    for (let i = 0; i < 600; i++) {
      catalog.create(featureGroup(`group-${i}`))
      await cached.get(`group-${i}`)
      catalog.replace(featureGroup(`group-${i}`, { revision: 2 }))
    }
    expect((await cached.get('group-599'))?.revision).toBe(1)
    expect((await cached.get('group-0'))?.revision).toBe(2)
  })
})
