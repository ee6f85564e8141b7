import { cpSync, globSync, mkdtempSync, readFileSync, rmSync, statSync, truncateSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { FeatureGroup } from '../../../../store/groups/feature-group.ts'
import { appendRows } from '../../../../store/offline/iceberg/append.ts'
import { eraseFromTable } from '../../../../store/offline/iceberg/erase.ts'
import { MAINTENANCE_DEFAULTS, maintain } from '../../../../store/offline/iceberg/maintain.ts'
import { type TableFiles, tableFiles } from '../../../../store/offline/iceberg/table-files.ts'
import type { LoggedRow } from '../../../../store/offline/sqlite-log.ts'
import { readTable } from './read-table.ts'

const group: FeatureGroup = {
  groupId: 'group-1',
  revision: 1,
  FeatureGroupName: 'visits',
  FeatureGroupArn: '',
  RecordIdentifierFeatureName: 'id',
  EventTimeFeatureName: 'at',
  FeatureDefinitions: ['id', 'at', 'page'].map((FeatureName) => ({ FeatureName, FeatureType: 'String' })),
  Tags: [],
  isUpdated: false,
  additions: [],
  creationTime: 0,
  lastModifiedTime: 0,
}

function rows(first: number, last: number): LoggedRow[] {
  return Array.from({ length: last - first + 1 }, (_, index) => {
    const sequence = first + index
    const features = { id: `id-${sequence % 7}`, at: '1970-01-01', page: `page ${sequence * sequence}` }
    return {
      sequence,
      groupId: group.groupId,
      identifier: features.id,
      eventTime: 0n,
      eventTimeText: features.at,
      isDeleted: false,
      features: JSON.stringify(
        Object.entries(features).map(([FeatureName, ValueAsString]) => ({ FeatureName, ValueAsString })),
      ),
      writeTime: sequence,
      apiInvocationTime: sequence,
    }
  })
}

/** Everything is small and old. */
const eager = { ...MAINTENANCE_DEFAULTS, minInputFiles: 2, snapshotRetentionMs: 0, orphanRetentionMs: -1 }
const CHANGES: { [name: string]: (files: TableFiles) => Promise<unknown> } = {
  'a commit': (files) => appendRows(files, group, rows(31, 32), 1e12),
  'a compaction': (files) => maintain(files, { ...eager, snapshotRetentionMs: 1e15 }, 1e12),
  'an expiry of snapshots and a removal of orphans': (files) => maintain(files, { ...eager, minInputFiles: 99 }, 1e12),
  'an erasure': (files) => eraseFromTable(files, group, ['id-1'], 1e12),
}

const LISTS = 'metadata/snap-*.avro'
const MANIFESTS = 'metadata/*-m0.avro'
const DATA = 'data/*/*.parquet'

const cutTo = (length: number) => (path: string) => truncateSync(path, Math.min(length, statSync(path).size - 1))
const cutBy = (length: number) => (path: string) => truncateSync(path, statSync(path).size - length)
const others = (path: string) => writeFileSync(path, readFileSync(path).fill(0xa5))

const DAMAGES: [name: string, pattern: string, damage: (path: string) => void, message: RegExp][] = [
  ['manifest lists that are missing', LISTS, rmSync, /snap-\S+\.avro cannot be read: .*ENOENT/],
  ['manifest lists that are empty', LISTS, cutTo(0), /snap-\S+\.avro is damaged/],
  ['manifest lists that were cut off in their header', LISTS, cutTo(50), /snap-\S+\.avro is damaged/],
  ['manifest lists that were cut off', LISTS, cutBy(20), /snap-\S+\.avro is damaged/],
  ['manifest lists with other bytes', LISTS, others, /snap-\S+\.avro is damaged/],
  ['manifests that are missing', MANIFESTS, rmSync, /-m0\.avro cannot be read: .*ENOENT/],
  ['manifests that are empty', MANIFESTS, cutTo(0), /-m0\.avro is damaged: it has 0 bytes/],
  ['manifests that were cut off', MANIFESTS, cutBy(20), /-m0\.avro is damaged: it has \d+ bytes, not \d+/],
  ['manifests with other bytes', MANIFESTS, others, /-m0\.avro is damaged/],
  ['data files that are missing', DATA, rmSync, /\.parquet cannot be read: .*ENOENT/],
  ['data files that were cut off', DATA, cutBy(20), /\.parquet is damaged/],
  ['data files with other bytes', DATA, others, /\.parquet is damaged/],
]

/** What a change has no need to read, it does not miss. */
const UNREAD: { [change: string]: string[] } = {
  'a commit': [MANIFESTS, DATA],
  'an expiry of snapshots and a removal of orphans': [DATA],
}

let directory: string
let table: string

beforeEach(async () => {
  directory = mkdtempSync(join(tmpdir(), 'cairn-damaged-'))
  table = join(directory, 'table')
  for (const first of [1, 11, 21]) await appendRows(tableFiles(table), group, rows(first, first + 9), first)
})
afterEach(() => rmSync(directory, { recursive: true }))

const paths = () => globSync('**/*.*', { cwd: table }).sort()
const sequences = async () => (await readTable(table)).map(({ _sequence }) => Number(_sequence)).sort((a, b) => a - b)

describe('a table whose metadata is gone', () => {
  it.each(Object.entries(CHANGES))('is not taken for a new one by %s', async (_, change) => {
    const whole = join(directory, 'whole')
    cpSync(table, whole, { recursive: true })
    rmSync(join(table, 'metadata'), { recursive: true })
    const before = paths()
    await expect(change(tableFiles(table))).rejects.toThrow(/the table metadata in \S+ is missing/)
    expect(paths()).toEqual(before)
    cpSync(whole, table, { recursive: true })
    expect(await sequences()).toEqual(rows(1, 30).map(({ sequence }) => sequence))
  })
})

describe.each(Object.keys(CHANGES))('%s of a table', (name) => {
  const change = CHANGES[name]
  const damages = DAMAGES.filter(([, pattern]) => UNREAD[name]?.includes(pattern) !== true)

  it.each(damages)('with %s names the file and removes nothing', async (_, pattern, damage, message) => {
    const damaged = globSync(join(table, pattern))
    expect(damaged).toHaveLength(3)
    const whole = join(directory, 'whole')
    cpSync(table, whole, { recursive: true })
    for (const path of damaged) damage(path)
    const before = paths()
    const files = tableFiles(table)
    await expect(change?.(files)).rejects.toThrow(message)
    files.abandon()
    expect(paths()).toEqual(before)

    cpSync(whole, table, { recursive: true })
    expect(await sequences()).toEqual(rows(1, 30).map(({ sequence }) => sequence))
    await change?.(tableFiles(table))
    const expected = rows(1, name === 'a commit' ? 32 : 30)
      .filter(({ identifier }) => name !== 'an erasure' || identifier !== 'id-1')
      .map(({ sequence }) => sequence)
    expect(await sequences()).toEqual(expected)
  })
})
