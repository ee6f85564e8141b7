import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { dataPaths } from '../../local/data-directory.ts'
import { localHistoryReplay } from '../../local/history-replay.ts'
import { restoreStep } from '../../store/jobs/restore-step.ts'
import { getRestore } from '../../store/operations/get-restore.ts'
import { toPut } from '../../store/operations/put-record.ts'
import { startRestore } from '../../store/operations/start-restore.ts'
import { GROUP, openRestoredStore, type RestoredStore } from './restore/restored-store.ts'

const RECORDS = 2_500
const RUNS = 25

let directory: string
let store: RestoredStore
let groupId: string
let before: unknown
let clock = Date.parse('2026-03-01T00:00:00Z')
const now = () => clock++

beforeAll(async () => {
  directory = mkdtempSync(join(tmpdir(), 'cairn-crashes-'))
  store = await openRestoredStore(directory, { now })
  await store.createGroup()
  const group = await store.stores.catalog.get(GROUP)
  if (group === undefined) throw new Error('the group is not there')
  groupId = group.groupId
  const puts = Array.from({ length: RECORDS }, (_, i) => {
    const values = { Id: `r${i}`, At: '2026-01-01T00:00:00Z' }
    const Record = Object.entries(values).map(([FeatureName, ValueAsString]) => ({ FeatureName, ValueAsString }))
    return toPut(group, { Record }, now())
  })
  await store.stores.writer.write(puts)
  await store.deleteWhere('soft', { filter: [['like', 'Id', 'r2*']] })
  await store.deleteWhere('hard', { filter: [['like', 'Id', 'r1*']], mode: 'hard' })
  await store.history.flush()
  before = await store.live()
})
afterAll(async () => {
  await store.close()
  rmSync(directory, { recursive: true })
})

class Crash extends Error {}

/** Each method of a port, that crashes before or after it does its work when the next number says so. */
function crashing<Port extends object>(port: Port, isCrash: () => boolean): Port {
  return new Proxy(port, {
    get(target, name) {
      const method: unknown = Reflect.get(target, name)
      if (typeof method !== 'function') return method
      return async (...args: unknown[]) => {
        if (isCrash()) throw new Crash()
        const answer: unknown = await method.apply(target, args)
        if (isCrash()) throw new Crash()
        return answer
      }
    },
  })
}

describe('a restore whose worker is killed again and again', () => {
  it('ends with the records that were online before, wherever that was', async () => {
    const crashes = fc.infiniteStream(fc.integer({ min: 0, max: 5 }).map((number) => number === 0))
    await fc.assert(
      fc.asyncProperty(crashes, fc.boolean(), async (stream, doesReplace) => {
        if (!doesReplace) await store.lose()
        const held = { ...store.stores, jobs: { enqueue: () => {} } }
        const request = { FeatureGroupName: GROUP, Replace: doesReplace }
        const { RestoreId } = await startRestore(held, request, { actor: 'test' })
        const isCrash = () => stream.next().value
        for (let progress: unknown; progress !== 'done'; ) {
          // A worker that starts again knows nothing.
          const replay = localHistoryReplay({ ...dataPaths(directory), flush: store.history.flush })
          const stores = {
            ...store.stores,
            restorations: crashing(store.stores.restorations, isCrash),
            writer: crashing(store.stores.writer, isCrash),
            replay: crashing(replay, isCrash),
          }
          progress = await restoreStep(stores, { kind: 'restore', groupId, session: RestoreId }).catch((error) => {
            if (!(error instanceof Crash)) throw error
          })
        }
        expect(await store.live()).toEqual(before)
        const ended = await getRestore(store.stores, RestoreId)
        expect(ended).toMatchObject({ Status: 'Completed', Error: null })
        const { RowsRead, RecordsWritten, Tombstones, RecordsKept, RecordsExpired } = ended
        expect(RowsRead).toBe(ended.RowsTotal)
        expect(RecordsWritten + Tombstones + RecordsKept + RecordsExpired).toBe(RowsRead)
        expect(readdirSync(join(directory, 'restores'))).toEqual([])
      }),
      { numRuns: RUNS, endOnFailure: true },
    )
  }, 120_000)
})
