import { DatabaseSync } from 'node:sqlite'
import { describe, expect, it } from 'vitest'
import { createLogTables, sqliteLog } from '../../../store/offline/sqlite-log.ts'
import { offlineStoreContract, row } from './offline-store-contract.ts'

function open() {
  const db = new DatabaseSync(':memory:')
  createLogTables(db)
  return sqliteLog(db)
}

describe('the log of the history in SQLite', () => {
  offlineStoreContract(async () => {
    const store = open()
    return { store, rows: async () => store.read(0, 10_000) }
  })

  it('numbers the rows in the order they were appended, and reads on from any of them', () => {
    const log = open()
    log.append([row('a'), row('b')])
    log.append([row('c')])
    expect(log.read(0, 2).map(({ sequence, identifier }) => [sequence, identifier])).toEqual([
      [1, 'a'],
      [2, 'b'],
    ])
    expect(log.read(2, 10).map(({ identifier }) => identifier)).toEqual(['c'])
  })

  it('reads no more rows once those it has are as large as asked, but one at least', () => {
    const log = open()
    log.append([row('a'), row('b'), row('c')])
    const [first] = log.read(0, 10)
    const bytes = first?.features?.length ?? 0
    expect(bytes).toBeGreaterThan(0)
    expect(log.read(0, 10, 2 * bytes).map(({ identifier }) => identifier)).toEqual(['a', 'b'])
    expect(log.read(2, 10, 1).map(({ identifier }) => identifier)).toEqual(['c'])
  })

  it('gives a commit every row with its group, and the keys of a deletion marker, however the groups take turns', () => {
    const log = open()
    const groups = ['a', 'a', 'b', 'c', 'b']
    const rows = Array.from({ length: 1_700 }, (_, index) => ({
      ...row(`id ${index}`),
      groupId: groups[(index * 7) % 5] ?? '',
      ...(index % 3 === 0 && { isDeleted: true, features: null, deletionSession: `session ${index}` }),
    }))
    log.append(rows)
    const whole = log.read(0, 10_000)
    const taken = [...log.portions(0, 1_600, 1e9)].flat()
    expect(whole.map(({ sequence: _, ...found }) => found)).toEqual(rows)
    const keys = { identifier: null, eventTimeText: null }
    expect(taken).toEqual(whole.slice(0, 1_600).map((found) => (found.isDeleted ? found : { ...found, ...keys })))
  })

  it('says how many rows wait', () => {
    const log = open()
    expect(log.waiting()).toBe(0)
    log.append([row('a'), row('b')])
    expect(log.waiting()).toBe(2)
  })
})
