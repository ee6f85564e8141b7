import { randomUUID } from 'node:crypto'
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { FeatureGroup } from '../../../../store/groups/feature-group.ts'
import type { ErasureScope } from '../../../../store/offline/history-erasure.ts'
import { appendRows } from '../../../../store/offline/iceberg/append.ts'
import { eraseScope } from '../../../../store/offline/iceberg/erase-scope.ts'
import { decodeManifestList } from '../../../../store/offline/iceberg/manifest.ts'
import { currentSnapshot } from '../../../../store/offline/iceberg/metadata.ts'
import { type TableFiles, tableFiles } from '../../../../store/offline/iceberg/table-files.ts'
import type { LoggedRow } from '../../../../store/offline/sqlite-log.ts'
import { readTable } from './read-table.ts'

const group: FeatureGroup = {
  groupId: 'group-1',
  revision: 1,
  FeatureGroupName: 'sales',
  FeatureGroupArn: '',
  RecordIdentifierFeatureName: 'id',
  EventTimeFeatureName: 'at',
  FeatureDefinitions: [
    { FeatureName: 'id', FeatureType: 'String' },
    { FeatureName: 'at', FeatureType: 'Fractional' },
    { FeatureName: 'Amount', FeatureType: 'Integral' },
    { FeatureName: 'tags', FeatureType: 'String', CollectionType: 'Set' },
  ],
  Tags: [],
  isUpdated: false,
  additions: [],
  creationTime: 0,
  lastModifiedTime: 0,
}

const SESSION = 'forget-4711'
const WRITTEN = 1_700_000_000_000
const DAY_MICROS = 86_400_000_000n

interface Sketch {
  id: string
  /** Microseconds. */
  at: bigint
  amount?: number
  tags?: string[]
  /** A marker: of a session, or of none. */
  marker?: { session?: string }
  writtenAt?: number
}

function loggedRow({ id, at, amount, tags, marker, writtenAt = WRITTEN }: Sketch, index: number): LoggedRow {
  const features = [
    { FeatureName: 'id', ValueAsString: id },
    { FeatureName: 'at', ValueAsString: String(Number(at) / 1e6) },
    ...(amount === undefined ? [] : [{ FeatureName: 'Amount', ValueAsString: String(amount) }]),
    ...(tags === undefined ? [] : [{ FeatureName: 'tags', ValueAsStringList: tags }]),
  ]
  return {
    sequence: index + 1,
    groupId: group.groupId,
    identifier: id,
    eventTime: at,
    eventTimeText: String(Number(at) / 1e6),
    isDeleted: marker !== undefined,
    features: marker === undefined ? JSON.stringify(features) : null,
    writeTime: writtenAt,
    apiInvocationTime: WRITTEN,
    ...(marker?.session !== undefined && { deletionSession: marker.session }),
  }
}

let directory: string
let table: string
let files: TableFiles

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'cairn-erase-scope-'))
  openTable(join(directory, 'table'))
})
afterEach(() => rmSync(directory, { recursive: true }))

function openTable(path: string): void {
  table = path
  files = tableFiles(path)
}

/** Appends the rows, two a snapshot. */
async function fill(sketches: Sketch[]): Promise<void> {
  const rows = sketches.map(loggedRow)
  for (let first = 0; first < rows.length; first += 2) {
    await appendRows(files, group, rows.slice(first, first + 2), WRITTEN + first)
  }
}

const scope = (of: Partial<ErasureScope> = {}): ErasureScope => ({
  session: SESSION,
  writtenBefore: WRITTEN,
  filter: [],
  ...of,
})

const erase = (of: Partial<ErasureScope> = {}) => eraseScope(files, group, scope(of), () => WRITTEN + 1_000)

/** The sequences of the rows that are left. icebird refuses a snapshot without any file. */
async function left(): Promise<number[]> {
  const metadata = files.readMetadata()
  const snapshot = metadata && currentSnapshot(metadata)
  if (snapshot === undefined) return []
  const isEmpty = (await decodeManifestList(files.read(snapshot['manifest-list']))).length === 0
  const rows = isEmpty ? [] : await readTable(table)
  return rows.map((row) => Number(row['_sequence'])).sort((a, b) => a - b)
}

function everyByte(): Buffer {
  const entries = readdirSync(table, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile())
  return Buffer.concat(entries.map((entry) => readFileSync(join(entry.parentPath, entry.name))))
}

describe('eraseScope', () => {
  it('removes what matches window and filter, and leaves no byte of it', async () => {
    await fill([
      { id: 'person-a', at: 0n, amount: 5 },
      { id: 'person-b', at: DAY_MICROS - 1n, amount: 50 },
      { id: 'person-c', at: DAY_MICROS, amount: 500 },
      { id: 'person-d', at: 2n * DAY_MICROS, amount: 5_000 },
    ])
    const proof = await erase({
      from: String(DAY_MICROS - 1n),
      to: String(2n * DAY_MICROS),
      filter: [['>', 'Amount', 10]],
    })
    expect(await left()).toEqual([1, 4])
    expect(proof).toMatchObject({ rowsRemoved: 2, filesRewritten: 2, removedAt: WRITTEN + 1_000 })
    expect(proof.snapshotsExpired).toHaveLength(2)
    const metadata = files.readMetadata()
    expect(proof.snapshotId).toBe(String(metadata && currentSnapshot(metadata)?.['snapshot-id']))
    for (const gone of ['person-b', 'person-c']) expect(everyByte().includes(gone)).toBe(false)
    for (const kept of ['person-a', 'person-d']) expect(everyByte().includes(kept)).toBe(true)
  })

  it('removes every row in the window of an identifier that the session has marked', async () => {
    await fill([
      { id: 'victim', at: 1n, amount: 1 },
      { id: 'victim', at: 2n, amount: 2, marker: { session: SESSION }, writtenAt: WRITTEN + 50 },
      { id: 'victim', at: 2n, amount: 99 },
      { id: 'victim', at: 3n * DAY_MICROS, amount: 1 },
      { id: 'other', at: 1n, amount: 1, marker: { session: 'another' } },
      { id: 'other', at: 1n, amount: 1 },
    ])
    const { rowsRemoved } = await erase({ to: String(DAY_MICROS), filter: [['=', 'Amount', 99]] })
    expect(rowsRemoved).toBe(3)
    expect(await left()).toEqual([4, 5, 6])
  })

  it('keeps what was written later, of victims too', async () => {
    await fill([
      { id: 'a', at: 1n, amount: 7 },
      { id: 'a', at: 2n, amount: 7, writtenAt: WRITTEN + 1 },
      { id: 'a', at: 1n, marker: { session: SESSION }, writtenAt: WRITTEN + 2 },
    ])
    await erase({ filter: [['=', 'Amount', 7]] })
    expect(await left()).toEqual([2])
  })

  it('takes what is missing for less than everything in records, and says nothing by it of markers', async () => {
    await fill([
      { id: 'a', at: 1n },
      { id: 'b', at: 1n, amount: 7 },
      { id: 'c', at: 1n, marker: {} },
      { id: 'd', at: 1n, marker: { session: 'another' } },
    ])
    await erase({ filter: [['<', 'Amount', 5]] })
    expect(await left()).toEqual([2, 3, 4])
    await erase({ filter: [['like', 'id', '[cd]']] })
    expect(await left()).toEqual([2])
    expect((await erase({ session: 'all' })).rowsRemoved).toBe(1)
    expect(await left()).toEqual([])
  })

  it('matches collections by their elements', async () => {
    await fill([
      { id: 'a', at: 1n, tags: ['x', 'y'] },
      { id: 'b', at: 1n, tags: ['y'] },
      { id: 'c', at: 1n },
    ])
    await erase({ filter: [['=', 'tags', 'x']] })
    expect(await left()).toEqual([2, 3])
  })

  it('counts what an erasure removed that a crash has cut short', async () => {
    await fill([
      { id: 'a', at: 1n, amount: 1 },
      { id: 'b', at: 1n, amount: 2 },
    ])
    const filter: ErasureScope['filter'] = [['=', 'Amount', 1]]
    const proof = await erase({ filter })
    expect(await erase({ filter })).toMatchObject({
      rowsRemoved: 1,
      filesRewritten: 1,
      snapshotId: proof.snapshotId,
      removedAt: proof.removedAt,
    })
    expect(await erase({ filter, session: 'a second one' })).toMatchObject({ rowsRemoved: 0, filesRewritten: 0 })
  })

  it('leaves a table without rows that others can read', async () => {
    await fill([{ id: 'a', at: 1n, amount: 1 }])
    await erase()
    const metadata = files.readMetadata()
    const list = metadata && currentSnapshot(metadata)?.['manifest-list']
    expect(files.read(list ?? '').subarray(0, 4)).toEqual(Buffer.from('Obj\x01'))
    await appendRows(files, group, [loggedRow({ id: 'b', at: 2n }, 7)], WRITTEN)
    expect(await left()).toEqual([8])
  })

  it('proves that nothing is there in a table that is not, or that has no such row', async () => {
    expect(await erase()).toMatchObject({ rowsRemoved: 0, snapshotsExpired: [] })
    await fill([{ id: 'a', at: 1n, amount: 1 }])
    expect(await erase({ filter: [['=', 'Amount', 2]] })).not.toHaveProperty('snapshotId')
    expect(await left()).toEqual([1])
  })

  it('throws for a damaged file, and leaves the table as it is', async () => {
    await fill([{ id: 'a', at: 1n, amount: 1 }])
    const [file] = files.list().filter(({ location }) => location.endsWith('.parquet'))
    if (file === undefined) throw new Error('there is no data file')
    writeFileSync(new URL(file.location), 'damaged')
    const before = files.readMetadata()
    await expect(erase()).rejects.toThrow()
    expect(files.readMetadata()).toEqual(before)
  })

  it('leaves what a plain reading of the rule leaves, whatever the rows', async () => {
    const sketch = fc.record(
      {
        id: fc.constantFrom<string[]>('a', 'b', 'c', 'd'),
        at: fc.bigInt(-2n, 2n).map((half) => (half * DAY_MICROS) / 2n),
        amount: fc.integer({ min: 0, max: 3 }),
        marker: fc.constantFrom({}, { session: SESSION }, { session: 'another' }),
        writtenAt: fc.constantFrom(WRITTEN - 1, WRITTEN, WRITTEN + 1),
      },
      { requiredKeys: ['id', 'at'] },
    )
    const bound = fc.option(
      fc.bigInt(-2n, 3n).map((half) => (half * DAY_MICROS) / 2n),
      { nil: undefined },
    )
    const arbitrary = fc.record({ sketches: fc.array(sketch, { maxLength: 12 }), from: bound, to: bound })
    await fc.assert(
      fc.asyncProperty(arbitrary, async ({ sketches, from, to }) => {
        openTable(join(directory, randomUUID()))
        await fill(sketches)
        const isIn = ({ at }: Sketch) => (from === undefined || at >= from) && (to === undefined || at < to)
        const mine = (row: Sketch) => row.marker?.session === SESSION
        const marked = new Set(sketches.filter((row) => mine(row) && isIn(row)).map(({ id }) => id))
        const goes = (row: Sketch) =>
          ((row.writtenAt ?? WRITTEN) <= WRITTEN || mine(row)) &&
          isIn(row) &&
          (marked.has(row.id) || (row.marker === undefined && (row.amount ?? -1) < 2))
        await erase({
          ...(from !== undefined && { from: String(from) }),
          ...(to !== undefined && { to: String(to) }),
          filter: [['<', 'Amount', 2]],
        })
        const kept = sketches.flatMap((row, index) => (goes(row) ? [] : [index + 1]))
        expect(await left()).toEqual(kept)
      }),
      { numRuns: 60 },
    )
  })
})
