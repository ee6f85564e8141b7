import { beforeAll, describe, expect, it } from 'vitest'
import type { FeatureGroup } from '../../../../store/groups/feature-group.ts'
import { appendRows } from '../../../../store/offline/iceberg/append.ts'
import { eraseFromTable } from '../../../../store/offline/iceberg/erase.ts'
import { expireSnapshots, filesOf, removeOrphans } from '../../../../store/offline/iceberg/expire.ts'
import { MAINTENANCE_DEFAULTS, maintain } from '../../../../store/offline/iceberg/maintain.ts'
import type { TableMetadata } from '../../../../store/offline/iceberg/metadata.ts'
import { readRowGroups } from '../../../../store/offline/iceberg/read-data-file.ts'
import { currentEntries, rowGroupsOf } from '../../../../store/offline/iceberg/rewrite.ts'
import { icebergSchema } from '../../../../store/offline/iceberg/schema.ts'
import { type TableFiles, tableFiles } from '../../../../store/offline/iceberg/table-files.ts'
import type { LoggedRow } from '../../../../store/offline/sqlite-log.ts'
import { SEED, seededRandom } from '../../../seed.ts'
import { type FailingDisk, failingDisk, restarted, type Survives } from './failing-disk.ts'

/** How many outcomes are drawn for each point besides the plain ones; more for a long soak. */
const DRAWS = Number(process.env['CAIRN_CRASH_DRAWS'] ?? 6)

const TABLE = '/table'
const HINT = `${TABLE}/metadata/version-hint.text`
const ERASED = 'id-2'

const definitions: FeatureGroup['FeatureDefinitions'] = [
  { FeatureName: 'id', FeatureType: 'String' },
  { FeatureName: 'at', FeatureType: 'Fractional' },
]

const group = {
  groupId: 'group-1',
  revision: 1,
  FeatureGroupName: 'sales',
  FeatureGroupArn: '',
  RecordIdentifierFeatureName: 'id',
  EventTimeFeatureName: 'at',
  FeatureDefinitions: definitions,
  Tags: [],
  isUpdated: false,
  additions: [],
  creationTime: 0,
  lastModifiedTime: 0,
} satisfies FeatureGroup

const grown: FeatureGroup = {
  ...group,
  FeatureDefinitions: [...definitions, { FeatureName: 'amount', FeatureType: 'Integral' }],
}

function logged(first: number, last: number): LoggedRow[] {
  return Array.from({ length: last - first + 1 }, (_, index) => {
    const sequence = first + index
    const identifier = `id-${sequence % 5}`
    const at = sequence % 2 === 0 ? 0 : 86_400
    const features = [
      { FeatureName: 'id', ValueAsString: identifier },
      { FeatureName: 'at', ValueAsString: String(at) },
    ]
    return {
      sequence,
      groupId: group.groupId,
      identifier,
      eventTime: BigInt(at) * 1_000_000n,
      eventTimeText: String(at),
      isDeleted: false,
      features: JSON.stringify(features),
      writeTime: sequence,
      apiInvocationTime: sequence,
    }
  })
}

/** What is done to a table, as its committer does it; done again, it changes nothing. */
interface Step {
  name: string
  run: (files: TableFiles) => Promise<unknown>
  /** The rows of the log that it takes, if it takes any. */
  takes?: { first: number; last: number }
  erases?: true
}

const eager = { ...MAINTENANCE_DEFAULTS, minInputFiles: 2, snapshotRetentionMs: 0, orphanRetentionMs: -1 }

function append(first: number, last: number, of: FeatureGroup = group): Step {
  const run = (files: TableFiles) => appendRows(files, of, logged(first, last), last)
  return { name: `the commit of rows ${first} to ${last}`, takes: { first, last }, run }
}

const expire: Step = {
  name: 'the expiry of snapshots',
  async run(files) {
    const metadata = files.readMetadata()
    if (metadata !== undefined) await expireSnapshots(files, metadata, () => true)
  },
}

const STEPS: Step[] = [
  append(1, 4),
  append(5, 8),
  append(9, 10, grown),
  { name: 'a compaction', run: (files) => maintain(files, { ...eager, snapshotRetentionMs: 1e15 }, 1e12) },
  append(11, 16, grown),
  expire,
  append(17, 18, grown),
  { name: 'an erasure', erases: true, run: (files) => eraseFromTable(files, grown, [ERASED], 1e12) },
  append(19, 26, grown),
  { name: 'a maintenance pass', run: (files) => maintain(files, { ...eager, metadataVersions: 1 }, 1e12) },
  { name: 'a second erasure', erases: true, run: (files) => eraseFromTable(files, grown, [ERASED], 1e12) },
]

/** Sequences of the rows of a table, as its metadata has it. */
async function rowsOf(files: TableFiles, metadata: TableMetadata | undefined): Promise<number[]> {
  if (metadata === undefined) return []
  const rows: number[] = []
  for (const { file } of await currentEntries(files, metadata)) {
    const columns = new Set(['_sequence'])
    for await (const group of rowGroupsOf(files, metadata, { ...file, columns })) {
      const [sequences] = group.columns
      rows.push(...(sequences?.cells ?? []).map(Number))
    }
  }
  return rows.sort((a, b) => a - b)
}

const newestRows = ({ disk }: FailingDisk) => {
  const files = tableFiles(TABLE, disk)
  return rowsOf(files, files.readMetadata())
}

/** What readers see, who begin with the version hint. */
async function publishedRows({ disk }: FailingDisk): Promise<number[]> {
  if (!disk.exists(HINT)) return []
  const metadata = JSON.parse(disk.read(`${TABLE}/metadata/v${disk.read(HINT)}.metadata.json`).toString())
  return await rowsOf(tableFiles(TABLE, disk), metadata)
}

/** The files that still have a row of the erased identifier, whether the table needs them or not. */
async function filesWithErased({ disk, paths }: FailingDisk): Promise<string[]> {
  const found: string[] = []
  for (const path of paths().filter((name) => name.endsWith('.parquet'))) {
    for await (const { columns } of readRowGroups(disk.read(path), icebergSchema(grown, 0).fields)) {
      if (columns[0]?.cells.includes(ERASED)) found.push(path)
    }
  }
  return found
}

interface Stage {
  step: Step
  before: FailingDisk
  rowsBefore: number[]
  rowsAfter: number[]
  calls: number
}

async function stages(): Promise<Stage[]> {
  let state = failingDisk()
  const made: Stage[] = []
  for (const step of STEPS) {
    const before = state
    const rowsBefore = await newestRows(before)
    state = before.copy()
    await step.run(tableFiles(TABLE, state.disk))
    made.push({ step, before, rowsBefore, rowsAfter: expectedAfter(step, rowsBefore), calls: state.calls() })
    state = state.copy()
  }
  return made
}

function expectedAfter({ takes, erases }: Step, before: number[]): number[] {
  if (erases === true) return before.filter((sequence) => `id-${sequence % 5}` !== ERASED)
  const taken = takes === undefined ? [] : logged(takes.first, takes.last).map(({ sequence }) => sequence)
  return [...before, ...taken]
}

function outcomes(point: number): { name: string; survives: Survives }[] {
  const random = seededRandom(SEED * 1_000_003 + point)
  return [
    { name: 'the process ended', survives: () => true },
    { name: 'all that was not synced is lost', survives: () => false },
    ...Array.from({ length: DRAWS }, (_, draw) => ({ name: `draw ${draw}`, survives: () => random() < 0.5 })),
  ]
}

/** The table is as before or as after, for the committer and for readers; what is repeated makes it whole. */
async function expectRecovery(stage: Stage, disk: FailingDisk, { when, isDone }: { when: string; isDone: boolean }) {
  const { step, rowsBefore, rowsAfter } = stage
  const allowed = isDone ? [rowsAfter] : [rowsBefore, rowsAfter]
  expect(allowed, `${when}: the table`).toContainEqual(await newestRows(disk))
  expect(allowed, `${when}: what readers see`).toContainEqual(await publishedRows(disk))
  const files = tableFiles(TABLE, disk.disk)
  await step.run(files)
  expect(await newestRows(disk), `${when}, repeated`).toEqual(rowsAfter)
  expect(await publishedRows(disk), `${when}, repeated, for readers`).toEqual(rowsAfter)
  if (step.erases === true) {
    expect(await filesWithErased(restarted(disk.now(), () => false)), `${when}: what was erased`).toEqual([])
  }
  await expectTidy(disk, rowsAfter, when)
}

/** No file is needed that is not there, and none is there that is not needed, when orphans are removed. */
async function expectTidy(disk: FailingDisk, rows: number[], when: string): Promise<void> {
  const files = tableFiles(TABLE, disk.disk)
  const metadata = files.readMetadata()
  if (metadata === undefined) return
  await removeOrphans(files, metadata, Number.POSITIVE_INFINITY)
  const needed = await filesOf(files, metadata.snapshots)
  expect(new Set(files.list().map(({ location }) => location)), `${when}: files`).toEqual(needed)
  expect(await newestRows(disk), `${when}: tidied`).toEqual(rows)
}

async function runUntilCrash({ step, before }: Stage, call: number): Promise<FailingDisk> {
  const state = before.copy()
  state.crashAt(call)
  await step.run(tableFiles(TABLE, state.disk)).catch((error: unknown) => {
    if (!state.hasCrashed()) throw error
  })
  return state
}

/** A table is made before its first rows are written. */
function isOfEmptyTable(path: string, { before }: Stage): boolean {
  return before.paths().length === 0 && (path === HINT || path.endsWith('/v1.metadata.json'))
}

describe('a table', () => {
  let all: Stage[]
  beforeAll(async () => {
    all = await stages()
  })

  it('is whole after a crash at any call of the file system, whatever was not synced, once each row', async () => {
    let points = 0
    for (const [place, stage] of all.entries()) {
      const { step, before, calls } = stage
      const moments = await before.copy().record((disk) => step.run(tableFiles(TABLE, disk)))
      const seen = new Set<string>()
      for (const [call, moment] of moments.entries()) {
        for (const { name, survives } of outcomes(place * 1_000 + call)) {
          points += 1
          const found = restarted(moment, survives)
          const isDone = call === calls
          const signature = `${isDone} ${found.signature()}`
          if (seen.has(signature)) continue
          seen.add(signature)
          await expectRecovery(stage, found, {
            when: `${step.name}, crashed at call ${call} of ${calls}, ${name}`,
            isDone,
          })
        }
      }
    }
    process.stderr.write(`crashed at ${points} points, seed ${SEED}\n`)
    expect(points).toBeGreaterThan(1_000)
  }, 600_000)

  it('is whole after a second crash while the first one is being repaired', async () => {
    const random = seededRandom(SEED)
    for (const [place, stage] of all.entries()) {
      for (let call = 0; call <= stage.calls; call += 1 + Math.floor(random() * 4)) {
        const [outcome] = outcomes(place * 1_000 + call).slice(-1)
        const first = restarted((await runUntilCrash(stage, call)).now(), outcome?.survives ?? (() => false))
        const second = await runUntilCrash({ ...stage, before: first }, Math.floor(random() * stage.calls))
        const when = `${stage.step.name}, crashed at call ${call} and again`
        await expectRecovery(
          stage,
          restarted(second.now(), () => random() < 0.5),
          { when, isDone: false },
        )
      }
    }
  }, 600_000)

  it('loses nothing to a disk that is full from any call on, leaves nothing there, and goes on when there is room', async () => {
    for (const stage of all) {
      for (let call = 0; call < stage.calls; call++) {
        const state = stage.before.copy()
        state.fillFrom(call)
        const files = tableFiles(TABLE, state.disk)
        const failed = await stage.step.run(files).catch((error: unknown) => error)
        const when = `${stage.step.name}, no room from call ${call} on`
        if (failed instanceof Error) expect(failed.message, when).toContain('ENOSPC')
        files.abandon()
        const rows = await newestRows(state)
        expect([stage.rowsBefore, stage.rowsAfter], when).toContainEqual(rows)
        if (stage.step.takes !== undefined && rows.length === stage.rowsBefore.length) {
          const left = state.paths().filter((path) => !isOfEmptyTable(path, stage))
          expect(left.sort(), `${when}: what is left`).toEqual(stage.before.paths().sort())
        }
        state.fillFrom(Number.POSITIVE_INFINITY)
        await expectRecovery(stage, state, { when, isDone: false })
      }
    }
  }, 600_000)
})
