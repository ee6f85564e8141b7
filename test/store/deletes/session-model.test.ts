import fc from 'fast-check'
import { afterAll, describe, expect, it } from 'vitest'
import { startDynamodb } from '../../aws/dynamodb.ts'
import { someTriple, type Value } from './plain-filter.ts'
import { type Harness, openDynamodb, openSqlite } from './session-harness.ts'
import { type SessionRunner, sessionRunner, textOf } from './session-runner.ts'

const dynamodb = await startDynamodb()
afterAll(() => dynamodb.close())

const RUNS = Number(process.env['CAIRN_SESSION_RUNS'] ?? 60)

type Op =
  | { op: 'put'; id: string; t: number; features: [string, Value][] }
  | { op: 'softDelete' | 'hardDelete'; id: string; t: number }
  | { op: 'start'; mode: 'soft' | 'hard'; filter: unknown[]; from?: number; to?: number; maxRows?: number }
  | { op: 'step'; times: number }
  | { op: 'cancel'; which: number }
  | { op: 'undo'; which: number }
  | { op: 'run' }

const id = fc.constantFrom('a', 'b', 'c', 'd', 'e', 'f', 'g')
const t = fc.integer({ min: 1, max: 4 })
const feature = someTriple()
  .filter(({ column }) => column !== 'id' && column !== 'time')
  .map(({ column, value }): [string, Value] => [column, value])
const triple = someTriple().map(({ column, operator, operand }) => [operator, column, operand])
const bound = fc.option(t, { nil: undefined })

const someOp: fc.Arbitrary<Op> = fc.oneof(
  { weight: 8, arbitrary: fc.record({ op: fc.constant('put' as const), id, t, features: fc.array(feature) }) },
  { weight: 1, arbitrary: fc.record({ op: fc.constantFrom('softDelete' as const, 'hardDelete' as const), id, t }) },
  {
    weight: 3,
    arbitrary: fc.record({
      op: fc.constant('start' as const),
      mode: fc.constantFrom('soft' as const, 'soft' as const, 'hard' as const),
      filter: fc.array(triple, { maxLength: 2 }),
      from: bound,
      to: bound,
      maxRows: fc.option(fc.integer({ min: 0, max: 5 }), { nil: undefined, freq: 3 }),
    }),
  },
  { weight: 3, arbitrary: fc.record({ op: fc.constant('step' as const), times: fc.integer({ min: 1, max: 4 }) }) },
  { weight: 1, arbitrary: fc.record({ op: fc.constant('cancel' as const), which: fc.nat(5) }) },
  { weight: 1, arbitrary: fc.record({ op: fc.constant('undo' as const), which: fc.nat(5) }) },
  { weight: 2, arbitrary: fc.record({ op: fc.constant('run' as const) }) },
)

/** What the model has to bring to its end: sessions in their order, and what was written while they ran. */
interface Pending {
  name: string
  kind: 'delete' | 'undo'
}

function follow(runner: SessionRunner, clock: { now: number }) {
  const { model } = runner
  const names: string[] = []
  let pending: Pending[] = []
  let isDisturbed = false

  /** Lets all sessions end, and the model follow. */
  async function settle(): Promise<void> {
    await runner.runAll()
    for (const { name, kind } of pending) {
      const session = await runner.session(name)
      if (kind === 'undo') {
        const restored = model.undo(name, clock.now)
        expect(session.status).toBe('undone')
        // What was written meanwhile may have replaced a record that had been restored already.
        if (isDisturbed) expect(session.counts.restored).toBeGreaterThanOrEqual(restored)
        else expect(session.counts.restored).toBe(restored)
      } else await follows(name)
    }
    pending = []
    isDisturbed = false
    await runner.check()
  }

  async function follows(name: string): Promise<void> {
    const session = await runner.session(name)
    const { counts, status, maxRows = 100, mode } = session
    const victims = model.victims(session)
    // A session that ends while it counts has found records and deleted none.
    if (session.phase !== 'count') expect(counts.matched).toBe(counts.deleted + counts.conflicts)
    if (status === 'failed') return expect(victims.length > maxRows || isDisturbed).toBe(true)
    if (status === 'cancelled') {
      const marked = runner.markedBy(name)
      const made = mode === 'hard' ? victims.filter((id) => marked.has(id)) : await runner.tombstonesOf(name)
      expect(victims).toEqual(expect.arrayContaining(made))
      if (!isDisturbed) expect(counts.deleted).toBe(made.length)
      return retract(session, made)
    }
    expect(status).toBe('completed')
    if (!isDisturbed) expect(counts).toMatchObject({ deleted: victims.length, conflicts: 0, later: 0 })
    retract(session, victims)
  }

  function retract(session: Parameters<typeof model.victims>[0], ids: string[]): void {
    model.retract(session, ids, clock.now)
    if (session.mode === 'hard') for (const victim of ids) runner.part(victim)
  }

  /** While sessions run only what is newer than all is written: else it would matter which of the two came first. */
  let newest = 10
  function freshTime(time: number): number {
    if (pending.length === 0) return time
    newest += 1
    return newest
  }

  return async (op: Op): Promise<void> => {
    if ('id' in op) {
      isDisturbed ||= pending.length > 0
      const time = freshTime(op.t)
      if (op.op === 'put') await runner.put(op.id, time, Object.fromEntries(op.features))
      else await runner.delete(op.op, op.id, time)
    } else if (op.op === 'start') {
      if (pending.some(({ kind }) => kind === 'undo')) await settle()
      const name = `s${names.length}`
      const { mode, filter, from, to, maxRows } = op
      if (from !== undefined && to !== undefined && to <= from) return
      const window = { ...(from && { startTS: textOf(from) }), ...(to && { endTS: textOf(to) }) }
      await runner.start({ session: name, mode, filter, ...window, ...(maxRows !== undefined && { maxRows }) })
      names.push(name)
      pending.push({ name, kind: 'delete' })
    } else if (op.op === 'step') {
      for (let times = 0; times < op.times; times++) await runner.step()
    } else if (op.op === 'run') await settle()
    else await change(op, names[op.which])
  }

  async function change({ op }: Op, name: string | undefined): Promise<void> {
    if (name === undefined) return
    const session = await runner.session(name)
    if (op === 'cancel') {
      const isStoppable = session.status === 'processing' && (session.phase === 'mark' || session.phase === 'count')
      if (isStoppable) await runner.cancel(name)
      else await expect(runner.cancel(name)).rejects.toMatchObject({ status: 409, text: 'conflict' })
      return
    }
    await settle()
    const { status, mode } = await runner.session(name)
    if (mode === 'hard') return await expect(runner.undo(name)).rejects.toMatchObject({ status: 409 })
    await runner.undo(name)
    if (status !== 'undone') pending.push({ name, kind: 'undo' })
  }
}

/** A session that was cancelled before it did anything, and another that then took the same record. */
const OVERTAKEN: Op[] = [
  { op: 'put', id: 'a', t: 1, features: [] },
  { op: 'start', mode: 'hard', filter: [] },
  { op: 'cancel', which: 0 },
  { op: 'start', mode: 'hard', filter: [] },
]

const ADAPTERS: { [adapter: string]: { open: () => Promise<Harness>; runs: number } } = {
  SQLite: { open: async () => openSqlite(), runs: RUNS * 5 },
  DynamoDB: { open: () => openDynamodb(dynamodb), runs: RUNS },
}

describe.each(Object.entries(ADAPTERS))('delete sessions in %s', (_, { open, runs }) => {
  it('leave what the model says, whatever is written, cancelled and undone between', { timeout: 600_000 }, async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(someOp, { minLength: 5, maxLength: 40 }), async (ops) => {
        const harness = await open()
        try {
          const next = follow(sessionRunner(harness), harness.clock)
          for (const op of [...ops, { op: 'run' } as const]) await next(op)
        } finally {
          await harness.close()
        }
      }),
      { numRuns: runs, examples: [[OVERTAKEN]] },
    )
  })
})
