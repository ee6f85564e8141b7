import { execFileSync, spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readdirSync, rmSync, statfsSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { openHistories } from '../../local/history/histories.ts'
import { type LocalStores, openLocalStores } from '../../local/stores.ts'
import { createFeatureGroup } from '../../store/operations/create-feature-group.ts'
import { eraseRecords } from '../../store/operations/erase-records.ts'
import { getRecord } from '../../store/operations/get-record.ts'
import { putRecord } from '../../store/operations/put-record.ts'
import { cairn } from '../bin/running-cairn.ts'
import { readTable } from '../store/offline/iceberg/read-table.ts'

/** A small file system of its own needs Linux and its administrator. */
const canMount = process.platform === 'linux' && process.getuid?.() === 0 && isMountable()
const MEGABYTES = 4

function isMountable(): boolean {
  const directory = mkdtempSync(join(tmpdir(), 'cairn-mount-'))
  const { status } = spawnSync('mount', ['-t', 'tmpfs', 'tmpfs', directory])
  if (status === 0) execFileSync('umount', [directory])
  rmSync(directory, { recursive: true })
  return status === 0
}

let directory: string
let disk: string
let local: LocalStores
let failures: unknown[]

function mount(): void {
  mkdirSync(disk, { recursive: true })
  execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${MEGABYTES}m`, 'tmpfs', disk])
}

async function open(dataDirectory: string): Promise<void> {
  failures = []
  const fail = (error: unknown) => failures.push(error)
  const where = { dataDirectory, account: '000000000000', region: 'us-east-1' }
  local = await openLocalStores({ ...where, onError: fail, onFatal: fail })
  await createFeatureGroup(local.stores, {
    FeatureGroupName: 'visits',
    RecordIdentifierFeatureName: 'id',
    EventTimeFeatureName: 'at',
    FeatureDefinitions: ['id', 'at', 'page'].map((FeatureName) => ({ FeatureName, FeatureType: 'String' })),
    OnlineStoreConfig: { EnableOnlineStore: true },
    OfflineStoreConfig: { S3StorageConfig: { S3Uri: 's3://history/visits' } },
  })
}

const ballast = () => join(disk, 'ballast')

/** Takes all room but this much. */
function fillDisk(leftBytes = 0): void {
  const { bavail, bsize } = statfsSync(disk)
  writeFileSync(ballast(), Buffer.alloc(bavail * bsize - leftBytes))
}

async function put(id: string): Promise<void> {
  // Not to be compressed: what is written must need room.
  const page = Array.from({ length: 40 }, () => Math.random().toString(36)).join('')
  const record = Object.entries({ id, at: '2024-01-01T00:00:00Z', page })
  await putRecord(local.stores, {
    FeatureGroupName: 'visits',
    Record: record.map(([FeatureName, ValueAsString]) => ({ FeatureName, ValueAsString })),
  })
}

const putMany = (prefix: string, count: number) =>
  Promise.all(Array.from({ length: count }, (_, index) => put(`${prefix}-${index}`)))

const get = (id: string) => getRecord(local.stores, { FeatureGroupName: 'visits', RecordIdentifierValueAsString: id })

const erase = (id: string) =>
  eraseRecords(local.stores, local.history, { FeatureGroupName: 'visits', RecordIdentifiersValueAsString: [id] })

const everyFile = (path: string) =>
  readdirSync(path, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name !== 'ballast')
    .map((entry) => join(entry.parentPath, entry.name))
    .sort()

async function identifiers(): Promise<string[]> {
  const [table = ''] = readdirSync(disk).filter((name) => name.startsWith('visits'))
  return (await readTable(join(disk, table))).map(({ id }) => String(id)).sort()
}

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'cairn-full-'))
})

afterEach(async () => {
  await local.close()
  execFileSync('umount', [disk])
  rmSync(directory, { recursive: true })
})

describe.skipIf(!canMount)('while the disk of the history is full', () => {
  beforeEach(async () => {
    disk = join(directory, 'data', 'offline')
    mount()
    await open(join(directory, 'data'))
  })

  it('rows stay in the log, the store goes on, and they are committed when there is room', async () => {
    await putMany('first', 100)
    await local.history.flush()
    const before = everyFile(disk)
    await putMany('second', 500)
    fillDisk()
    await expect(local.history.flush()).rejects.toThrow(/history of feature group visits cannot be written: ENOSPC/)
    expect(everyFile(disk)).toEqual(before)
    expect(local.log.waiting()).toBe(500)
    expect(await get('second-7')).toContain('second-7')
    await put('third')
    await expect(local.history.flush()).rejects.toThrow(/ENOSPC/)
    expect(await identifiers()).toHaveLength(100)
    rmSync(ballast())
    expect(await local.history.flush()).toBe(501)
    expect(new Set(await identifiers()).size).toBe(601)
    expect(local.log.waiting()).toBe(0)
  })

  it('an erasure fails, leaves the others as they are, and is done when it is asked for again', async () => {
    await putMany('id', 500)
    await local.history.flush()
    fillDisk()
    await expect(erase('id-7')).rejects.toThrow(/visits cannot be written: ENOSPC/)
    expect(await identifiers()).toHaveLength(500)
    rmSync(ballast())
    expect(await erase('id-7')).toMatchObject({ HistoryRowsRemoved: 1, FilesRewritten: 1 })
    expect(await identifiers()).toHaveLength(499)
  })

  it('an answer that is too large for its disk is refused, and leaves nothing there', async () => {
    await putMany('id', 2_000)
    await local.history.flush()
    const base = join(directory, 'base.csv')
    writeFileSync(base, `id,time\n${Array.from({ length: 2_000 }, (_, i) => `id-${i},2025-01-01\n`).join('')}`)
    fillDisk(100_000)
    const before = everyFile(disk)
    const data = ['--data', join(directory, 'data')]
    for (const format of ['parquet', 'csv', 'json']) {
      const output = join(disk, `answer.${format}`)
      const options = ['--format', format, '--output', output, ...data]
      const { status, stderr } = await cairn(['query', 'SELECT * FROM visits', ...options])
      expect({ status, stderr }).toEqual({
        status: 1,
        stderr: expect.stringMatching(/^cairn: .*[Nn]o space left.*\n$/),
      })
    }
    for (const format of ['parquet', 'csv']) {
      const options = ['--base', base, '--id', 'id', '--time', 'time', '--group', 'visits', ...data]
      const { status, stderr } = await cairn(['dataset', ...options, '--output', join(disk, `set.${format}`)])
      expect({ status, stderr }).toEqual({ status: 1, stderr: expect.stringMatching(/cairn: .*[Nn]o space left.*\n$/) })
    }
    expect(everyFile(disk)).toEqual(before)
    expect((await openHistories(join(directory, 'data')).read(await group())).rowCount).toBe(2_000)
  })

  async function group() {
    const found = await local.stores.catalog.get('visits')
    if (found === undefined) throw new Error('there is no group visits')
    return found
  }
})

describe.skipIf(!canMount)('while the disk of all data is full', () => {
  beforeEach(async () => {
    disk = join(directory, 'data')
    mount()
    await open(disk)
  })

  it('writes are refused, reads are answered, and writes go on when there is room, with nothing lost', async () => {
    await put('before')
    fillDisk()
    const outcomes = await Promise.allSettled(Array.from({ length: 500 }, (_, index) => put(`during-${index}`)))
    const refused = outcomes.filter((outcome) => outcome.status === 'rejected')
    expect(refused.length).toBeGreaterThan(0)
    expect(refused[0]?.reason).toMatchObject({ code: 'ServiceUnavailable' })
    expect(failures.splice(0)[0]).toMatchObject({ message: expect.stringMatching(/full/) })
    expect(await get('before')).toContain('before')
    rmSync(ballast())
    await put('after')
    const accepted = outcomes.flatMap(({ status }, index) => (status === 'fulfilled' ? [`during-${index}`] : []))
    expect(await local.history.flush()).toBe(accepted.length + 2)
    disk = join(disk, 'offline')
    expect(await identifiers()).toEqual(['after', 'before', ...accepted].sort())
    disk = join(directory, 'data')
  })
})
