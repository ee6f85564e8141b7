import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { zstdDecompressSync } from 'node:zlib'
import fc from 'fast-check'
import { parquetReadObjects } from 'hyparquet'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { athenaDataset } from '../../local/dataset/athena-dataset.ts'
import { writeDataset } from '../../local/dataset/dataset.ts'
import { groupNamed } from '../../local/history/group-named.ts'
import { openHistories } from '../../local/history/histories.ts'
import { ApiError } from '../../store/api-error.ts'
import { type FilledStore, openFilledStore } from '../bin/filled-store.ts'
import { athenaOnDuckdb } from './athena-on-duckdb.ts'

const directory = mkdtempSync(join(tmpdir(), 'cairn-point-in-time-'))
const data = join(directory, 'data')
const START = Date.parse('2026-01-01T00:00:00Z')
let clock = START
let store: FilledStore

beforeAll(async () => {
  store = await openFilledStore(data, () => clock)
})

afterAll(async () => {
  await store.close()
  rmSync(directory, { recursive: true })
})

/** Few identifiers, few times: many of them meet. */
const identifier = fc.constantFrom('a', 'é😀', '007')
const day = fc.integer({ min: 1, max: 4 })
const at = (value: number) => `2024-01-0${value}T00:00:00Z`

const write = fc.record({
  group: fc.constantFrom(0, 1),
  kind: fc.constantFrom('put', 'put', 'put', 'put', 'SoftDelete', 'HardDelete'),
  id: identifier,
  day,
  amount: fc.option(fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n })),
  text: fc.option(fc.string({ unit: 'binary', maxLength: 5 })),
  /** The clock of a machine may go back, and often stands still for some writes. */
  tick: fc.integer({ min: -2, max: 3 }),
  flush: fc.constantFrom(true, false, false, false, false),
})

const baseRow = fc.record({ id: fc.oneof(identifier, fc.constant('nobody')), day, half: fc.boolean() })

/** A version or a marker as the history has it. */
interface Row {
  group: number
  id: string
  day: number
  written: number
  order: number
  isDeleted: boolean
  amount: bigint | null
  text: string | null
}

type Write = typeof write extends fc.Arbitrary<infer Value> ? Value : never

async function make(groups: string[], { kind, id, day, amount, text, ...rest }: Write): Promise<boolean> {
  const group = groups[rest.group] ?? ''
  try {
    if (kind === 'put')
      await store.put(group, { id, at: at(day), amount: amount === null ? null : String(amount), text })
    else await store.remove(group, id, at(day), kind as 'SoftDelete' | 'HardDelete')
    return true
  } catch (error) {
    // A hard delete that is not newer than the record is refused, and leaves no row.
    if (error instanceof ApiError && kind === 'HardDelete') return false
    throw error
  }
}

async function writeAll(groups: string[], writes: Write[]): Promise<Row[]> {
  const rows: Row[] = []
  for (const [order, one] of writes.entries()) {
    clock += one.tick
    if (!(await make(groups, one))) continue
    const { group, id, day } = one
    const isDeleted = one.kind !== 'put'
    const values = isDeleted ? { amount: null, text: null } : { amount: one.amount, text: one.text }
    rows.push({ group, id, day, written: clock, order, isDeleted, ...values })
    if (one.flush) await store.flush()
  }
  await store.flush()
  return rows
}

/** What was known of an identifier, computed in the plainest way. */
function known(rows: Row[], group: number, id: string, time: number): Pick<Row, 'amount' | 'text'> {
  const newest = rows
    .filter((row) => row.group === group && row.id === id && row.day <= time)
    .sort((a, b) => a.day - b.day || a.written - b.written || a.order - b.order)
    .at(-1)
  return newest === undefined || newest.isDeleted ? { amount: null, text: null } : newest
}

let made = 0
async function newGroups(): Promise<string[]> {
  made += 1
  const groups = [`first-${made}`, `second-${made}`]
  for (const group of groups) {
    await store.createGroup(group, [
      { FeatureName: 'amount', FeatureType: 'Integral' },
      { FeatureName: 'text', FeatureType: 'String' },
    ])
  }
  return groups
}

interface Question {
  groups: string[]
  base: string
  writtenBy: number | undefined
}

function options({ groups, base, writtenBy }: Question) {
  const histories = openHistories(data)
  writeFileSync(join(directory, 'base.csv'), base)
  const choices = groups.map((name) => ({ group: groupNamed(histories.groups, name), features: ['amount', 'text'] }))
  const engine = { memoryLimit: '500MB', signal: new AbortController().signal }
  return { base: join(directory, 'base.csv'), id: 'id', time: 'time', choices, writtenBy, ...engine }
}

async function joined(question: Question): Promise<unknown[]> {
  const output = join(directory, 'set.parquet')
  await writeDataset(openHistories(data), { ...options(question), output, onProgress: () => {} })
  const file = new Uint8Array(readFileSync(output)).buffer
  return await parquetReadObjects({ file, compressors: { ZSTD: (bytes) => zstdDecompressSync(bytes) } })
}

async function joinedForAthena(question: Question): Promise<unknown[]> {
  const sql = await athenaDataset({ ...options(question), baseTable: 'labels.base' })
  const connection = await athenaOnDuckdb(data, question.groups)
  const base = join(directory, 'base.csv')
  await connection.run(`CREATE TABLE labels.base AS FROM read_csv('${base}', all_varchar = true, header = true)`)
  const answer = await connection.runAndReadAll(sql)
  connection.closeSync()
  return answer.getRowObjects()
}

/** Writes to two new groups and asks what was known at some times; the expected answer has the order of the rows. */
async function ask({
  writes,
  base,
  hasLimit,
}: Case): Promise<{ question: Question; expected: { [name: string]: unknown }[] }> {
  clock = START
  const groups = await newGroups()
  const rows = await writeAll(groups, writes)
  const writtenBy = hasLimit ? START + Math.floor(writes.length / 3) : undefined
  const seen = rows.filter(({ written }) => writtenBy === undefined || written <= writtenBy)
  const expected = base.map(({ id, day, half }) => {
    const [first, second] = [0, 1].map((group) => known(seen, group, id, day + (half ? 0.5 : 0)))
    return {
      id,
      time: `2024-01-0${day}T${half ? '12' : '00'}:00:00Z`,
      [`${groups[0]}_amount`]: first?.amount,
      [`${groups[0]}_text`]: first?.text,
      [`${groups[1]}_amount`]: second?.amount,
      [`${groups[1]}_text`]: second?.text,
    }
  })
  const lines = expected.map(({ id, time }) => `${id},${time}\n`)
  return { question: { groups, base: `id,time\n${lines.join('')}`, writtenBy }, expected }
}

const cases = fc.record({
  writes: fc.array(write, { maxLength: 40 }),
  base: fc.array(baseRow, { minLength: 1, maxLength: 30 }),
  hasLimit: fc.boolean(),
})

type Case = typeof cases extends fc.Arbitrary<infer Value> ? Value : never

function sorted(rows: unknown[]): string[] {
  return rows.map((row) => JSON.stringify(row, (_, value) => (typeof value === 'bigint' ? `${value}n` : value))).sort()
}

describe('the point-in-time join', () => {
  it('equals a plain computation over whatever was written, in whatever order', { timeout: 300_000 }, async () => {
    await fc.assert(
      fc.asyncProperty(cases, async (one) => {
        const { question, expected } = await ask(one)
        expect(await joined(question)).toEqual(expected)
      }),
      { numRuns: 50 },
    )
  })

  it('has a form for Athena that gives the same rows', { timeout: 300_000 }, async () => {
    await fc.assert(
      fc.asyncProperty(cases, async (one) => {
        const { question, expected } = await ask(one)
        expect(sorted(await joinedForAthena(question))).toEqual(sorted(expected))
      }),
      { numRuns: 30 },
    )
  })
})
