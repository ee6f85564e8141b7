import { expect, it } from 'vitest'
import type { Job, JobQueue, JobStep } from '../../../store/jobs/job-queue.ts'

export const job = (groupId: string): Job => ({ kind: 'group-cleanup', groupId })

/** What every job queue does, whatever it is made of. `open` gives one that calls `step`. */
export function jobQueueContract(open: (step: JobStep) => Promise<JobQueue>): void {
  it('steps through a job until it is done', async () => {
    let left = 5
    const done = Promise.withResolvers<void>()
    const asked: Job = { kind: 'delete-session', groupId: 'a', session: 'Ünïcode "✓"' }
    const queue = await open(async (stepped) => {
      expect(stepped).toEqual(asked)
      left -= 1
      if (left === 0) done.resolve()
      return left > 0 ? 'more' : 'done'
    })
    await queue.enqueue(asked)
    await done.promise
    expect(left).toBe(0)
  })

  it('does every job', async () => {
    const seen = new Set<string>()
    const done = Promise.withResolvers<void>()
    const queue = await open(async ({ groupId, session }) => {
      seen.add(`${groupId} ${session}`)
      if (seen.size === 40) done.resolve()
      return 'done'
    })
    for (let i = 0; i < 20; i++) {
      await queue.enqueue(job(`group ${i}`))
      await queue.enqueue({ kind: 'restore', groupId: 'one group', session: `session ${i}` })
    }
    await done.promise
    expect(seen.size).toBe(40)
  })

  it('tries a failed step again, and does not let it hold up other jobs', async () => {
    let failures = 3
    const seen: string[] = []
    const done = Promise.withResolvers<void>()
    const queue = await open(async ({ groupId }) => {
      if (groupId === 'bad' && failures > 0) {
        failures -= 1
        throw new Error('not now')
      }
      seen.push(groupId)
      if (seen.includes('good') && seen.includes('bad')) done.resolve()
      return 'done'
    })
    await queue.enqueue(job('bad'))
    await queue.enqueue(job('good'))
    await done.promise
    expect(seen).toEqual(['good', 'bad'])
  })

  it('steps again through a job that waited, and does not let it hold up other jobs', async () => {
    let waits = 3
    const seen: string[] = []
    const done = Promise.withResolvers<void>()
    const queue = await open(async ({ groupId, session = '' }) => {
      if (session === 'waits' && waits > 0) {
        waits -= 1
        return { afterMs: 20 }
      }
      seen.push(`${groupId} ${session}`)
      if (seen.length === 3) done.resolve()
      return 'done'
    })
    const sessions: [string, string][] = [
      ['a', 'waits'],
      ['a', 'goes on'],
      ['b', 'goes on'],
    ]
    for (const [groupId, session] of sessions) await queue.enqueue({ kind: 'delete-session', groupId, session })
    await done.promise
    expect(seen.toSorted()).toEqual(['a goes on', 'a waits', 'b goes on'])
    expect(seen.at(-1)).toBe('a waits')
  })

  it('steps at least once more through a job that is enqueued while its last step is under way', async () => {
    const begun = Promise.withResolvers<void>()
    const enqueued = Promise.withResolvers<void>()
    const done = Promise.withResolvers<void>()
    let steps = 0
    const queue = await open(async () => {
      steps += 1
      if (steps === 2) done.resolve()
      begun.resolve()
      await enqueued.promise
      return 'done'
    })
    await queue.enqueue(job('a'))
    await begun.promise
    await queue.enqueue(job('a'))
    enqueued.resolve()
    await done.promise
    expect(steps).toBe(2)
  })
}
