import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { ApiError } from '../../store/api-error.ts'
import { concurrently } from '../../store/calls/concurrently.ts'
import { batchWriteRecord } from '../../store/operations/batch-write-record.ts'
import { createFeatureGroup } from '../../store/operations/create-feature-group.ts'
import { deleteRecord } from '../../store/operations/delete-record.ts'
import { putRecord } from '../../store/operations/put-record.ts'
import { updateRecord } from '../../store/operations/update-record.ts'
import { openFaultyStores } from '../aws/faulty-stores.ts'
import { FAULTS } from '../faults.ts'
import { SEED, seededRandom } from '../seed.ts'
import { readColumns } from './offline/history-rows.ts'

const REQUESTS = 2_500
const AT_ONCE = 24
/** The waits before attempts are real ones. */
const TIMEOUT_MS = 300_000

const OnlineStoreConfig = { EnableOnlineStore: true }
const OfflineStoreConfig = { S3StorageConfig: { S3Uri: 's3://bucket' } }
const GROUPS = {
  both: { OnlineStoreConfig, OfflineStoreConfig },
  online: { OnlineStoreConfig },
  offline: { OfflineStoreConfig },
}
type Group = keyof typeof GROUPS

type Kind = 'put' | 'update' | 'softDelete' | 'hardDelete'
/** `acknowledged`: reported as written; `refused`: never to be written; `unprocessed`: to be sent again. */
type Status = 'acknowledged' | 'refused' | 'unprocessed'

/** A write that was sent. No two have the same time, in seconds, nor the same value. */
interface Write {
  kind: Kind
  group: Group
  id: string
  time: number
  value: string
  status: Status | 'sent'
}

type Stores = Awaited<ReturnType<typeof openFaultyStores>>

const random = seededRandom(SEED)
const pick = <Item>(items: readonly Item[]): Item => items[Math.floor(random() * items.length)] as Item

let clock = 0
/** A time of its own for each write, up to 30 writes before the last one. */
function newTime(): number {
  clock += 1
  return 100_000 + (clock - Math.floor(random() * 30)) * 1_000 + (clock % 1_000)
}

function newWrite(kind: Kind): Write {
  const isHard = kind === 'hardDelete' || (kind === 'put' && random() < 0.1)
  const group = kind === 'put' && !isHard ? pick(['both', 'both', 'online', 'offline'] as const) : 'both'
  const id = isHard ? `hard ${Math.floor(random() * 5)}` : `id ${Math.floor(random() * 40)}`
  const time = newTime()
  return { kind, group, id, time, value: `${kind} ${time}`, status: 'sent' }
}

function recordOf({ id, time, value }: Write) {
  return [
    { FeatureName: 'id', ValueAsString: id },
    { FeatureName: 'time', ValueAsString: String(time) },
    { FeatureName: 'value', ValueAsString: value },
  ]
}

async function send({ stores }: Stores, write: Write): Promise<void> {
  const { kind, group: FeatureGroupName, id: RecordIdentifierValueAsString, time } = write
  if (kind === 'put') return await putRecord(stores, { FeatureGroupName, Record: recordOf(write) })
  if (kind === 'update') {
    const Features = recordOf(write).slice(1)
    return await updateRecord(stores, { FeatureGroupName, RecordIdentifierValueAsString, Features })
  }
  const DeletionMode = kind === 'softDelete' ? 'SoftDelete' : 'HardDelete'
  const deletion = { RecordIdentifierValueAsString, EventTime: String(time), DeletionMode }
  return await deleteRecord(stores, { FeatureGroupName, ...deletion })
}

async function statusOf(sent: Promise<void>): Promise<Status> {
  try {
    await sent
    return 'acknowledged'
  } catch (error) {
    if (!(error instanceof ApiError) || error.code === 'InternalFailure') throw error
    return error.code === 'ServiceUnavailable' ? 'unprocessed' : 'refused'
  }
}

/** Sends the puts as a batch with an entry that is wrong; every entry must come to one end. */
async function sendBatch({ stores }: Stores, puts: Write[]): Promise<void> {
  const entries = puts.map((put) => ({ FeatureGroupName: put.group as string, Record: recordOf(put) }))
  const wrong = { FeatureGroupName: pick(['missing', 'both']), Record: [{ FeatureName: 'id', ValueAsString: 'wrong' }] }
  const at = Math.floor(random() * (entries.length + 1))
  const Entries = entries.toSpliced(at, 0, wrong)
  const { Errors, UnprocessedEntries } = await batchWriteRecord(stores, { Entries })
  expect(Errors.map(({ Entry }) => Entry)).toEqual([wrong])
  const unprocessed = new Set(UnprocessedEntries)
  expect(unprocessed.size).toBe(UnprocessedEntries.length)
  for (const entry of unprocessed) expect(entries).toContain(entry)
  for (const [index, put] of puts.entries())
    put.status = unprocessed.has(entries[index]) ? 'unprocessed' : 'acknowledged'
}

const KINDS: Kind[] = ['put', 'put', 'put', 'put', 'put', 'softDelete', 'update', 'update', 'hardDelete']

/** Makes one request of one write or of many; gives the writes. */
async function request(opened: Stores): Promise<Write[]> {
  if (random() < 0.4) {
    const puts = Array.from({ length: 1 + Math.floor(random() * 5) }, () => newWrite('put'))
    await sendBatch(opened, puts)
    return puts
  }
  const write = newWrite(pick(KINDS))
  write.status = await statusOf(send(opened, write))
  return [write]
}

/** What the history tells of a write. */
function historyKey(group: string, id: unknown, value: unknown): string {
  return `${group} ${id}: ${value}`
}

function keyOf({ kind, group, id, time, value }: Write): string {
  return historyKey(group, id, kind === 'put' || kind === 'update' ? value : `deleted ${time}`)
}

/** The writes that the rows in the history are of. */
function historyOf({ taken }: Stores): Set<string> {
  const keys = taken.map((text) => {
    const { _table: table, id, time, value, is_deleted: isDeleted } = readColumns(text)
    return historyKey(String(table).split('_')[0] ?? '', id, isDeleted === true ? `deleted ${time}` : value)
  })
  return new Set(keys)
}

/** The records that are online but for those that are deleted hard, by the time of the last write that each shows. */
async function onlineTimes({ stores, reader }: Stores, writes: Write[]) {
  const times = new Map<string, number>()
  for (const key of new Set(writes.filter(isFollowed).map(recordKey))) {
    const [name = '', id = ''] = key.split('/')
    const group = await stores.catalog.get(name)
    const version = await reader.get(group?.groupId ?? '', id, Date.now())
    if (version === undefined) continue
    const value = (JSON.parse(version.features) as { ValueAsString: string }[]).at(-1)?.ValueAsString ?? ''
    expect(value).toMatch(new RegExp(`^(put|update) ${version.eventTimeText}$`))
    times.set(key, Number(version.eventTimeText))
  }
  return times
}

const recordKey = ({ group, id }: Write) => `${group}/${id}`
const isFollowed = ({ group, id }: Write) => group !== 'offline' && !id.startsWith('hard')

describe('writes to stores that fail at random', { timeout: TIMEOUT_MS }, () => {
  let opened: Stores
  const writes: Write[] = []
  beforeAll(async () => {
    const every = Object.fromEntries(
      FAULTS.filter((fault) => !fault.startsWith('silent')).map((fault) => [fault, 0.03]),
    )
    const silent = { silent: 0.004, silentUnheard: 0.004 }
    opened = await openFaultyStores({
      seed: SEED,
      rates: {
        online: { ...every, ...silent },
        history: { ...every, ...silent, failed: 0.3 },
        outbox: { ...every, failed: 0.2 },
      },
      refusals: { history: 0.1, outbox: 0.3 },
    })
    for (const [name, stores] of Object.entries(GROUPS)) {
      const FeatureDefinitions = ['id', 'time', 'value'].map((FeatureName) => ({
        FeatureName,
        FeatureType: FeatureName === 'time' ? 'Fractional' : 'String',
      }))
      const keys = { RecordIdentifierFeatureName: 'id', EventTimeFeatureName: 'time' }
      await createFeatureGroup(opened.stores, { FeatureGroupName: name, FeatureDefinitions, ...keys, ...stores })
    }
  })
  afterAll(async () => {
    await opened.close()
  })

  it(`come to one end each, out of thousands (seed ${SEED})`, async () => {
    const made = await concurrently(new Array(REQUESTS).fill(undefined), AT_ONCE, () => request(opened))
    writes.push(...made.flat())
    const counts = Map.groupBy(writes, ({ status }) => status)
    expect(counts.get('sent')).toBeUndefined()
    // The test has met what it is about.
    expect(counts.get('acknowledged')?.length).toBeGreaterThan(1_000)
    expect(counts.get('unprocessed')?.length).toBeGreaterThan(100)
    expect(opened.waiting()).toBeGreaterThan(100)
    for (const fault of FAULTS.filter((met) => met !== 'partial')) expect(opened.met(fault)).toBeGreaterThan(0)
  })

  it('are in the history when they were acknowledged', async () => {
    await opened.drain()
    const history = historyOf(opened)
    const expected = writes.filter(({ group, status }) => group !== 'online' && status === 'acknowledged')
    expect(expected.filter((write) => !history.has(keyOf(write)))).toEqual([])
  })

  it('are online when they were acknowledged, unless a later one is', async () => {
    const shown = await onlineTimes(opened, writes)
    for (const [record, ofRecord] of Map.groupBy(writes.filter(isFollowed), recordKey)) {
      const acknowledged = ofRecord.filter(({ status }) => status === 'acknowledged')
      const last = Math.max(0, ...acknowledged.map(({ time }) => time))
      const isGone = ofRecord.some(({ kind, time }) => kind === 'softDelete' && time >= last)
      expect(shown.get(record) ?? (isGone ? last : -1)).toBeGreaterThanOrEqual(last)
    }
  })

  it('are written once they are repeated, and leave what they would have left at once', async () => {
    await concurrently(writes, AT_ONCE, async (write) => {
      while (write.status === 'unprocessed') write.status = await statusOf(send(opened, write))
    })
    const acknowledged = writes.filter(({ status }) => status === 'acknowledged')
    const shown = await onlineTimes(opened, writes)
    for (const [record, ofRecord] of Map.groupBy(acknowledged.filter(isFollowed), recordKey)) {
      const last = ofRecord.reduce((a, b) => (a.time > b.time ? a : b))
      expect([record, shown.get(record)]).toEqual([record, last.kind === 'softDelete' ? undefined : last.time])
    }
    await opened.drain()
    const history = historyOf(opened)
    expect(acknowledged.filter((write) => write.group !== 'online' && !history.has(keyOf(write)))).toEqual([])
  })

  it('leave nothing in the history that was not sent to it', () => {
    const sent = new Set(writes.filter(({ group }) => group !== 'online').map(keyOf))
    expect([...historyOf(opened)].filter((key) => !sent.has(key))).toEqual([])
  })

  it('remove a record for good by a hard delete', async () => {
    const last = { group: 'both' as const, id: 'hard 0', status: 'unprocessed' as Status, value: 'put 9000000' }
    const put: Write = { ...last, kind: 'put', time: 9_000_000 }
    const deletion: Write = { ...last, kind: 'hardDelete', time: 9_000_001 }
    for (const write of [put, deletion]) {
      while (write.status === 'unprocessed') write.status = await statusOf(send(opened, write))
      expect(write.status).toBe('acknowledged')
    }
    await opened.drain()
    const group = await opened.stores.catalog.get('both')
    expect(await opened.reader.get(group?.groupId ?? '', 'hard 0', Date.now())).toBeUndefined()
    expect(historyOf(opened)).toContain(keyOf(deletion))
  })
})
