import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { ApiError } from '../../../store/api-error.ts'
import { deleteSessionStep } from '../../../store/jobs/delete-session-step.ts'
import { failDeleteSession } from '../../../store/jobs/fail-delete-session.ts'
import { type JobEnds, jobFailure } from '../../../store/jobs/job-failure.ts'
import type { Job } from '../../../store/jobs/job-queue.ts'
import { JOB_TRIES } from '../../../store/jobs/job-tries.ts'
import { runJobMessage } from '../../../store/jobs/run-job-message.ts'
import { sweepSessions } from '../../../store/jobs/sweep-sessions.ts'
import { withinTries } from '../../../store/jobs/within-tries.ts'
import { type Harness, openSqlite } from '../deletes/session-harness.ts'
import { type SessionRunner, sessionRunner } from '../deletes/session-runner.ts'

const RECORDS = 9

let harness: Harness
let runner: SessionRunner
beforeEach(async () => {
  harness = openSqlite()
  runner = sessionRunner(harness)
  for (let i = 0; i < RECORDS; i++) await runner.put(`r${i}`, 1, { Whole: '1' })
})
afterEach(() => harness.close())

const AWAY = new ApiError('ServiceUnavailable', 'could not write a record; try again')

function endsOf(stores: Harness['stores']): JobEnds {
  return { 'delete-session': (job, error) => failDeleteSession(stores, job, error) }
}

/** Receives the message of the first job for that time, and loses the answer of every write after so many. */
async function receive(receives: number, writes: number, error: unknown = AWAY) {
  const { stores, jobs } = harness
  const postponed: number[] = []
  const givenUp: unknown[] = []
  let made = 0
  const writer: typeof stores.writer = {
    ...stores.writer,
    async write(changes) {
      const outcomes = await stores.writer.write(changes)
      made += 1
      if (made > writes) throw error
      return outcomes
    },
  }
  const job = jobs.shift() as Job
  const run = runJobMessage(JSON.stringify(job), {
    step: withinTries((next) => deleteSessionStep({ ...stores, writer }, next), receives),
    resume: async (rest) => void jobs.push(rest),
    timeLeftMs: () => 60_000,
    onFailure: jobFailure(endsOf(stores), {
      receives,
      postpone: async (seconds) => void postponed.push(seconds),
      onGivenUp: (_, cause) => givenUp.push(cause),
    }),
  })
  const thrown = await run.then(
    () => undefined,
    (cause: unknown) => cause,
  )
  return { job, thrown, postponed, givenUp }
}

describe('a delete session whose step fails', () => {
  it('is tried again, ever later, and stays what it was', async () => {
    await runner.start({ session: 's' })
    const waits: number[] = []
    for (let receives = 1; receives < JOB_TRIES; receives++) {
      const { job, thrown, postponed, givenUp } = await receive(receives, 0)
      expect({ thrown, givenUp }).toEqual({ thrown: AWAY, givenUp: [] })
      waits.push(...postponed)
      harness.jobs.push(job)
    }
    expect(waits).toEqual([15, 30, 60, 120, 240, 480, 900, 900, 900])
    expect((await runner.session('s')).status).toBe('processing')
    await runner.runAll()
    expect(await runner.session('s')).toMatchObject({ status: 'completed', counts: { deleted: RECORDS } })
  })

  it('is failed with the reason after the last try, counts what it has deleted, and can be undone', async () => {
    await runner.start({ session: 's' })
    const { thrown, givenUp } = await receive(JOB_TRIES, 2)
    expect({ thrown, givenUp }).toEqual({ thrown: undefined, givenUp: [AWAY] })
    expect(await runner.session('s')).toMatchObject({ status: 'failed', error: [AWAY.message] })
    await runner.runAll()
    const session = await runner.session('s')
    expect(session).toMatchObject({ status: 'failed', counts: { matched: 6, deleted: 6 } })
    expect(session.turn).toBeUndefined()
    expect(session.ledger.at(-1)).toMatchObject({ status: 'failed', actor: 'cairn', reason: AWAY.message })
    await runner.undo('s')
    await runner.runAll()
    expect(await runner.session('s')).toMatchObject({ status: 'undone', counts: { restored: 6 } })
  })

  it('is over when not even that can be counted, and lets the next one begin', async () => {
    await runner.start({ session: 's' })
    await runner.start({ session: 'next', filter: [['=', 'id', 'r8']] })
    await receive(JOB_TRIES, 1)
    harness.jobs.reverse()
    await receive(JOB_TRIES, 0)
    expect(await runner.session('s')).toMatchObject({ status: 'failed', error: [AWAY.message] })
    await runner.runAll()
    expect((await runner.session('next')).status).toBe('completed')
  })

  it('of mode hard leaves nothing of what it has deleted', async () => {
    await runner.start({ session: 's', mode: 'hard' })
    await receive(JOB_TRIES, 1)
    await runner.runAll()
    expect(await runner.session('s')).toMatchObject({ status: 'failed', counts: { deleted: 4 } })
    expect(await runner.tombstonesOf('s')).toEqual([])
    expect(await runner.identifiers()).toHaveLength(RECORDS - 4)
  })

  it('is failed without another try when its worker ended without a word each time', async () => {
    await runner.start({ session: 's' })
    const { thrown, givenUp } = await receive(JOB_TRIES + 1, RECORDS)
    expect({ thrown, givenUp }).toEqual({ thrown: undefined, givenUp: [expect.any(ApiError)] })
    expect(await runner.session('s')).toMatchObject({
      status: 'failed',
      error: ['it was tried 10 times: the log of the worker tells how that ended'],
    })
    await runner.runAll()
    expect((await runner.session('s')).counts.deleted).toBe(0)
  })

  it('says nothing of an error that is not of the API', async () => {
    await runner.start({ session: 's' })
    await receive(JOB_TRIES, 0, new SyntaxError('Unexpected token in "a value"'))
    expect(JSON.stringify(await runner.session('s'))).not.toContain('a value')
    expect((await runner.session('s')).error).toEqual([expect.stringContaining('log')])
  })

  it('can be undone again when its undo failed', async () => {
    await runner.start({ session: 's' })
    await runner.runAll()
    await runner.undo('s')
    await receive(JOB_TRIES, 2)
    expect(await runner.session('s')).toMatchObject({ status: 'failed', error: [AWAY.message] })
    await runner.undo('s')
    await runner.runAll()
    expect(await runner.session('s')).toMatchObject({ status: 'undone', counts: { restored: RECORDS } })
    expect(await runner.tombstonesOf('s')).toEqual([])
  })

  it('stays completed when its payloads could not be removed, which the next sweep does', async () => {
    await runner.start({ session: 's' })
    await runner.runAll()
    harness.clock.now += 8 * 86_400_000
    await sweepSessions(harness.stores)
    await receive(JOB_TRIES, 2)
    expect(await runner.session('s')).toMatchObject({ status: 'completed', error: [] })
    await sweepSessions(harness.stores)
    await runner.runAll()
    expect((await runner.session('s')).payloadsRemovedAt).toBeDefined()
  })
})

it('the message of a job of another kind stays when it has failed for good', async () => {
  const onGivenUp = () => {}
  const failure = jobFailure(endsOf(harness.stores), { receives: JOB_TRIES, postpone: async () => {}, onGivenUp })
  await expect(failure({ kind: 'group-cleanup', groupId: 'a' }, AWAY)).rejects.toBe(AWAY)
})

it('of two workers on one session, the one that was overtaken leaves it to the other', async () => {
  await runner.start({ session: 's' })
  const job = harness.jobs[0] as Job
  const { stores } = harness
  let isOvertaken = false
  const slow: typeof stores = {
    ...stores,
    writer: {
      ...stores.writer,
      async write(changes) {
        const outcomes = await stores.writer.write(changes)
        if (!isOvertaken) {
          isOvertaken = true
          expect(await deleteSessionStep(stores, job)).toBe('more')
        }
        return outcomes
      },
    },
  }
  expect(await deleteSessionStep(slow, job)).toBe('done')
  await runner.runAll()
  expect(await runner.session('s')).toMatchObject({
    status: 'completed',
    counts: { matched: RECORDS, deleted: RECORDS },
  })
})

it('a worker that was overtaken by a cancellation goes on', async () => {
  await runner.start({ session: 's' })
  const { stores } = harness
  const cancelled: typeof stores = {
    ...stores,
    writer: {
      ...stores.writer,
      async write(changes) {
        await runner.cancel('s').catch(() => {})
        return await stores.writer.write(changes)
      },
    },
  }
  expect(await deleteSessionStep(cancelled, harness.jobs[0] as Job)).toBe('more')
})
