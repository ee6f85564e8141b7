import { execFileSync } from 'node:child_process'
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { openLocalStores } from '../../local/stores.ts'
import { eraseRecords } from '../../store/operations/erase-records.ts'
import { SEED, seededRandom } from '../seed.ts'
import { erasedBy, GROUP, type PlannedRow, requestOf } from './states/plan.ts'
import { filesWith, readState, type StoredRow } from './states/stored-state.ts'

/** How often the store is watched from its first call to its last; more for a long soak. */
const RUNS = Number(process.env['CAIRN_STATE_RUNS'] ?? 2)
const ERASURES = 4
/** One state in so many is opened again as a server opens it, which takes a hundred times as long as to read it. */
const OPENED = 20
const COMMAND = ['--import', join(import.meta.dirname, 'states/keep-states.ts')]
const WORKLOAD = join(import.meta.dirname, 'states/workload.ts')

/** What was sure when the state was kept: the requests that had been answered, and the erasures. */
interface Progress {
  acknowledged: number
  erased: number
}

interface State {
  name: string
  data: string
  /** Where the data directory was. */
  home: string
  progress: Progress
}

/** Lets the store work in a directory of its own; how many calls changed a file, and the states before them. */
function watch(directory: string): { points: number; states: State[] } {
  const data = join(directory, 'data')
  const kept = join(directory, 'kept')
  mkdirSync(data)
  mkdirSync(kept)
  const env = { ...process.env, CAIRN_STATES_OF: data, CAIRN_STATES_IN: kept }
  const points = Number(execFileSync(process.execPath, [...COMMAND, WORKLOAD, data, String(ERASURES)], { env }))
  const states = readdirSync(kept).map((name) => ({
    name: `state ${name}`,
    data: join(kept, name, 'data'),
    home: data,
    progress: JSON.parse(readFileSync(join(kept, name, 'progress.json'), 'utf8')) as Progress,
  }))
  return { points, states: states.filter(({ data: there }) => existsSync(join(there, 'records.db'))) }
}

const numberOf = ({ name }: State) => Number(/\d+/.exec(name)?.[0])

/** What a kill in the middle of a write to the log would leave: the part of it that was written. */
function midway(before: State, after: State | undefined, random: () => number): State[] {
  const wal = (data: string) => join(data, 'records.db-wal')
  if (after === undefined || !existsSync(wal(before.data)) || !existsSync(wal(after.data))) return []
  const [old, written] = [readFileSync(wal(before.data)), readFileSync(wal(after.data))]
  if (written.length < old.length || written.equals(old)) return []
  const length = Math.floor(random() * written.length)
  const data = `${before.data}-midway`
  cpSync(before.data, data, { recursive: true })
  writeFileSync(wal(data), Buffer.concat([written.subarray(0, length), old.subarray(length)]))
  return [{ ...before, name: `${before.name}, ${length} bytes of the log`, data }]
}

const sorted = (times: number[]) => times.sort((a, b) => a - b)
const timesOf = (rows: { at: number }[]) => sorted(rows.map(({ at }) => at))

/** All that was acknowledged is there once, and of the request under way all or nothing. Answers which requests are. */
async function expectWhole({ name, data, progress }: State): Promise<number> {
  const { histories, online } = await readState(data)
  const gone = new Set(Array.from({ length: progress.erased }, (_, index) => erasedBy(index)))
  const going = erasedBy(progress.erased)
  const counts = ({ identifier }: PlannedRow | StoredRow) => identifier !== going && !gone.has(identifier)
  const next = requestOf(progress.acknowledged + 1)
  const isNextThere = next.some(({ at }) => histories.newest.some((row) => row.at === at))
  const count = progress.acknowledged + (isNextThere ? 1 : 0)
  const requests = Array.from({ length: count }, (_, index) => requestOf(index + 1)).flat()
  for (const [kind, rows] of Object.entries(histories)) {
    const when = `${name}: the history, ${kind}`
    expect(new Set(rows.map(({ sequence }) => sequence)).size, `${when}: rows that are there twice`).toBe(rows.length)
    expect(timesOf(rows.filter(counts)), when).toEqual(timesOf(requests.filter(counts)))
    expect(timesOf(rows.filter((row) => counts(row) && row.isDeleted)), `${when}: markers`).toEqual(
      timesOf(requests.filter((row) => counts(row) && row.kind !== 'put')),
    )
  }
  const expected = new Map<string, Pick<PlannedRow, 'kind' | 'at'>>()
  for (const { identifier, kind, at } of requests.filter(counts)) {
    if (kind === 'hardDelete') expected.delete(identifier)
    else expected.set(identifier, { kind, at })
  }
  online.delete(going)
  expect(online, `${name}: the online store`).toEqual(expected)
  for (const identifier of gone) expect(await filesWith(data, identifier), `${name}: ${identifier}`).toEqual([])
  return count
}

/** A server that starts on the state has it all, moves it into the table, and does the erasure that was under way. */
async function expectRecovery(state: State): Promise<void> {
  const { home: data, progress } = state
  rmSync(data, { recursive: true })
  renameSync(state.data, data)
  const failures: unknown[] = []
  const fail = (error: unknown) => failures.push(error)
  const where = { dataDirectory: data, account: '000000000000', region: 'us-east-1' }
  const local = await openLocalStores({ ...where, onError: fail, onFatal: fail })
  await local.history.flush()
  expect(local.log.waiting(), `${state.name}: rows that wait`).toBe(0)
  const isThere = (await local.stores.catalog.get(GROUP)) !== undefined
  const request = { FeatureGroupName: GROUP, RecordIdentifiersValueAsString: [erasedBy(progress.erased)] }
  if (isThere) await eraseRecords(local.stores, local.history, request)
  await local.close()
  expect(failures).toEqual([])
  const erased = progress.erased + (isThere ? 1 : 0)
  await expectWhole({ ...state, name: `${state.name}, opened again`, data, progress: { ...progress, erased } })
}

/** Reads every state, and opens some of them; how many that were. */
async function expectEveryState(watched: State[], random: () => number): Promise<{ read: number; opened: number }> {
  const states = watched.toSorted((a, b) => numberOf(a) - numberOf(b))
  const counts = { read: 0, opened: 0 }
  for (const [index, before] of states.entries()) {
    for (const state of [...midway(before, states[index + 1], random), before]) {
      await expectWhole(state)
      counts.read += 1
      if (Math.floor(random() * OPENED) > 0) continue
      await expectRecovery(state)
      counts.opened += 1
    }
  }
  return counts
}

describe('a store that is killed before any call that changes a file', () => {
  let directory: string
  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), 'cairn-states-'))
  })
  afterEach(() => rmSync(directory, { recursive: true }))

  it.each(
    Array.from({ length: RUNS }, (_, run) => SEED + run),
  )('has all that was acknowledged, once, in both stores, and nothing of what was erased (seed %i)', async (seed) => {
    const { points, states } = watch(directory)
    const { read, opened } = await expectEveryState(states, seededRandom(seed))
    process.stderr.write(`killed at ${points} calls: ${read} states, ${opened} opened again, seed ${seed}\n`)
    expect(points).toBeGreaterThan(800)
    expect(opened).toBeGreaterThan(0)
  }, 600_000)
})
