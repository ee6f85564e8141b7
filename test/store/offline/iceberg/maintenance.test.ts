import { mkdtempSync, readdirSync, readFileSync, rmSync, utimesSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parquetMetadata } from 'hyparquet'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { FeatureGroup } from '../../../../store/groups/feature-group.ts'
import { appendRows } from '../../../../store/offline/iceberg/append.ts'
import { compact } from '../../../../store/offline/iceberg/compact.ts'
import { eraseFromTable } from '../../../../store/offline/iceberg/erase.ts'
import { expireSnapshots, removeOrphans } from '../../../../store/offline/iceberg/expire.ts'
import type { TableMetadata } from '../../../../store/offline/iceberg/metadata.ts'
import { currentEntries } from '../../../../store/offline/iceberg/rewrite.ts'
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
    { FeatureName: 'amount', FeatureType: 'Integral' },
    { FeatureName: 'note', FeatureType: 'String' },
    { FeatureName: 'tags', FeatureType: 'String', CollectionType: 'Set' },
  ],
  Tags: [],
  isUpdated: false,
  additions: [],
  creationTime: 0,
  lastModifiedTime: 0,
}

const DAY_MICROS = 86_400_000_000n

function loggedRow(sequence: number, identifier: string, day: number): LoggedRow {
  const value = (FeatureName: string, ValueAsString: string) => ({ FeatureName, ValueAsString })
  const features = [
    value('id', identifier),
    value('at', String(day * 86_400)),
    value('amount', String(9_007_199_254_740_993n + BigInt(sequence))),
    ...(sequence % 3 === 0 ? [] : [value('note', `note of ${identifier} é😀`)]),
    ...(sequence % 2 === 0 ? [] : [{ FeatureName: 'tags', ValueAsStringList: ['x', identifier] }]),
  ]
  return {
    sequence,
    groupId: group.groupId,
    identifier,
    eventTime: BigInt(day) * DAY_MICROS + BigInt(sequence),
    eventTimeText: String(day * 86_400),
    isDeleted: false,
    features: JSON.stringify(features),
    writeTime: 1_700_000_000_000 + sequence,
    apiInvocationTime: 1_700_000_000_000,
  }
}

let directory: string
let files: TableFiles

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'cairn-table-'))
  files = tableFiles(directory)
})
afterEach(() => rmSync(directory, { recursive: true }))

/** Ten snapshots of ten rows on two days. */
async function fill(): Promise<void> {
  for (let first = 1; first <= 100; first += 10) {
    const rows = Array.from({ length: 10 }, (_, i) => loggedRow(first + i, `id-${(first + i) % 25}`, i % 2))
    await appendRows(files, group, rows, 1_000 * first)
  }
}

function metadata(): TableMetadata {
  const read = files.readMetadata()
  if (read === undefined) throw new Error('there is no table')
  return read
}

async function sortedRows() {
  const rows = await readTable(directory)
  return rows.sort((a, b) => Number(a['_sequence']) - Number(b['_sequence']))
}

function everyFile(): string[] {
  return readdirSync(directory, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
}

describe('appendRows', () => {
  it('leaves out rows that the table has already', async () => {
    await fill()
    const again = [loggedRow(99, 'again', 0), loggedRow(100, 'again', 0), loggedRow(101, 'new', 0)]
    await appendRows(files, group, again, 0)
    const rows = await sortedRows()
    expect(rows).toHaveLength(101)
    expect(rows.filter(({ id }) => id === 'again')).toEqual([])
  })

  it('shows readers the rows that a crash has kept from them, when they are appended again', async () => {
    await appendRows(files, group, [loggedRow(1, 'a', 0)], 0)
    const hint = join(directory, 'metadata/version-hint.text')
    const before = readFileSync(hint)
    await appendRows(files, group, [loggedRow(2, 'b', 0)], 0)
    writeFileSync(hint, before)
    expect(await sortedRows()).toHaveLength(1)
    await appendRows(files, group, [loggedRow(2, 'b', 0)], 0)
    expect(await sortedRows()).toHaveLength(2)
  })

  it('merges manifests when there are many', async () => {
    for (let sequence = 1; sequence <= 60; sequence++) await appendRows(files, group, [loggedRow(sequence, 'a', 0)], 0)
    expect(await sortedRows()).toHaveLength(60)
    expect(await currentEntries(files, metadata())).toHaveLength(60)
  })
})

describe('compact', () => {
  it('merges the small files of a day and changes no row', async () => {
    await fill()
    const before = await sortedRows()
    expect(await currentEntries(files, metadata())).toHaveLength(20)
    await compact(files, metadata(), { minInputFiles: 2, targetBytes: 1e9 }, 200_000)
    expect(await currentEntries(files, metadata())).toHaveLength(2)
    expect(await sortedRows()).toEqual(before)
  })

  it('takes no more rows into memory than a row group has, however many the files are', async () => {
    const count = 12_000
    for (let first = 1; first < count * 5; first += count) {
      const rows = Array.from({ length: count }, (_, i) => loggedRow(first + i, `id-${i}`, 0))
      await appendRows(files, group, rows, first)
    }
    const compacted = await compact(files, metadata(), { minInputFiles: 2, targetBytes: 1e9 }, 1e9)
    const [merged, ...others] = await currentEntries(files, compacted)
    expect(others).toEqual([])
    const { row_groups } = parquetMetadata(new Uint8Array(files.read(merged?.file.path ?? '')).buffer)
    expect(row_groups.map(({ num_rows }) => Number(num_rows))).toEqual([2 * count, 2 * count, count])
    expect((await sortedRows()).map(({ _sequence }) => Number(_sequence))).toEqual(
      Array.from({ length: count * 5 }, (_, i) => i + 1),
    )
  })

  it('leaves days with few files, and files that are large enough', async () => {
    await fill()
    const unchanged = metadata()
    expect(await compact(files, unchanged, { minInputFiles: 11, targetBytes: 1e9 }, 0)).toBe(unchanged)
    expect(await compact(files, unchanged, { minInputFiles: 2, targetBytes: 1 }, 0)).toBe(unchanged)
  })

  it('goes on numbering where the log was', async () => {
    await fill()
    await compact(files, metadata(), { minInputFiles: 2, targetBytes: 1e9 }, 200_000)
    await appendRows(files, group, [loggedRow(100, 'again', 0), loggedRow(101, 'new', 0)], 0)
    expect(await sortedRows()).toHaveLength(101)
  })
})

describe('expireSnapshots', () => {
  it('removes old snapshots and the files that only they had', async () => {
    await fill()
    const before = await sortedRows()
    await compact(files, metadata(), { minInputFiles: 2, targetBytes: 1e9 }, 200_000)
    const { snapshots, files: removed } = await expireSnapshots(files, metadata(), () => true)
    expect(snapshots).toHaveLength(11)
    expect(removed.filter((location) => location.endsWith('.parquet'))).toHaveLength(20)
    expect(metadata().snapshots).toHaveLength(1)
    expect(everyFile().filter((path) => path.endsWith('.parquet'))).toHaveLength(2)
    expect(await sortedRows()).toEqual(before)
  })
})

describe('removeOrphans', () => {
  it('removes what a crash has left, once it is old, and nothing that is needed', async () => {
    await fill()
    const orphan = join(directory, 'data', 'left.parquet')
    writeFileSync(orphan, 'x')
    expect(await removeOrphans(files, metadata(), Date.now() - 60_000)).toEqual([])
    utimesSync(orphan, 0, 0)
    expect(await removeOrphans(files, metadata(), Date.now() - 60_000)).toHaveLength(1)
    expect(await sortedRows()).toHaveLength(100)
  })
})

describe('eraseFromTable', () => {
  it('leaves no row of the identifiers, in no snapshot and in no file, and every other row', async () => {
    await fill()
    const before = await sortedRows()
    const erasure = await eraseFromTable(files, group, ['id-7', 'id-8'], 200_000)
    expect(erasure).toMatchObject({ rowsRemoved: 8, filesRewritten: 8, snapshotsExpired: 10 })
    expect(await sortedRows()).toEqual(before.filter(({ id }) => id !== 'id-7' && id !== 'id-8'))
    const left = everyFile().filter((path) => /id-[78]\b/.test(readFileSync(path, 'latin1')))
    expect(left).toEqual([])
    expect(metadata().snapshots).toHaveLength(1)
  })

  it('keeps the snapshots from before the first row of an identifier', async () => {
    await fill()
    const [first] = metadata().snapshots
    // The second snapshot brings the rows 11 to 20.
    expect(await eraseFromTable(files, group, ['id-12'], 200_000)).toMatchObject({
      rowsRemoved: 4,
      snapshotsExpired: 9,
    })
    expect(metadata().snapshots.map((snapshot) => snapshot['snapshot-id'])).toEqual([
      first?.['snapshot-id'],
      metadata()['current-snapshot-id'],
    ])
    const past = { ...metadata(), 'current-snapshot-id': first?.['snapshot-id'] ?? 0 }
    expect((await currentEntries(files, past)).map(({ file }) => file.rowCount)).toEqual([5, 5])
    for (const { file } of await currentEntries(files, past)) expect(files.read(file.path)).toHaveLength(file.bytes)
  })

  it('leaves a table as it is that never had the identifier', async () => {
    await fill()
    const before = everyFile()
    const erased = { rowsRemoved: 0, filesRewritten: 0, filesRemoved: 0, snapshotsExpired: 0 }
    expect(await eraseFromTable(files, group, ['nobody'], 200_000)).toEqual(erased)
    expect(metadata().snapshots).toHaveLength(10)
    expect(everyFile().filter((path) => /\.(parquet|avro)$/.test(path))).toEqual(
      before.filter((path) => /\.(parquet|avro)$/.test(path)),
    )
  })

  it('can empty a table, which takes rows again', async () => {
    await appendRows(files, group, [loggedRow(1, 'a', 0)], 0)
    expect(await eraseFromTable(files, group, ['a'], 0)).toMatchObject({ rowsRemoved: 1 })
    await appendRows(files, group, [loggedRow(1, 'a', 0), loggedRow(2, 'b', 0)], 0)
    expect((await sortedRows()).map(({ id }) => id)).toEqual(['b'])
  })

  it('does nothing to a table that is not there', async () => {
    expect(await eraseFromTable(files, group, ['a'], 0)).toMatchObject({ rowsRemoved: 0, snapshotsExpired: 0 })
  })
})

describe('a damaged table', () => {
  it('is told by the file that is missing or broken', async () => {
    await fill()
    const [parquet = ''] = everyFile().filter((path) => path.endsWith('.parquet'))
    rmSync(parquet)
    await expect(eraseFromTable(files, group, ['id-7'], 0)).rejects.toThrow(/cannot be read/)
    const newest = everyFile()
      .filter((path) => path.endsWith('metadata.json'))
      .sort((a, b) => a.length - b.length || (a < b ? -1 : 1))
      .at(-1)
    writeFileSync(newest ?? '', '{')
    expect(() => files.readMetadata()).toThrow(/is damaged/)
  })
})
