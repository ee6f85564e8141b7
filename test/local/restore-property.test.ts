import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { deleteRecord } from '../../store/operations/delete-record.ts'
import { updateRecord } from '../../store/operations/update-record.ts'
import { GROUP, openRestoredStore, type RestoredStore, type Values } from './restore/restored-store.ts'

/** A group that some of the sessions do not touch. */
const TWIN = 'twin'
const LABELS = ['x', 'y', 'z'] as const
const RECORDS = 6
const RUNS = 20

type Step =
  | { kind: 'put'; record: number; time: number; price: string | undefined }
  | { kind: 'again'; nth: number }
  | { kind: 'delete'; record: number; time: number }
  | { kind: 'update'; record: number; name: string }
  | { kind: 'session'; label: number; mode: 'soft' | 'hard' }
  | { kind: 'undo'; nth: number }
  | { kind: 'look' }
  | { kind: 'flush' }

const record = fc.nat(RECORDS - 1)
const time = fc.integer({ min: 0, max: 1_000_000 })
const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({
      kind: fc.constant('put' as const),
      record,
      time,
      price: fc.option(fc.double({ noNaN: true, noDefaultInfinity: true }).map(String), { nil: undefined }),
    }),
  },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('again' as const), nth: fc.nat(50) }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('delete' as const), record, time }) },
  {
    weight: 2,
    arbitrary: fc.record({ kind: fc.constant('update' as const), record, name: fc.string({ unit: 'grapheme' }) }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constant('session' as const),
      label: fc.nat(LABELS.length - 1),
      mode: fc.constantFrom('soft' as const, 'hard' as const),
    }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('undo' as const), nth: fc.nat(10) }) },
  { weight: 1, arbitrary: fc.constant({ kind: 'look' as const }) },
  { weight: 1, arbitrary: fc.constant({ kind: 'flush' as const }) },
)

let directory: string
let store: RestoredStore
let clock: number
const now = () => clock++

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'cairn-restores-'))
  clock = Date.parse('2026-03-01T00:00:00Z')
})
afterEach(() => rmSync(directory, { recursive: true }))

interface Ran {
  /** Names of the sessions on the group that the twin did not have. */
  spared: string[]
  /** What was live at times. */
  seen: { AsOf: string; live: unknown }[]
}

/** Does the steps to both groups, but sessions of the spared label to one alone. */
async function run(steps: Step[], sparedLabel: number): Promise<Ran> {
  const ran: Ran = { spared: [], seen: [] }
  const puts: Values[] = []
  const sessions: { name: string; hasTwin: boolean }[] = []
  const timeOf = distinctTimes()
  const both = async (write: (group: { FeatureGroupName: string }) => Promise<void>) => {
    for (const FeatureGroupName of [GROUP, TWIN]) await write({ FeatureGroupName })
  }
  const make: { [kind in Step['kind']]: (step: Extract<Step, { kind: kind }>) => Promise<void> } = {
    async put({ record, time, price: Price }) {
      const values = { Id: `r${record}`, At: timeOf(time), Label: LABELS[record % LABELS.length], Price }
      puts.push(values)
      await both((group) => store.put(values, group))
    },
    async again({ nth }) {
      const values = puts[nth % puts.length]
      if (values !== undefined) await both((group) => store.put(values, group))
    },
    async delete({ record, time }) {
      const deletion = { RecordIdentifierValueAsString: `r${record}`, EventTime: timeOf(time) }
      await both((group) => deleteRecord(store.stores, { ...group, ...deletion }))
    },
    async update({ record, name }) {
      const id = `r${record}`
      const Features = [{ FeatureName: 'Name', ValueAsString: name }]
      // What a session has deleted in one of them cannot be updated there.
      if (!(id in (await store.live(GROUP)) && id in (await store.live(TWIN)))) return
      await both((group) => updateRecord(store.stores, { ...group, RecordIdentifierValueAsString: id, Features }))
    },
    async session({ label, mode }) {
      const name = `session-${clock}`
      const request = { filter: [['=', 'Label', LABELS[label]]], mode }
      const hasTwin = label !== sparedLabel
      await store.deleteWhere(name, request)
      if (hasTwin) await store.deleteWhere(`${name}-twin`, { ...request, table: TWIN })
      else ran.spared.push(name)
      if (mode === 'soft') sessions.push({ name, hasTwin })
    },
    async undo({ nth }) {
      const undone = sessions[nth % sessions.length]
      if (undone === undefined) return
      await store.undo(undone.name)
      if (undone.hasTwin) await store.undo(`${undone.name}-twin`)
    },
    async look() {
      ran.seen.push({ live: await store.live(), AsOf: new Date(now()).toISOString() })
    },
    flush: async () => void (await store.history.flush()),
  }
  for (const step of steps) await make[step.kind](step as never)
  return ran
}

/** Event times of puts and deletions are distinct, as their order of arrival counts otherwise. */
function distinctTimes(): (seconds: number) => string {
  const given = new Set<number>()
  return (seconds) => {
    let micros = seconds * 1_000_000
    while (given.has(micros)) micros += 1
    given.add(micros)
    return String(micros / 1_000_000)
  }
}

it('equals the online store before, now and as of any time, and one without the sessions that are ignored', async () => {
  let runs = 0
  await fc.assert(
    fc.asyncProperty(
      fc.array(step, { minLength: 5, maxLength: 40 }),
      fc.nat(LABELS.length - 1),
      async (steps, sparedLabel) => {
        runs += 1
        store = await openRestoredStore(join(directory, String(runs)), { now })
        const features = [
          { FeatureName: 'Label', FeatureType: 'String' as const },
          { FeatureName: 'Price', FeatureType: 'Fractional' as const },
          { FeatureName: 'Name', FeatureType: 'String' as const },
        ]
        const keys = [
          { FeatureName: 'Id', FeatureType: 'String' as const },
          { FeatureName: 'At', FeatureType: 'Fractional' as const },
        ]
        for (const FeatureGroupName of [GROUP, TWIN]) await store.createGroup({ FeatureGroupName, features, keys })
        const { spared, seen } = await run(steps, sparedLabel)
        const before = await store.live()
        await store.lose()
        await store.restore()
        expect(await store.live()).toEqual(before)
        await store.restore({ Replace: true, IgnoreDelete: spared })
        expect(await store.live()).toEqual(await store.live(TWIN))
        for (const { live, AsOf } of seen.slice(0, 2)) {
          await store.restore({ Replace: true, AsOf })
          expect(await store.live()).toEqual(live)
        }
        await store.close()
      },
    ),
    { numRuns: RUNS, endOnFailure: true },
  )
}, 300_000)
