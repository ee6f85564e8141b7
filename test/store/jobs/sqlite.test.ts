import { DatabaseSync } from 'node:sqlite'
import { describe, expect, it } from 'vitest'
import type { Job, JobStep } from '../../../store/jobs/job-queue.ts'
import { createJobTables, sqliteJobQueue } from '../../../store/jobs/sqlite.ts'
import { job, jobQueueContract } from './job-queue-contract.ts'

/** Longer than any test. */
const FOR_EVER_MS = 1_000_000

function open(step: JobStep, db = new DatabaseSync(':memory:')) {
  createJobTables(db)
  return sqliteJobQueue(db, { step, onError: () => {}, retryMs: 1 })
}

function rowsOf(db: DatabaseSync): number {
  return Number(db.prepare('SELECT count(*) AS n FROM jobs').get()?.['n'])
}

/** Resolves when as many steps as are given have begun. */
function counting(count: number) {
  const reached = Promise.withResolvers<void>()
  const seen: string[] = []
  return {
    seen,
    reached: reached.promise,
    add(text: string) {
      seen.push(text)
      if (seen.length === count) reached.resolve()
    },
  }
}

const session = (groupId: string, name: string): Job => ({ kind: 'delete-session', groupId, session: name })

describe('the job queue in SQLite', () => {
  jobQueueContract(async (step) => open(step))

  it('takes up the first job of a process that began with none', async () => {
    const done = Promise.withResolvers<string>()
    const queue = open(async ({ groupId }) => {
      done.resolve(groupId)
      return 'done'
    })
    queue.start()
    queue.enqueue(job('a'))
    expect(await done.promise).toBe('a')
  })

  it.each<[string, Awaited<ReturnType<JobStep>> | 'fails']>([
    ['that had begun', 'more'],
    ['that waited', { afterMs: FOR_EVER_MS }],
    ['that failed', 'fails'],
  ])('goes on with a job %s when an earlier process left it', async (_, progress) => {
    const db = new DatabaseSync(':memory:')
    const stepped = Promise.withResolvers<void>()
    const first = open(async () => {
      stepped.resolve()
      if (progress === 'fails') throw new Error('not now')
      return progress
    }, db)
    first.enqueue(session('a', 's'))
    await stepped.promise
    await first.close()

    const done = Promise.withResolvers<Job>()
    const second = open(async (stepped) => {
      done.resolve(stepped)
      return 'done'
    }, db)
    second.start()
    expect(await done.promise).toEqual(session('a', 's'))
    await second.close()
    expect(rowsOf(db)).toBe(0)
  })

  it('steps through jobs of different groups in turns, one step at a time, and through those of a group in order', async () => {
    const { seen, reached, add } = counting(8)
    let underWay = 0
    const left = new Map<string, number>()
    const queue = open(async ({ groupId, session = '' }) => {
      underWay += 1
      expect(underWay).toBe(1)
      await new Promise(setImmediate)
      underWay -= 1
      const key = `${groupId}${session}`
      left.set(key, (left.get(key) ?? 2) - 1)
      add(key)
      return left.get(key) === 0 ? 'done' : 'more'
    })
    for (const [groupId, name] of ['a1', 'a2', 'b1', 'c1']) queue.enqueue(session(groupId ?? '', name ?? ''))
    await reached
    expect(seen).toEqual(['a1', 'b1', 'c1', 'a1', 'b1', 'c1', 'a2', 'a2'])
  })

  it('lets other work in between the steps of a job', async () => {
    const stop = Promise.withResolvers<void>()
    let isStopped = false
    const queue = open(async () => (isStopped ? 'done' : 'more'))
    queue.enqueue(job('a'))
    setTimeout(() => {
      isStopped = true
      stop.resolve()
    }, 1)
    await stop.promise
    await queue.close()
  })

  it('keeps a job that is enqueued again once', async () => {
    const db = new DatabaseSync(':memory:')
    const queue = open(async () => ({ afterMs: FOR_EVER_MS }), db)
    for (let i = 0; i < 3; i++) queue.enqueue(job('a'))
    queue.enqueue(session('a', 's'))
    expect(rowsOf(db)).toBe(2)
    await queue.close()
  })

  it('makes a job that waits go on when it is enqueued again', async () => {
    const { reached, add } = counting(2)
    const waits = Promise.withResolvers<void>()
    const queue = open(async () => {
      add('step')
      setImmediate(waits.resolve)
      return { afterMs: FOR_EVER_MS }
    })
    queue.enqueue(job('a'))
    await waits.promise
    queue.enqueue(job('a'))
    await reached
    await queue.close()
  })

  it('ends the waits of a group when it is woken, and of no other', async () => {
    const { seen, reached, add } = counting(3)
    const wait = Promise.withResolvers<void>()
    const queue = open(async ({ groupId }) => {
      add(groupId)
      if (seen.length === 2) setImmediate(wait.resolve)
      return { afterMs: FOR_EVER_MS }
    })
    queue.enqueue(job('a'))
    queue.enqueue(job('b'))
    await wait.promise
    queue.wake('b')
    await reached
    expect(seen).toEqual(['a', 'b', 'b'])
    await queue.close()
  })

  it('lets the next of a group begin at once when one ends', async () => {
    let turn = 'first'
    const done = Promise.withResolvers<void>()
    const queue = open(async ({ session }) => {
      if (session !== turn) return { afterMs: FOR_EVER_MS }
      if (turn === 'second') done.resolve()
      turn = 'second'
      return 'done'
    })
    queue.enqueue(session('a', 'second'))
    queue.enqueue(session('a', 'first'))
    await done.promise
    await queue.close()
  })
})
