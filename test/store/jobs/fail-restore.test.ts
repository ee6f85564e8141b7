import { DatabaseSync } from 'node:sqlite'
import { beforeEach, describe, expect, it } from 'vitest'
import { ApiError } from '../../../store/api-error.ts'
import { createRestorationTables, sqliteRestorations } from '../../../store/catalog/restorations-sqlite.ts'
import { failRestore } from '../../../store/jobs/fail-restore.ts'
import type { Job } from '../../../store/jobs/job-queue.ts'
import type { Restoration, RestorePhase } from '../../../store/restores/restoration.ts'
import { restoration } from '../catalog/restorations-contract.ts'

const JOB: Job = { kind: 'restore', groupId: 'id-of-orders', session: 'a' }
const AWAY = new ApiError('ServiceUnavailable', 'could not read a file in S3; try again')
const NOW = 1_800_000_000_000

let restorations: ReturnType<typeof sqliteRestorations>
let queued: Job[]
beforeEach(() => {
  const db = new DatabaseSync(':memory:')
  createRestorationTables(db)
  restorations = sqliteRestorations(db)
  queued = []
})

const fail = (error: unknown = AWAY, stores: Partial<typeof restorations> = {}) =>
  failRestore(
    { restorations: { ...restorations, ...stores }, jobs: { enqueue: (job) => void queued.push(job) }, now: () => NOW },
    JOB,
    error,
  )

function create(more: Partial<Restoration>): void {
  restorations.create(restoration('a', more))
}

describe('a restore whose job has failed for good', () => {
  it.each<RestorePhase>([
    'wait',
    'survey',
    'extract',
    'evict',
    'replay',
  ])('in the phase %s goes on to remove what was extracted, with the reason', async (phase) => {
    create({ phase })
    await fail()
    expect(restorations.get('a')).toMatchObject({
      phase: 'tidy',
      status: 'Processing',
      error: AWAY.message,
      revision: 2,
    })
    expect(queued).toEqual([JOB])
  })

  it('ends when not even that can be done, as it would have', async () => {
    create({ phase: 'tidy', error: 'why it failed' })
    await fail()
    expect(restorations.get('a')).toMatchObject({ status: 'Failed', error: 'why it failed', endedAt: NOW })
    expect(restorations.current('id-of-orders')).toBeUndefined()
    expect(queued).toEqual([])
  })

  it('is completed when all it wanted was to remove what was extracted', async () => {
    create({ phase: 'tidy' })
    await fail()
    expect(restorations.get('a')).toMatchObject({ status: 'Completed', endedAt: NOW })
  })

  it('says nothing of an error that is not of the API', async () => {
    create({ phase: 'replay' })
    await fail(new SyntaxError('Unexpected token in "a value"'))
    expect(restorations.get('a')?.error).toMatch(/^internal error: the log/)
  })

  it('stays what it is when it has ended, or is none', async () => {
    create({ status: 'Completed', endedAt: 1 })
    await fail()
    expect(restorations.get('a')).toMatchObject({ status: 'Completed', endedAt: 1, revision: 1 })
    await failRestore(
      { restorations, jobs: { enqueue: (job) => void queued.push(job) }, now: () => NOW },
      { ...JOB, session: 'b' },
      AWAY,
    )
    expect(queued).toEqual([])
  })

  it('is failed though another worker has moved it on', async () => {
    create({ phase: 'evict' })
    let overtakings = 2
    const get = (id: string) => {
      const found = restorations.get(id)
      if (found !== undefined && overtakings-- > 0) restorations.replace({ ...found, revision: found.revision + 1 })
      return found
    }
    await fail(AWAY, { get })
    expect(restorations.get('a')).toMatchObject({ phase: 'tidy', error: AWAY.message, revision: 4 })
    expect(queued).toEqual([JOB])
  })
})
