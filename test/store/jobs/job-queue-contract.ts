import { expect, it } from 'vitest'
import type { Job, JobQueue, JobStep } from '../../../store/jobs/job-queue.ts'

const job = (groupId: string): Job => ({ kind: 'group-cleanup', groupId })

/** What every job queue does, whatever it is made of. `open` gives one that calls `step`. */
export function jobQueueContract(open: (step: JobStep) => Promise<JobQueue>): void {
  it('steps through a job until no other step is needed', async () => {
    let left = 5
    const done = Promise.withResolvers<void>()
    const queue = await open(async (stepped) => {
      expect(stepped).toEqual(job('a'))
      left -= 1
      if (left === 0) done.resolve()
      return left > 0
    })
    await queue.enqueue(job('a'))
    await done.promise
    expect(left).toBe(0)
  })

  it('does every job', async () => {
    const seen = new Set<string>()
    const done = Promise.withResolvers<void>()
    const queue = await open(async ({ groupId }) => {
      seen.add(groupId)
      if (seen.size === 20) done.resolve()
      return false
    })
    for (let i = 0; i < 20; i++) await queue.enqueue(job(`group ${i}`))
    await done.promise
    expect(seen.size).toBe(20)
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
      return false
    })
    await queue.enqueue(job('bad'))
    await queue.enqueue(job('good'))
    await done.promise
    expect(seen).toEqual(['good', 'bad'])
  })
}
