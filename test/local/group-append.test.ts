import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { groupAppend } from '../../local/group-append.ts'
import type { FeatureGroup } from '../../store/groups/feature-group.ts'
import { appendRows } from '../../store/offline/iceberg/append.ts'
import { RowGatherer } from '../../store/offline/iceberg/gather-rows.ts'
import { tableFiles } from '../../store/offline/iceberg/table-files.ts'
import { createLogTables, sqliteLog } from '../../store/offline/sqlite-log.ts'
import { readTable } from '../store/offline/iceberg/read-table.ts'

const DAY_MICROS = 86_400_000_000n
const FEATURES = ['id', 'at', 'later'].map((FeatureName) => ({ FeatureName, FeatureType: 'String' as const }))

/** The group with so many of the features. */
function groupWith(featureCount: number): FeatureGroup {
  const additions = featureCount === 3 ? [{ position: 2, time: 0 }] : []
  return {
    groupId: 'g',
    revision: 1,
    FeatureGroupName: 'sales',
    FeatureGroupArn: '',
    RecordIdentifierFeatureName: 'id',
    EventTimeFeatureName: 'at',
    FeatureDefinitions: FEATURES.slice(0, featureCount),
    Tags: [],
    isUpdated: false,
    additions,
    creationTime: 0,
    lastModifiedTime: 0,
  }
}

interface ARow {
  day: number
  isOther: boolean
}

/** A log with these rows, some of which are of another group. */
function logOf(rows: ARow[], evolvesAt: number) {
  const db = new DatabaseSync(':memory:')
  createLogTables(db)
  const log = sqliteLog(db)
  const changes = { eventTimeText: '', isDeleted: false, writeTime: 1, apiInvocationTime: 1 }
  for (const [index, { day, isOther }] of rows.entries()) {
    const values = [`id ${index}`, '', ...(index >= evolvesAt ? [`later ${index}`] : [])]
    const features = values.map((ValueAsString, position) => ({ ...FEATURES[position], ValueAsString }))
    const text = JSON.stringify(features.map(({ FeatureName, ValueAsString }) => ({ FeatureName, ValueAsString })))
    const eventTime = BigInt(day) * DAY_MICROS
    log.append([{ ...changes, groupId: isOther ? 'other' : 'g', identifier: `id ${index}`, eventTime, features: text }])
  }
  return log
}

const somePasses = fc
  .array(fc.record({ day: fc.nat(2), isOther: fc.boolean() }), { minLength: 1, maxLength: 30 })
  .chain((rows) =>
    fc.record({
      rows: fc.constant(rows),
      /** How many rows of the log had their snapshot before the crash. */
      done: fc.nat(rows.length),
      /** Where the group got another feature. */
      evolvesAt: fc.nat(rows.length),
      ends: fc.uniqueArray(fc.nat(rows.length), { maxLength: 3 }),
    }),
  )

describe('a snapshot of some passes', () => {
  it('has each row of the group once, whatever of them the table had and whenever the group got a feature', async () => {
    await fc.assert(
      fc.asyncProperty(somePasses, async ({ rows, done, evolvesAt, ends }) => {
        const directory = mkdtempSync(join(tmpdir(), 'cairn-append-'))
        try {
          const log = logOf(rows, evolvesAt)
          const files = tableFiles(directory)
          const ofGroup = log.read(0, 100).filter(({ groupId }) => groupId === 'g')
          const early = ofGroup.filter(({ sequence }) => sequence <= done)
          if (early.length > 0) await appendRows(files, groupWith(done > evolvesAt ? 3 : 2), early, 0)
          const append = groupAppend(log, () => ({ files, group: groupWith(3) }))
          let after = 0
          for (const sequence of [...ends.toSorted((a, b) => a - b), rows.length]) {
            const gatherer = new RowGatherer(groupWith(sequence > evolvesAt ? 3 : 2))
            const inPass = ofGroup.filter((row) => row.sequence > after && row.sequence <= sequence)
            for (const row of inPass) gatherer.add(row)
            if (inPass.length > 0) append.add({ groupId: 'g', rows: gatherer.gathered() }, { after, sequence })
            after = sequence
          }
          expect(await append.commit(groupWith(3))).toBe(ofGroup.length)
          const stored = ofGroup.length === 0 ? [] : await readTable(directory)
          const found = stored.map(({ _sequence, id, later }) => ({
            sequence: Number(_sequence),
            id,
            later: later ?? null,
          }))
          expect(found.sort((a, b) => a.sequence - b.sequence)).toEqual(
            ofGroup.map(({ sequence, identifier: id }) => {
              return { sequence, id, later: sequence > evolvesAt ? `later ${sequence - 1}` : null }
            }),
          )
        } finally {
          rmSync(directory, { recursive: true })
        }
      }),
      { numRuns: 60 },
    )
  })

  it('has features that the group has got since it was begun, also where the table had rows of the pass', async () => {
    const directory = mkdtempSync(join(tmpdir(), 'cairn-append-'))
    const log = logOf(
      Array.from({ length: 3 }, () => ({ day: 0, isOther: false })),
      2,
    )
    const files = tableFiles(directory)
    await appendRows(files, groupWith(2), log.read(0, 2), 0)
    let featureCount = 2
    const append = groupAppend(log, () => ({ files, group: groupWith(featureCount) }))
    for (const [after, sequence] of [
      [0, 1],
      [1, 3],
    ] as const) {
      const gatherer = new RowGatherer(groupWith(featureCount))
      for (const row of log.read(after, sequence - after)) gatherer.add(row)
      append.add({ groupId: 'g', rows: gatherer.gathered() }, { after, sequence })
      featureCount = 3
    }
    await append.commit(groupWith(3))
    const stored = await readTable(directory)
    expect(stored.map(({ id, later }) => [id, later ?? null]).sort()).toEqual([
      ['id 0', null],
      ['id 1', null],
      ['id 2', 'later 2'],
    ])
    rmSync(directory, { recursive: true })
  })

  it('is one file for each day, with a row group of each pass', async () => {
    const directory = mkdtempSync(join(tmpdir(), 'cairn-append-'))
    const log = logOf(
      Array.from({ length: 9 }, (_, index) => ({ day: index % 2, isOther: false })),
      9,
    )
    const append = groupAppend(log, () => ({ files: tableFiles(directory), group: groupWith(2) }))
    for (const after of [0, 3, 6]) {
      const gatherer = new RowGatherer(groupWith(2))
      for (const row of log.read(after, 3)) gatherer.add(row)
      append.add({ groupId: 'g', rows: gatherer.gathered() }, { after, sequence: after + 3 })
    }
    expect(await append.commit(groupWith(2))).toBe(9)
    const names = readdirSync(join(directory, 'data'), { recursive: true }).map(String)
    expect(names.filter((name) => name.endsWith('.parquet'))).toHaveLength(2)
    rmSync(directory, { recursive: true })
  })

  it('tells what has failed when it is committed, and leaves the table as it was', async () => {
    const directory = mkdtempSync(join(tmpdir(), 'cairn-append-'))
    const log = logOf(
      Array.from({ length: 3 }, () => ({ day: 0, isOther: false })),
      3,
    )
    const files = tableFiles(directory)
    const rowAt = (sequence: number) => {
      const gatherer = new RowGatherer(groupWith(2))
      for (const row of log.read(sequence - 1, 1)) gatherer.add(row)
      return { groupId: 'g', rows: gatherer.gathered() }
    }
    await appendRows(files, groupWith(2), log.read(0, 1), 0)
    const append = groupAppend(log, () => ({ files, group: groupWith(2) }))
    append.add(rowAt(2), { after: 1, sequence: 2 })
    append.add({ groupId: 'g', failure: new Error('a row cannot be read') }, { after: 2, sequence: 3 })
    append.add(rowAt(3), { after: 2, sequence: 3 })
    await expect(append.commit(groupWith(2))).rejects.toThrow('a row cannot be read')
    expect((await readTable(directory)).map(({ id }) => id)).toEqual(['id 0'])
    rmSync(directory, { recursive: true })
  })

  it('tells that there is no such group when it is committed', async () => {
    const append = groupAppend(logOf([], 0), () => {
      throw new Error('there is no such group')
    })
    append.add({ groupId: 'g', rows: new RowGatherer(groupWith(2)).gathered() }, { after: 0, sequence: 1 })
    await expect(append.commit(groupWith(2))).rejects.toThrow('there is no such group')
  })
})
