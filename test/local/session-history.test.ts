import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { dataPaths } from '../../local/data-directory.ts'
import { openHistories } from '../../local/history/histories.ts'
import { tableDirectory } from '../../local/table-directory.ts'
import { latestSql } from '../../store/offline/sql/latest.ts'
import type { Change, Outcome, Restore, Retract } from '../../store/records/change.ts'
import { type FilledStore, openFilledStore } from '../bin/filled-store.ts'
import { readTable } from '../store/offline/iceberg/read-table.ts'
import { athenaOnDuckdb } from './athena-on-duckdb.ts'

const START = Date.parse('2026-01-01T00:00:00Z')
const AT = '2024-01-01T00:00:00Z'
const COLUMNS = ['text', 'is_deleted', '_event_time', 'api_invocation_time', 'write_time', '_sequence']
const SESSION = 'é "the" session'

let now = START
let directory: string
let store: FilledStore
let groupId: string

beforeEach(async () => {
  now = START
  directory = mkdtempSync(join(tmpdir(), 'cairn-session-'))
  store = await openFilledStore(directory, () => now)
  await store.createGroup('visits', [{ FeatureName: 'text', FeatureType: 'String' }])
  const group = await store.stores.catalog.get('visits')
  groupId = group?.groupId ?? ''
  await store.put('visits', { id: 'a', at: AT, text: 'x' })
  await store.put('visits', { id: 'b', at: AT, text: 'y' })
})
afterEach(async () => {
  await store.close()
  rmSync(directory, { recursive: true })
})

/** A change of the session to what a scan has seen of a record, received a while after. */
async function ofSession(identifier: string) {
  const { records } = await store.stores.online.scan(groupId, { shard: 0, limit: 10 })
  const seen = records.find((record) => record.identifier === identifier)
  if (seen === undefined) throw new Error(`no record has the identifier ${identifier}`)
  now += 1_000
  const target = { groupId, online: true, offline: true }
  return { seen, change: { target, identifier, session: SESSION, receivedAt: now } }
}

async function retract(identifier: string): Promise<Retract> {
  const { seen, change } = await ofSession(identifier)
  return { ...change, kind: 'retract', seen: seen.eventTime, seenText: seen.eventTimeText, acceptedAt: START }
}

async function restore(identifier: string): Promise<Restore> {
  const { change } = await ofSession(identifier)
  return { ...change, kind: 'restore', featureOrder: ['id', 'at', 'text'] }
}

async function write(...changes: Change[]): Promise<Outcome['result'][]> {
  return (await store.stores.writer.write(changes)).map(({ result }) => result)
}

/** The rows of the record `a` as they were written, and the texts of the latest records, as DuckDB reads them. */
async function history() {
  await store.flush()
  const connection = await athenaOnDuckdb(directory, ['visits'])
  const group = openHistories(directory).groups[0]
  const from = `sagemaker_featurestore."${group?.OfflineStoreConfig?.DataCatalogConfig?.TableName}"`
  const rows = await connection.runAndReadAll(
    `SELECT text, is_deleted, _deletion_session, "at" FROM ${from} WHERE id = 'a' ORDER BY _sequence`,
  )
  const latest = await connection.runAndReadAll(latestSql({ from, identifier: 'id', columns: COLUMNS }))
  connection.closeSync()
  return {
    rows: rows.getRows(),
    latest: latest
      .getRows()
      .map(([text]) => text)
      .sort(),
  }
}

it('has a marker of a session at the event time of the record, which is the latest of it', async () => {
  expect(await write(await retract('a'))).toEqual(['applied'])
  expect(await history()).toEqual({
    rows: [
      ['x', false, null, AT],
      [null, true, SESSION, AT],
    ],
    latest: ['y'],
  })
})

it('has the record again after an undo', async () => {
  expect(await write(await retract('a'))).toEqual(['applied'])
  expect(await write(await restore('a'))).toEqual(['applied'])
  expect(await history()).toEqual({
    rows: [
      ['x', false, null, AT],
      [null, true, SESSION, AT],
      ['x', false, null, AT],
    ],
    latest: ['x', 'y'],
  })
})

it('has no row of a change that is repeated, refused, or only removes what is hidden', async () => {
  const first = await retract('a')
  expect(await write(first, first, { ...first, session: 'another' })).toEqual(['applied', 'repeated', 'stale'])
  const change = await restore('a')
  expect(await write(change, change)).toEqual(['applied', 'repeated'])
  const again = { ...(await retract('a')), session: 'later', acceptedAt: now }
  expect(await write(again, { ...again, kind: 'forget' }, { ...again, kind: 'purge' }, change)).toEqual([
    'applied',
    'applied',
    'applied',
    'absent',
  ])
  const { rows } = await history()
  expect(rows.map(([, isDeleted, of]) => [isDeleted, of])).toEqual([
    [false, null],
    [true, SESSION],
    [false, null],
    [true, 'later'],
  ])
})

it('is read with the session by other readers of Iceberg', async () => {
  await write(await retract('b'))
  await store.flush()
  const group = openHistories(directory).groups[0]
  if (group === undefined) throw new Error('the group has no history')
  const rows = await readTable(join(dataPaths(directory).offlinePath, tableDirectory(group)))
  const sessions = rows.map(({ id, is_deleted, _deletion_session }) => [id, is_deleted, _deletion_session ?? null])
  expect(sessions.sort()).toEqual([
    ['a', false, null],
    ['b', false, null],
    ['b', true, SESSION],
  ])
})
