import { DatabaseSync } from 'node:sqlite'
import { describe, expect, it } from 'vitest'
import type { JobStep } from '../../../store/jobs/job-queue.ts'
import { createJobTables, sqliteJobQueue } from '../../../store/jobs/sqlite.ts'
import { jobQueueContract } from './job-queue-contract.ts'

function open(step: JobStep, db = new DatabaseSync(':memory:')) {
  createJobTables(db)
  return sqliteJobQueue(db, { step, onError: () => {}, retryMs: 1 })
}

describe('the job queue in SQLite', () => {
  jobQueueContract(async (step) => open(step))

  it('goes on with a job that an earlier process left', async () => {
    const db = new DatabaseSync(':memory:')
    const stepped = Promise.withResolvers<void>()
    const first = open(async () => {
      stepped.resolve()
      return true
    }, db)
    first.enqueue({ kind: 'group-cleanup', groupId: 'a' })
    await stepped.promise
    await first.close()

    const done = Promise.withResolvers<string>()
    const second = open(async ({ groupId }) => {
      done.resolve(groupId)
      return false
    }, db)
    second.start()
    expect(await done.promise).toBe('a')
    await second.close()
    expect(db.prepare('SELECT count(*) AS n FROM jobs').get()).toEqual({ n: 0 })
  })
})
