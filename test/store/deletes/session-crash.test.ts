import { afterAll, describe, expect, it } from 'vitest'
import { startDynamodb } from '../../aws/dynamodb.ts'
import { type Harness, type HarnessStores, openDynamodb, openSqlite } from './session-harness.ts'
import { sessionRunner } from './session-runner.ts'

const dynamodb = await startDynamodb()
afterAll(() => dynamodb.close())

const ROUNDS = Number(process.env['CAIRN_SESSION_CRASH_ROUNDS'] ?? 300)

/** Thrown where the worker is killed. */
const KILLED = new Error('the worker was killed')

/** Stores whose calls the worker is killed at: before the call is made, or after it was and before the answer came. */
function killing(stores: HarnessStores, isKilledAt: (call: number) => boolean) {
  let calls = 0
  const guarded = <Arguments extends unknown[], Answer>(call: (...made: Arguments) => Answer | Promise<Answer>) => {
    return async (...made: Arguments): Promise<Answer> => {
      calls += 1
      if (isKilledAt(calls)) throw KILLED
      const answer = await call(...made)
      calls += 1
      if (isKilledAt(calls)) throw KILLED
      return answer
    }
  }
  const { sessions, online, writer } = stores
  const through: HarnessStores = {
    ...stores,
    sessions: {
      ...sessions,
      get: guarded(sessions.get),
      replace: guarded(sessions.replace),
      current: guarded(sessions.current),
    },
    online: { ...online, scan: guarded(online.scan) },
    writer: { ...writer, write: guarded(writer.write) },
  }
  return { through, calls: () => calls }
}

interface Scenario {
  mode: 'soft' | 'hard'
  isUndone: boolean
  /** After so many steps the session is cancelled. */
  cancelledAfter?: number
  maxRows?: number
}

const SCENARIOS: { [name: string]: Scenario } = {
  'a soft session': { mode: 'soft', isUndone: false },
  'a hard session': { mode: 'hard', isUndone: false },
  'a session that counts first': { mode: 'soft', isUndone: false, maxRows: 50 },
  'a session and its undo': { mode: 'soft', isUndone: true },
  'a session that is cancelled': { mode: 'soft', isUndone: false, cancelledAfter: 3 },
  'a hard session that is cancelled': { mode: 'hard', isUndone: false, cancelledAfter: 3 },
}

const RECORDS = 11
/** Every third record does not match. */
const VICTIMS = 8

/** Plays the scenario with a worker that is killed at those calls, and asserts that it ends as if it never was. */
async function play(open: () => Promise<Harness>, scenario: Scenario, isKilledAt: (call: number) => boolean) {
  const harness = await open()
  const runner = sessionRunner(harness)
  for (let i = 0; i < RECORDS; i++) await runner.put(`r${i}`, 1, { Whole: String(i % 3) })
  const { mode, maxRows, cancelledAfter = Number.POSITIVE_INFINITY } = scenario
  const { through, calls } = killing(harness.stores, isKilledAt)

  async function run(cancelAfter: number): Promise<void> {
    for (let steps = 0; ; steps++) {
      if (steps > 2_000) throw new Error('the session does not end')
      if (steps === cancelAfter) await runner.cancel('s')
      try {
        if (!(await runner.step(through))) return
      } catch (error) {
        if (error !== KILLED) throw error
      }
    }
  }

  await runner.start({ session: 's', mode, filter: [['<>', 'Whole', '2']], ...(maxRows && { maxRows }) })
  const started = await runner.session('s')
  const victims = runner.model.victims(started)
  await run(cancelledAfter)
  const { status, counts } = await runner.session('s')
  const made = cancelledAfter === Number.POSITIVE_INFINITY ? victims : await madeOf()
  expect({ status, counts }).toEqual({
    status: cancelledAfter === Number.POSITIVE_INFINITY ? 'completed' : 'cancelled',
    counts: { matched: made.length, deleted: made.length, conflicts: 0, later: 0, restored: 0 },
  })
  runner.model.retract(started, made, harness.clock.now)
  await runner.check()
  if (scenario.isUndone) {
    await runner.undo('s')
    await run(Number.POSITIVE_INFINITY)
    expect(runner.model.undo('s', harness.clock.now)).toBe(VICTIMS)
    expect(await runner.session('s')).toMatchObject({ status: 'undone', counts: { restored: VICTIMS } })
    await runner.check()
  }
  await harness.close()
  return calls()

  async function madeOf(): Promise<string[]> {
    if (mode === 'soft') return await runner.tombstonesOf('s')
    const there = await runner.identifiers()
    return victims.filter((id) => !there.includes(id))
  }
}

function random(seed: number): () => number {
  let state = seed
  return () => {
    state = (state * 1_664_525 + 1_013_904_223) % 2 ** 32
    return state / 2 ** 32
  }
}

const ADAPTERS: { [adapter: string]: { open: () => Promise<Harness>; rounds: number } } = {
  SQLite: { open: async () => openSqlite(), rounds: ROUNDS },
  // dynalite does not tell a repeated deletion from one that came too late.
  ...(!dynamodb.isDynalite && { DynamoDB: { open: () => openDynamodb(dynamodb), rounds: Math.ceil(ROUNDS / 15) } }),
}

describe.each(Object.entries(ADAPTERS))('in %s', (_, { open, rounds }) => {
  describe.each(Object.entries(SCENARIOS))('%s', (_, scenario) => {
    it('ends the same wherever its worker is killed once', { timeout: 600_000 }, async () => {
      const calls = await play(open, scenario, () => false)
      expect(calls).toBeGreaterThan(30)
      for (let at = 1; at <= calls; at++) await play(open, scenario, (call) => call === at)
    })

    it('ends the same when its worker is killed again and again', { timeout: 600_000 }, async () => {
      let kills = 0
      for (let seed = 1; seed <= rounds; seed++) {
        const next = random(seed)
        await play(open, scenario, () => {
          const isKilled = next() < 0.08
          if (isKilled) kills += 1
          return isKilled
        })
      }
      expect(kills).toBeGreaterThan(rounds)
    })
  })
})
