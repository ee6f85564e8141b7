import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parse } from 'csv-parse/sync'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { FeatureType } from '../../store/groups/feature-group.ts'
import { toPut } from '../../store/operations/put-record.ts'
import { GROUP, openRestoredStore, type RestoredStore } from './restore/restored-store.ts'

/** A CSV file of loans: `loan_id`, `event_time` and others. */
const LOANS = process.env['CAIRN_LOANS']
const PUTS_PER_WRITE = 5_000

let directory: string
let store: RestoredStore
let clock = Date.parse('2026-03-01T00:00:00Z')
const now = () => clock++

type Row = { [column: string]: string }

function typeOf(rows: Row[], column: string): FeatureType {
  const values = rows.map((row) => row[column] ?? '').filter((value) => value !== '')
  if (values.every((value) => /^-?\d{1,18}$/.test(value))) return 'Integral'
  return values.every((value) => /^-?\d+(\.\d+)?$/.test(value)) ? 'Fractional' : 'String'
}

async function load(rows: Row[]): Promise<void> {
  const columns = Object.keys(rows[0] ?? {})
  const name = (column: string) => (column === 'loan_id' ? 'Id' : column === 'event_time' ? 'At' : column)
  const definitions = columns.map((column) => ({ FeatureName: name(column), FeatureType: typeOf(rows, column) }))
  await store.createGroup({ keys: definitions })
  const group = await store.stores.catalog.get(GROUP)
  if (group === undefined) throw new Error('the group is not there')
  for (let start = 0; start < rows.length; start += PUTS_PER_WRITE) {
    const puts = rows.slice(start, start + PUTS_PER_WRITE).map((row) => {
      const cells = Object.entries(row).filter(([, value]) => value !== '')
      const Record = cells.map(([column, ValueAsString]) => ({ FeatureName: name(column), ValueAsString }))
      return toPut(group, { Record }, now())
    })
    await store.stores.writer.write(puts)
  }
}

describe.runIf(LOANS)('a restore of the loans', () => {
  beforeAll(async () => {
    directory = mkdtempSync(join(tmpdir(), 'cairn-loans-'))
    store = await openRestoredStore(directory, { now })
    await load(parse(readFileSync(LOANS ?? ''), { columns: true }) as Row[])
  })
  afterAll(async () => {
    await store.close()
    rmSync(directory, { recursive: true })
  })

  it('is equal to the store before, with sessions, undone ones, and without those that are ignored', async () => {
    const all = await store.live()
    const count = Object.keys(all).length
    expect(count).toBeGreaterThan(1_000)
    await store.deleteWhere('medical', { filter: [['=', 'loan_intent', 'MEDICAL']] })
    await store.deleteWhere('large', { filter: [['>=', 'loan_amnt', 20_000]], mode: 'hard' })
    const AsOf = new Date(now()).toISOString()
    const then = await store.live()
    await store.deleteWhere('old', { endTS: '2021-01-01T00:00:00Z' })
    await store.undo('old')
    await store.deleteWhere('venture', { filter: [['=', 'loan_intent', 'VENTURE']] })
    const before = await store.live()
    expect(Object.keys(before).length).toBeLessThan(count)
    await store.lose()
    const ended = await store.restore()
    expect(ended).toMatchObject({ Status: 'Completed', RowsRead: ended.RowsTotal, RecordsKept: 0, RecordsExpired: 0 })
    expect(ended.RecordsWritten).toBe(Object.keys(before).length)
    expect(await store.live()).toEqual(before)
    await store.restore({ Replace: true, AsOf })
    expect(await store.live()).toEqual(then)
    await store.restore({ Replace: true, IgnoreDelete: ['medical', 'large', 'venture'] })
    expect(await store.live()).toEqual(all)
  }, 300_000)
})
