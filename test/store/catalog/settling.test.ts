import { DatabaseSync } from 'node:sqlite'
import { describe, expect, it } from 'vitest'
import { cachedCatalog } from '../../../store/catalog/cached.ts'
import { settlingCatalog } from '../../../store/catalog/settling.ts'
import { createCatalogTables, sqliteCatalog } from '../../../store/catalog/sqlite.ts'
import { catalogContract, featureGroup } from './catalog-contract.ts'

const maxAgeMs = 5_000

function open() {
  const db = new DatabaseSync(':memory:')
  createCatalogTables(db)
  const catalog = sqliteCatalog(db)
  let time = 0
  const wait = async (milliseconds: number) => {
    time += milliseconds
  }
  return {
    settling: settlingCatalog(catalog, { maxAgeMs, wait }),
    elsewhere: cachedCatalog(catalog, { now: () => time, maxAgeMs }),
    waited: () => time,
  }
}

describe('settlingCatalog', () => {
  catalogContract(async () => open().settling)

  it('has removed a group when no process remembers it any more', async () => {
    const { settling, elsewhere } = open()
    const group = featureGroup('orders')
    await settling.create(group)
    expect(await elsewhere.get('orders')).toEqual(group)
    expect(await settling.remove(group)).toBe(true)
    expect(await elsewhere.get('orders')).toBeUndefined()
  })
  it('does not wait for a group that was not there', async () => {
    const { settling, waited } = open()
    expect(await settling.remove(featureGroup('orders'))).toBe(false)
    expect(waited()).toBe(0)
  })
})
