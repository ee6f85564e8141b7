import fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { ApiError } from '../../../store/api-error.ts'
import type { FeatureGroup } from '../../../store/groups/feature-group.ts'
import { deleteSessionStep } from '../../../store/jobs/delete-session-step.ts'
import { failDeleteSession } from '../../../store/jobs/fail-delete-session.ts'
import type { Job } from '../../../store/jobs/job-queue.ts'
import { sweepSessions } from '../../../store/jobs/sweep-sessions.ts'
import type { HistoryErasure } from '../../../store/offline/history-erasure.ts'
import { type Harness, openSqlite } from '../deletes/session-harness.ts'
import { type SessionRunner, sessionRunner } from '../deletes/session-runner.ts'

const RECORDS = 9
/** Of a page of two records. */
const PAGES = Math.ceil(RECORDS / 2)
const AWAY = new ApiError('ServiceUnavailable', 'could not write a record; try again')
const DAY_MS = 86_400_000

let harness: Harness
let runner: SessionRunner
beforeEach(async () => {
  harness = openSqlite()
  runner = sessionRunner(harness)
  for (let i = 0; i < RECORDS; i++) await runner.put(`r${i}`, 1, { Whole: '1' })
})
afterEach(() => harness.close())

async function steps(count: number): Promise<void> {
  for (let i = 0; i < count; i++) expect(await runner.step()).toBe(true)
}

/** The job of the session fails for good where it is. */
async function fail(): Promise<void> {
  await failDeleteSession(harness.stores, harness.jobs.shift() as Job, AWAY)
}

/** Makes a page of tombstones that the worker does not write down, as one that is stopped. */
async function markUnnoticed(): Promise<void> {
  const { stores, jobs } = harness
  const stopped = { ...stores, sessions: { ...stores.sessions, replace: () => Promise.reject(AWAY) } }
  await expect(deleteSessionStep(stopped, jobs[0] as Job)).rejects.toBe(AWAY)
}

async function sweep(): Promise<void> {
  await sweepSessions(harness.stores)
  await runner.runAll()
}

const dueAtAnyTime = () => harness.stores.sessions.due(harness.clock.now + DAY_MS, 10)

describe('a session that fails for good', () => {
  it('while it removes what it has deleted has removed all of it after a sweep', async () => {
    await runner.start({ session: 's', mode: 'hard' })
    await steps(PAGES + 1)
    expect((await runner.session('s')).phase).toBe('purge')
    await fail()
    expect(await runner.tombstonesOf('s')).not.toEqual([])
    await sweep()
    expect(await runner.session('s')).toMatchObject({ status: 'failed', error: [AWAY.message], counts: { deleted: 9 } })
    expect(await runner.identifiers()).toEqual([])
    expect(await dueAtAnyTime()).toEqual([])
  })

  it.each([
    'soft',
    'hard',
  ])('of mode %s while it counts what it has deleted has counted it after a sweep', async (mode) => {
    await runner.start({ session: 's', mode })
    await steps(1)
    await markUnnoticed()
    await fail()
    await fail()
    expect((await runner.session('s')).counts.deleted).toBe(2)
    await sweep()
    expect(await runner.session('s')).toMatchObject({ status: 'failed', counts: { matched: 4, deleted: 4 } })
    expect(await runner.tombstonesOf('s')).toHaveLength(mode === 'soft' ? 4 : 0)
    expect(harness.rows().filter(({ deletionSession }) => deletionSession === 's')).toHaveLength(4)
  })

  it('holds up no other session until a sweep goes on with it', async () => {
    await runner.start({ session: 's', mode: 'hard' })
    await steps(PAGES + 1)
    await fail()
    await runner.start({ session: 'next' })
    await runner.runAll()
    expect((await runner.session('next')).status).toBe('completed')
  })

  it('is gone on with by one sweep after the other, and tells each reason once', async () => {
    await runner.start({ session: 's', mode: 'hard' })
    await steps(PAGES)
    await fail()
    for (let hours = 0; hours < 3; hours++) {
      await sweepSessions(harness.stores)
      await fail()
    }
    await sweep()
    expect(await runner.session('s')).toMatchObject({ status: 'failed', error: [AWAY.message] })
    expect(await runner.identifiers()).toEqual([])
  })

  it('counts all that an undo brings back', async () => {
    await runner.start({ session: 's' })
    await steps(1)
    await markUnnoticed()
    await fail()
    await fail()
    await runner.undo('s')
    await runner.runAll()
    expect(await runner.session('s')).toMatchObject({ status: 'undone', counts: { deleted: 4, restored: 4 } })
    expect(await runner.tombstonesOf('s')).toEqual([])
  })
})

describe('the same request again', () => {
  it.each([1, PAGES, PAGES + 1])('takes up a hard session that failed after %i steps', async (made) => {
    const body = { session: 's', mode: 'hard' }
    await runner.start(body)
    await steps(made)
    await fail()
    await runner.start(body)
    await runner.runAll()
    expect(await runner.session('s')).toMatchObject({
      status: 'completed',
      error: [],
      counts: { matched: RECORDS, deleted: RECORDS, conflicts: 0, later: 0 },
    })
    expect(await runner.identifiers()).toEqual([])
    expect(await dueAtAnyTime()).toEqual([])
  })

  it('lets an erasing session that failed while it marked erase the rows of all its victims', async () => {
    const erased: string[] = []
    const erasure: HistoryErasure = {
      async step(_, { session }) {
        erased.push(...harness.rows().flatMap((row) => (row.deletionSession === session ? [row.identifier] : [])))
        return { proof: { rowsRemoved: 0, snapshotsExpired: [], removedAt: 0, verifiedAt: 0 } }
      },
    }
    const body = { session: 's', mode: 'erase' }
    await runner.start(body)
    await steps(2)
    await fail()
    await runner.runAll()
    expect(await runner.session('s')).toMatchObject({ status: 'failed', counts: { deleted: 4 } })
    await runner.start(body)
    while (await runner.step({ ...harness.stores, erasure }));
    expect(await runner.session('s')).toMatchObject({ status: 'completed', counts: { deleted: RECORDS } })
    expect(erased.sort()).toEqual(Array.from({ length: RECORDS }, (_, i) => `r${i}`))
  })

  it('leaves a session alone that failed since more matched than it may delete', async () => {
    const body = { session: 's', mode: 'hard', maxRows: 1 }
    await runner.start(body)
    await runner.runAll()
    await runner.start(body)
    await runner.runAll()
    expect((await runner.session('s')).status).toBe('failed')
    expect(await runner.identifiers()).toHaveLength(RECORDS)
  })
})

it('a session that was cancelled and lost its worker is completed by a sweep', async () => {
  await runner.start({ session: 's', mode: 'hard' })
  await markUnnoticed()
  await runner.cancel('s')
  harness.jobs.length = 0
  await sweep()
  expect(await runner.session('s')).toMatchObject({ status: 'cancelled', counts: { matched: 2, deleted: 2 } })
  expect(await runner.identifiers()).toHaveLength(RECORDS - 2)
})

it('a completed session whose group was deleted stays completed, and is swept once', async () => {
  await runner.start({ session: 's' })
  await runner.runAll()
  const { catalog } = harness.stores
  await catalog.remove((await catalog.get('things')) as FeatureGroup)
  harness.clock.now += 8 * DAY_MS
  await sweep()
  const session = await runner.session('s')
  expect(session.ledger.map(({ status }) => status)).toEqual(['processing', 'completed'])
  expect(await dueAtAnyTime()).toEqual([])
})

describe('whatever fails, is swept or asked for again, and when', () => {
  const erasure: HistoryErasure = {
    step: async () => ({ proof: { rowsRemoved: 0, snapshotsExpired: [], removedAt: 0, verifiedAt: 0 } }),
  }
  const all = Array.from({ length: RECORDS }, (_, i) => `r${i}`)

  /** Does a thing to a session, if it can be done now. */
  async function meddle(op: string, body: object): Promise<void> {
    const stores = { ...harness.stores, erasure }
    const job = harness.jobs[0]
    if (op === 'sweep') await sweepSessions(stores)
    else if (op === 'again') await runner.start(body)
    else if (op === 'cancel') await runner.cancel('s').catch(() => {})
    else if (job === undefined) return
    else if (op === 'step') await runner.step(stores)
    else if (op === 'fail') await fail()
    else {
      const stopped = { ...stores, sessions: { ...stores.sessions, replace: () => Promise.reject(AWAY) } }
      await deleteSessionStep(stopped, job).catch(() => {})
    }
  }

  async function end(): Promise<void> {
    do {
      while (await runner.step({ ...harness.stores, erasure }));
      await sweepSessions(harness.stores)
    } while (harness.jobs.length > 0)
  }

  it('a record is untouched or deleted with its marker, and the status says how many are', {
    timeout: 120_000,
  }, async () => {
    const op = fc.constantFrom('step', 'step', 'step', 'stop', 'fail', 'sweep', 'again', 'cancel')
    const mode = fc.constantFrom('soft', 'hard', 'erase')
    await fc.assert(
      fc.asyncProperty(mode, fc.array(op, { maxLength: 30 }), async (of, ops) => {
        await harness.close()
        harness = openSqlite()
        runner = sessionRunner(harness)
        for (const id of all) await runner.put(id, 1, { Whole: '1' })
        const body = { session: 's', mode: of }
        await runner.start(body)
        for (const each of ops) await meddle(each, body)
        await end()
        const marked = [...runner.markedBy('s')].sort()
        const tombstones = (await runner.tombstonesOf('s')).sort()
        expect(tombstones).toEqual(of === 'soft' ? marked : [])
        const left = of === 'soft' ? all : all.filter((id) => !marked.includes(id))
        expect((await runner.identifiers()).sort()).toEqual(left)
        const { status, counts } = await runner.session('s')
        expect(counts).toMatchObject({ matched: marked.length, deleted: marked.length, conflicts: 0 })
        if (status === 'completed') expect(marked).toEqual(all)
        else expect(['failed', 'cancelled']).toContain(status)
      }),
      { numRuns: 1_000 },
    )
  })
})
