import { DatabaseSync } from 'node:sqlite'
import { describe, expect, it } from 'vitest'
import { createOnlineTables, sqliteOnlineStore } from '../../../store/online/sqlite.ts'
import { GROUP, put, restore, retract, softDelete } from './changes.ts'
import { onlineStoreContract } from './online-store-contract.ts'
import { replayChangesContract } from './replay-changes-contract.ts'
import { sessionChangesContract } from './session-changes-contract.ts'

function open() {
  const db = new DatabaseSync(':memory:')
  createOnlineTables(db)
  return sqliteOnlineStore(db)
}

describe('the online store in SQLite', () => {
  onlineStoreContract(async () => open())
  replayChangesContract(async () => open())
  sessionChangesContract(
    async () => {
      const db = new DatabaseSync(':memory:')
      createOnlineTables(db)
      const select = db.prepare('SELECT * FROM records WHERE identifier = ?')
      return { store: sqliteOnlineStore(db), raw: async (identifier) => JSON.stringify(select.all(identifier)) }
    },
    { repeated: 'repeated' },
  )

  it('gives an empty page with a next one rather than read past thousands of tombstones', () => {
    const store = open()
    const dead = Array.from({ length: 4_500 }, (_, i) => softDelete(`dead ${String(i).padStart(5, '0')}`, 1))
    store.apply([...dead, put('live', 1, 'x')], 0)
    const first = store.list(GROUP, { limit: 10, includeSoftDeleted: false, now: 0 })
    expect(first.identifiers).toEqual([])
    expect(first.next).toBeDefined()
  })

  it('finds expired records, the longest expired first, and removes only the version that was seen', () => {
    const store = open()
    store.apply([put('b', 20, 'x', 10), put('a', 10, 'x', 10), put('c', 90, 'x', 100)], 0)
    const found = store.expired(50_000, 10)
    expect(found.map(({ identifier }) => identifier)).toEqual(['a', 'b'])
    store.apply([put('a', 11, 'again', 10)], 0)
    const target = { groupId: GROUP, online: true, offline: true }
    const expire = found.map(({ identifier, expiresAt }) => ({
      kind: 'expire' as const,
      target,
      identifier,
      expiresAt,
      receivedAt: 0,
    }))
    expect(store.apply(expire, 50_000).map(({ result }) => result)).toEqual(['absent', 'applied'])
  })

  it('does not find what a delete session hides among the expired, but what is restored', () => {
    const store = open()
    store.apply([put('a', 10, 'x', 100), put('b', 10, 'x', 100)], 50_000)
    const changes = [retract('a', 10), retract('b', 10), restore('b')]
    expect(store.apply(changes, 60_000).map(({ result }) => result)).toEqual(['applied', 'applied', 'applied'])
    expect(store.expired(200_000, 10)).toEqual([{ groupId: GROUP, identifier: 'b', expiresAt: 110 }])
  })
})
