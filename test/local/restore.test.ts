import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { restoreStep } from '../../store/jobs/restore-step.ts'
import { deleteFeatureGroup } from '../../store/operations/delete-feature-group.ts'
import { deleteRecord } from '../../store/operations/delete-record.ts'
import { getRecord } from '../../store/operations/get-record.ts'
import { startRestore } from '../../store/operations/start-restore.ts'
import { updateFeatureGroup } from '../../store/operations/update-feature-group.ts'
import { updateRecord } from '../../store/operations/update-record.ts'
import { type Definition, GROUP, openRestoredStore, type RestoredStore } from './restore/restored-store.ts'

const FEATURES: Definition[] = [
  { FeatureName: 'Count', FeatureType: 'Integral' },
  { FeatureName: 'Price', FeatureType: 'Fractional' },
  { FeatureName: 'Name', FeatureType: 'String' },
  { FeatureName: 'Tags', FeatureType: 'String', CollectionType: 'List' },
  { FeatureName: 'Sizes', FeatureType: 'Integral', CollectionType: 'Set' },
  {
    FeatureName: 'Place',
    FeatureType: 'Fractional',
    CollectionType: 'Vector',
    CollectionConfig: { VectorConfig: { Dimension: 2 } },
  },
]

const AT = '2026-01-01T00:00:00Z'
const LATER = '2026-01-02T00:00:00Z'

let directory: string
let store: RestoredStore
let clock: number
/** The clock goes on with each look at it, so that no two writes have one time. */
const now = () => clock++

beforeEach(async () => {
  directory = mkdtempSync(join(tmpdir(), 'cairn-restore-'))
  clock = Date.parse('2026-03-01T00:00:00Z')
  store = await openRestoredStore(directory, { now })
})
afterEach(async () => {
  await store.close()
  rmSync(directory, { recursive: true })
})

const remove = (id: string, EventTime: string, DeletionMode = 'SoftDelete') =>
  deleteRecord(store.stores, {
    FeatureGroupName: GROUP,
    RecordIdentifierValueAsString: id,
    EventTime,
    DeletionMode,
  })
const shown = async (id: string) =>
  JSON.parse(await getRecord(store.stores, { FeatureGroupName: GROUP, RecordIdentifierValueAsString: id })).Record

describe('a restore', () => {
  it('brings back every live record value by value, of every type', async () => {
    await store.createGroup({ features: FEATURES })
    await store.put({ Id: 'a', At: AT, Count: '9223372036854775807', Price: '0.1', Name: 'é "quoted" \n' })
    await store.put({ Id: 'b', At: '2026-01-01T00:00:00.123Z', Count: '-0', Price: '-1e-300', Name: '' })
    await store.put({
      Id: 'c',
      At: AT,
      Tags: ['x', '', 'x'],
      Sizes: ['1', '-9223372036854775808'],
      Place: ['1', '2.5'],
    })
    await store.put({ Id: 'd', At: AT, Tags: [], Sizes: [] })
    await store.put({ Id: 'gone', At: AT })
    await remove('gone', LATER)
    const before = await store.live()
    await store.lose()
    expect(await store.live()).toEqual({})
    expect(await store.restore()).toMatchObject({
      Status: 'Completed',
      RowsTotal: 5,
      RowsRead: 5,
      RecordsWritten: 4,
      Tombstones: 1,
      RecordsKept: 0,
      RecordsExpired: 0,
      RecordsRemoved: 0,
      Error: null,
    })
    expect(await store.live()).toEqual(before)
    expect(await shown('b')).toEqual([
      { FeatureName: 'Id', ValueAsString: 'b' },
      { FeatureName: 'At', ValueAsString: '2026-01-01T00:00:00.123Z' },
      { FeatureName: 'Count', ValueAsString: '0' },
      { FeatureName: 'Price', ValueAsString: '-1e-300' },
      { FeatureName: 'Name', ValueAsString: '' },
    ])
  })

  it('keeps event times in seconds to the microsecond, and identifiers that are numbers', async () => {
    await store.createGroup({
      keys: [
        { FeatureName: 'Id', FeatureType: 'Integral' },
        { FeatureName: 'At', FeatureType: 'Fractional' },
      ],
    })
    await store.put({ Id: '9007199254740993', At: '1767225600.123456' })
    await store.put({ Id: '-7', At: '1767225600.9999999999' })
    await store.put({ Id: '8', At: '-0.000001' })
    const before = await store.live()
    await store.lose()
    await store.restore()
    expect(await store.live()).toEqual({
      ...before,
      // The history has it as a double, which is a whole second more.
      '-7': {
        eventTime: 1_767_225_600_999_999n,
        features: [
          ['Id', -7n],
          ['At', 1_767_225_600.999999],
        ],
      },
    })
    await store.put({ Id: '-7', At: '1767225600.999999' })
    expect(await shown('-7')).toEqual([
      { FeatureName: 'Id', ValueAsString: '-7' },
      { FeatureName: 'At', ValueAsString: '1767225600.999999' },
    ])
  })

  it('leaves no row in the history, and nothing beside it', async () => {
    await store.createGroup({ features: FEATURES })
    await store.put({ Id: 'a', At: AT })
    await remove('b', AT)
    await store.history.flush()
    await store.lose()
    await store.restore()
    expect(await store.history.flush()).toBe(0)
    expect(readdirSync(join(directory, 'restores'))).toEqual([])
  })

  it('fences what is older than a deletion in the history', async () => {
    await store.createGroup()
    await store.put({ Id: 'a', At: AT })
    await remove('a', LATER)
    await store.lose()
    await store.restore()
    await store.put({ Id: 'a', At: AT })
    expect(await shown('a')).toBeUndefined()
  })

  it('goes back to what was known at a time', async () => {
    await store.createGroup({ features: FEATURES })
    await store.put({ Id: 'a', At: AT, Name: 'first' })
    await store.put({ Id: 'b', At: AT, Name: 'there' })
    const before = await store.live()
    const AsOf = new Date(now()).toISOString()
    await store.put({ Id: 'a', At: LATER, Name: 'second' })
    await store.put({ Id: 'c', At: AT })
    await remove('b', LATER)
    expect(await store.restore({ AsOf, Replace: true })).toMatchObject({ AsOf, RowsRead: 2, RecordsRemoved: 2 })
    expect(await store.live()).toEqual(before)
  })

  it('has nothing to write for a group whose history is empty', async () => {
    await store.createGroup()
    expect(await store.restore()).toMatchObject({ Status: 'Completed', RowsTotal: 0, RowsRead: 0 })
  })

  it('brings back updates, and features that were added later', async () => {
    await store.createGroup({ features: FEATURES })
    await store.put({ Id: 'a', At: AT, Name: 'x', Price: '1' })
    await store.put({ Id: 'b', At: AT, Name: 'y' })
    await store.history.flush()
    const FeatureAdditions = [{ FeatureName: 'Added', FeatureType: 'Integral' }]
    await updateFeatureGroup(store.stores, { FeatureGroupName: GROUP, FeatureAdditions })
    await updateRecord(store.stores, {
      FeatureGroupName: GROUP,
      RecordIdentifierValueAsString: 'a',
      Features: [{ FeatureName: 'Price' }, { FeatureName: 'Added', ValueAsString: '7' }],
    })
    const before = await store.live()
    await store.lose()
    await store.restore()
    expect(await store.live()).toEqual(before)
    expect(await shown('a')).toEqual([
      { FeatureName: 'Id', ValueAsString: 'a' },
      { FeatureName: 'At', ValueAsString: AT },
      { FeatureName: 'Name', ValueAsString: 'x' },
      { FeatureName: 'Added', ValueAsString: '7' },
    ])
  })
})

describe('a restore beside time to live', () => {
  const OnlineStoreConfig = { EnableOnlineStore: true, TtlDuration: { Unit: 'Hours', Value: 1 } }

  it('gives records the time to live of the group, and leaves out what it ends', async () => {
    await store.createGroup({ OnlineStoreConfig })
    await store.put({ Id: 'over', At: '2026-02-28T22:59:00Z' })
    await store.put({ Id: 'live', At: '2026-02-28T23:30:00Z' })
    await store.lose()
    expect(await store.restore()).toMatchObject({ RecordsWritten: 1, RecordsExpired: 1 })
    expect(Object.keys(await store.live())).toEqual(['live'])
    clock += 3_600_000
    expect(await store.live()).toEqual({})
  })

  it('does not bring back a record whose own time to live is over', async () => {
    await store.createGroup()
    await store.put({ Id: 'own', At: '2026-02-28T23:59:59Z' }, { TtlDuration: { Unit: 'Seconds', Value: 10 } })
    await store.put({ Id: 'live', At: '2026-02-28T23:59:59Z' })
    clock += 20_000
    await store.restore({ Replace: true })
    expect(Object.keys(await store.live())).toEqual(['live'])
    await store.lose()
    await store.restore()
    expect(Object.keys(await store.live())).toEqual(['live'])
  })
})

describe('a restore after delete sessions', () => {
  beforeEach(async () => {
    await store.createGroup({ features: FEATURES })
    for (const id of ['a', 'b', 'c']) await store.put({ Id: id, At: AT, Name: id })
  })

  it('repeats every deletion, unless its session is ignored', async () => {
    const all = await store.live()
    await store.deleteWhere('s1', { filter: [['=', 'Name', 'a']] })
    await store.deleteWhere('s2', { filter: [['=', 'Name', 'b']], mode: 'hard' })
    const { a, b, ...rest } = all
    await store.lose()
    await store.restore()
    expect(await store.live()).toEqual(rest)
    expect(await store.restore({ Replace: true, IgnoreDelete: ['s1'] })).toMatchObject({ IgnoreDelete: ['s1'] })
    expect(await store.live()).toEqual({ a, ...rest })
    await store.restore({ Replace: true, IgnoreDelete: ['s2'] })
    expect(await store.live()).toEqual({ b, ...rest })
    await store.restore({ Replace: true, IgnoreDelete: ['s1', 's2'] })
    expect(await store.live()).toEqual(all)
  })

  it('brings back what a session hides in a store that has nothing else', async () => {
    const all = await store.live()
    await store.deleteWhere('s1', { all: true })
    expect(await store.restore({ IgnoreDelete: ['s1'] })).toMatchObject({ RecordsWritten: 3, RecordsRemoved: 0 })
    expect(await store.live()).toEqual(all)
  })

  it('has what an undo brought back, and what was written since', async () => {
    await store.deleteWhere('s1', { all: true })
    await store.put({ Id: 'b', At: LATER, Name: 'new' })
    await store.put({ Id: 'a', At: AT, Name: 'sent again, and late' })
    await store.undo('s1')
    const before = await store.live()
    await store.lose()
    await store.restore()
    expect(await store.live()).toEqual(before)
  })

  it('keeps deleted what a session deleted and was sent again', async () => {
    await store.deleteWhere('s1', { filter: [['=', 'Name', 'a']] })
    await store.put({ Id: 'a', At: AT, Name: 'a' })
    const before = await store.live()
    expect(Object.keys(before)).toEqual(['b', 'c'])
    await store.lose()
    await store.restore()
    expect(await store.live()).toEqual(before)
  })

  it('has what came after a session that removed, though it is older', async () => {
    await store.deleteWhere('s1', { filter: [['=', 'Name', 'a']], mode: 'hard' })
    await store.put({ Id: 'a', At: '2025-01-01T00:00:00Z', Name: 'older' })
    const before = await store.live()
    await store.lose()
    await store.restore()
    expect(await store.live()).toEqual(before)
  })

  it('is of the time before an undo, as of then', async () => {
    await store.deleteWhere('s1', { filter: [['=', 'Name', 'a']] })
    await store.put({ Id: 'a', At: AT, Name: 'a' })
    const before = await store.live()
    const AsOf = new Date(now()).toISOString()
    await store.undo('s1')
    await store.restore({ AsOf, Replace: true })
    expect(await store.live()).toEqual(before)
  })
})

describe('a restore into a store that is in use', () => {
  beforeEach(async () => {
    await store.createGroup({ features: FEATURES })
  })

  it('removes what the history does not have when it may replace', async () => {
    await store.put({ Id: 'a', At: AT, Name: 'x' })
    await store.put({ Id: 'online', At: AT }, { TargetStores: ['OnlineStore'] })
    const { a } = (await store.live()) as { [id: string]: unknown }
    expect(await store.restore({ Replace: true })).toMatchObject({ RecordsRemoved: 2, RecordsWritten: 1 })
    expect(await store.live()).toEqual({ a })
  })
})

describe('while a restore is under way', () => {
  let step: () => Promise<unknown>
  let RestoreId: string

  /** A restore that goes on when the test says so. */
  beforeEach(async () => {
    await store.createGroup({ features: FEATURES })
    const { groupId } = (await store.stores.catalog.get(GROUP)) ?? { groupId: '' }
    const held = { ...store.stores, jobs: { enqueue: () => {} } }
    const started = await startRestore(held, { FeatureGroupName: GROUP }, { actor: 'test' })
    RestoreId = started.RestoreId
    const replay = store.historyReplay
    step = () => restoreStep({ ...store.stores, replay }, { kind: 'restore', groupId, session: RestoreId })
  })

  it('no other one of the group begins', async () => {
    const { status, answer } = await store.call('POST', '/restore', { FeatureGroupName: GROUP })
    expect({ status, ...answer }).toEqual({
      status: 409,
      Message: `a restore of feature group 'orders' is under way: RestoreId '${RestoreId}'`,
    })
    while ((await step()) !== 'done');
    expect(await store.restore()).toMatchObject({ Status: 'Completed' })
  })

  it('no record is erased, which might come back', async () => {
    const erase = { FeatureGroupName: GROUP, RecordIdentifiersValueAsString: ['a'] }
    expect((await store.call('POST', '/erase', erase)).status).toBe(409)
    while ((await step()) !== 'done');
    expect((await store.call('POST', '/erase', erase)).status).toBe(200)
  })

  it('delete sessions wait for its end, and those that were before it end first', async () => {
    await store.put({ Id: 'a', At: AT })
    await store.deleteWhere('before', { all: true })
    expect(await step()).toBe('more')
    await store.call('POST', '/delete', { session: 'beside', table: GROUP, all: true })
    await store.put({ Id: 'b', At: AT })
    await pause(100)
    expect((await store.call('GET', '/delete/beside')).answer).toMatchObject({ status: 'processing', matched: 0 })
    while ((await step()) !== 'done');
    expect(Object.keys(await store.live())).toEqual(['b'])
    expect(await store.deleteWhere('beside', { all: true })).toMatchObject({ status: 'completed' })
  })

  it('of two workers the one that was overtaken leaves it to the other', async () => {
    expect((await Promise.all([step(), step()])).sort()).toEqual(['done', 'more'])
    while ((await step()) !== 'done');
    expect((await store.endOf(RestoreId)).Status).toBe('Completed')
  })

  it('live writes win over the history, at the same event time too', async () => {
    await step()
    for (const Id of ['replaced', 'same', 'untouched']) await store.put({ Id, At: AT, Name: 'extracted' })
    for (const phase of ['survey', 'extract'])
      expect({ phase, progress: await step() }).toEqual({ phase, progress: 'more' })
    await store.put({ Id: 'replaced', At: LATER, Name: 'live' })
    await store.put({ Id: 'same', At: AT, Name: 'live' })
    const before = await store.live()
    while ((await step()) !== 'done');
    expect(await store.live()).toEqual(before)
    expect(await store.endOf(RestoreId)).toMatchObject({ Status: 'Completed', RecordsKept: 3, RecordsRemoved: 0 })
  })

  it('ends as failed when the group is deleted', async () => {
    await step()
    await deleteFeatureGroup(store.stores, { FeatureGroupName: GROUP })
    while ((await step()) !== 'done');
    expect(await store.endOf(RestoreId)).toMatchObject({ Status: 'Failed', Error: 'the feature group was deleted' })
  })

  it('ends as failed, and leaves the online store as it is, when the history cannot be read', async () => {
    await step()
    await store.put({ Id: 'a', At: AT })
    await store.history.flush()
    await step()
    for (const file of readdirSync(join(directory, 'offline'), { recursive: true, encoding: 'utf8' })) {
      if (file.endsWith('.parquet')) rmSync(join(directory, 'offline', file))
    }
    while ((await step()) !== 'done');
    const { Status, Error: reason } = await store.endOf(RestoreId)
    expect(Status).toBe('Failed')
    expect(reason).toMatch(/^the history of feature group orders cannot be read: its file .* is missing$/)
    expect(Object.keys(await store.live())).toEqual(['a'])
  })
})

describe('POST /restore', () => {
  const refused = async (request: object) => {
    const { status, answer } = await store.call('POST', '/restore', { FeatureGroupName: GROUP, ...request })
    return `${status} ${answer.Message}`
  }

  it('answers at once, and GET tells how far it is', async () => {
    await store.createGroup()
    const { status, answer } = await store.call('POST', '/restore', { FeatureGroupName: GROUP })
    const RestoreId = expect.stringMatching(/^[0-9a-f-]{36}$/)
    expect({ status, answer }).toEqual({
      status: 200,
      answer: { RestoreId, FeatureGroupName: GROUP, Status: 'Processing' },
    })
    expect(await store.endOf(answer.RestoreId)).toEqual({
      RestoreId: answer.RestoreId,
      FeatureGroupName: GROUP,
      Status: 'Completed',
      AsOf: null,
      IgnoreDelete: [],
      Replace: false,
      StartedAt: expect.stringMatching(/^2026-03-01T00:00:00\.\d{3}Z$/),
      UpdatedAt: expect.stringMatching(/^2026-03-01T00:00:00\.\d{3}Z$/),
      EndedAt: expect.stringMatching(/^2026-03-01T00:00:00\.\d{3}Z$/),
      RowsTotal: 0,
      RowsRead: 0,
      RecordsWritten: 0,
      Tombstones: 0,
      RecordsKept: 0,
      RecordsExpired: 0,
      RecordsRemoved: 0,
      Error: null,
    })
  })

  it('refuses a group that is not there or lacks one of the stores', async () => {
    expect(await refused({})).toMatch(/^404 .*FeatureGroup with name orders/)
    await store.createGroup({ OnlineStoreConfig: { EnableOnlineStore: false } })
    expect(await refused({})).toBe("400 Validation Error: Feature group 'orders' has no OnlineStore to restore.")
  })

  it('refuses a group without a history', async () => {
    await store.createGroup({ OfflineStoreConfig: undefined })
    expect(await refused({})).toMatch(/^400 .* has no OfflineStore to restore it from\.$/)
  })

  it('refuses an online store that is not empty, unless it may replace', async () => {
    await store.createGroup()
    await store.put({ Id: 'a', At: AT })
    expect(await refused({})).toMatch(/^400 .*online store of feature group 'orders' has live records\. Send Replace/)
    expect(await store.live()).toHaveProperty('a')
    await remove('a', LATER)
    expect(await store.restore()).toMatchObject({ Status: 'Completed', Tombstones: 1 })
  })

  it('refuses times that are none, and that have not come', async () => {
    await store.createGroup()
    for (const AsOf of ['yesterday', '', '2026-02-30', '2026-02-01T25:00:00Z', '1767225600', '2026-02-01 10:00']) {
      expect(await refused({ AsOf })).toMatch(/^400 /)
    }
    expect(await refused({ AsOf: '2026-03-02' })).toMatch(/^400 .*AsOf '2026-03-02' .* must not be later than now/)
    expect(await store.restore({ AsOf: '2026-02-28' })).toMatchObject({ AsOf: '2026-02-28T00:00:00.000Z' })
  })

  it('refuses delete sessions that the group does not have, and names them', async () => {
    await store.createGroup()
    await store.deleteWhere('known', { all: true })
    expect(await refused({ IgnoreDelete: ['known', 'wrong', 'Wrong'] })).toMatch(
      /^400 .*IgnoreDelete names 'wrong', 'Wrong', of which feature group 'orders' has no delete session\.$/,
    )
  })

  it.each([
    [{ Replace: 'yes' }],
    [{ IgnoreDelete: 'session' }],
    [{ IgnoreDelete: [1] }],
    [{ AsOf: 1 }],
    [{ FeatureGroupName: 7 }],
    [{ Colour: 'red' }],
  ])('refuses %j', async (request) => {
    await store.createGroup()
    expect(await refused(request)).toMatch(/^400 /)
  })

  it('answers other paths and methods as every API does', async () => {
    const status = async (method: string, path: string) => (await store.call(method, path)).status
    expect(await status('GET', '/restore')).toBe(405)
    expect(await status('POST', '/restore/some')).toBe(405)
    expect(await status('GET', '/restore/none')).toBe(404)
    expect(await status('GET', '/restore/none/more')).toBe(404)
  })

  it('honours no session that the server was told to ignore', async () => {
    await store.createGroup()
    await store.put({ Id: 'a', At: AT })
    const before = await store.live()
    await store.deleteWhere('s1', { all: true })
    await store.close()
    store = await openRestoredStore(directory, { now, ignoredDeletes: ['s1', 'of another group'] })
    expect(await store.restore()).toMatchObject({ IgnoreDelete: ['s1'] })
    expect(await store.live()).toEqual(before)
  })
})
