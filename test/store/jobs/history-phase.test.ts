import { expect, it } from 'vitest'
import type { DeleteSession } from '../../../store/deletes/delete-session.ts'
import { deleteSessionStep } from '../../../store/jobs/delete-session-step.ts'
import type { Job } from '../../../store/jobs/job-queue.ts'
import type { HistoryErasure } from '../../../store/offline/history-erasure.ts'
import { openSqlite } from '../deletes/session-harness.ts'
import { sessionRunner } from '../deletes/session-runner.ts'

it('an erasure waits as long as it asks for, however often its job is stepped', async () => {
  const harness = openSqlite()
  const runner = sessionRunner(harness)
  await runner.put('r', 1, { Whole: '1' })
  await runner.start({ session: 's', mode: 'erase' })
  const states: (string | undefined)[] = []
  const erasure: HistoryErasure = {
    async step(_, __, state) {
      states.push(state)
      if (state === undefined) return { state: 'begun', afterMs: 60_000 }
      return { proof: { rowsRemoved: 1, snapshotsExpired: [], removedAt: 0, verifiedAt: 0 } }
    },
  }
  const stores = { ...harness.stores, erasure }
  const job = harness.jobs[0] as Job
  while (states.length === 0) await deleteSessionStep(stores, job)
  harness.clock.now += 40_000
  expect(await deleteSessionStep(stores, job)).toEqual({ afterMs: 20_000 })
  expect(states).toEqual([undefined])
  harness.clock.now += 20_000
  expect(await deleteSessionStep(stores, job)).toBe('done')
  expect(states).toEqual([undefined, 'begun'])
  const session: DeleteSession = await runner.session('s')
  expect(session).toMatchObject({ status: 'completed', erasure: { rowsRemoved: 1 } })
  await harness.close()
})

it('an erasing session looks at no record before what was on its way online has come', async () => {
  const harness = openSqlite()
  const runner = sessionRunner(harness)
  await runner.put('r', 1, { Whole: '1' })
  await runner.start({ session: 's', mode: 'erase' })
  const asked: number[] = []
  const erasure: HistoryErasure = {
    step: async () => ({ proof: { rowsRemoved: 1, snapshotsExpired: [], removedAt: 0, verifiedAt: 0 } }),
  }
  const acceptedAt = harness.clock.now
  const quietIn = async (since: number) => {
    asked.push(since)
    if (harness.clock.now < acceptedAt + 60_000) return acceptedAt + 60_000 - harness.clock.now
    return 0
  }
  const stores = { ...harness.stores, erasure, quietIn }
  const job = harness.jobs[0] as Job
  expect(await deleteSessionStep(stores, job)).toEqual({ afterMs: 60_000 })
  expect(await runner.identifiers()).toEqual(['r'])
  harness.clock.now += 60_000
  while ((await deleteSessionStep(stores, job)) !== 'done');
  expect(new Set(asked)).toEqual(new Set([acceptedAt]))
  expect(await runner.session('s')).toMatchObject({ status: 'completed', counts: { deleted: 1 } })
  await harness.close()
})
