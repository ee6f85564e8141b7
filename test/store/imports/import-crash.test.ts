import { afterAll, describe, expect, it } from 'vitest'
import { ApiError } from '../../../store/api-error.ts'
import type { ImportStores } from '../../../store/imports/import-stores.ts'
import type { Job } from '../../../store/jobs/job-queue.ts'
import { createTable } from '../../aws/dynalite.ts'
import { startDynamodb } from '../../aws/dynamodb.ts'
import { SEED, seededRandom } from '../../seed.ts'
import { makeModel } from '../events/record-model.ts'
import { type Form, type GeneratedFile, generateFile } from './generated-file.ts'
import { type ImportWorld, openImportWorld } from './import-world.ts'

const dynamodb = await startDynamodb()
const client = dynamodb.client()
const table = await createTable(client)
afterAll(async () => {
  client.destroy()
  await dynamodb.close()
})

const ROUNDS = Number(process.env['CAIRN_IMPORT_CRASH_ROUNDS'] ?? 6)
const FORMS: Form[] = ['csv', 'csv.gz', 'jsonl', 'json.zst', 'parquet', 'parquet.gz']

/** Thrown where a worker is killed. */
const KILLED = new ApiError('ServiceUnavailable', 'the worker was killed')

/** Stores whose calls the worker is killed at: before the call is made, or after it was and before the answer came. */
function killing(stores: ImportStores, isKilledAt: (call: number) => boolean) {
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
  const { imports, objects, jobs, events, writer } = stores
  const through: ImportStores = {
    ...stores,
    imports: {
      create: guarded(imports.create),
      get: guarded(imports.get),
      replace: guarded(imports.replace),
      createPart: guarded(imports.createPart),
      part: guarded(imports.part),
      replacePart: guarded(imports.replacePart),
      parts: guarded(imports.parts),
      removeParts: guarded(imports.removeParts),
    },
    objects: {
      read: guarded(objects.read),
      write: guarded(objects.write),
      removeAll: guarded(objects.removeAll),
    },
    jobs: { enqueue: guarded(jobs.enqueue) },
    events: { ended: guarded(events.ended) },
    writer: { ...writer, write: guarded(writer.write) },
  }
  return { through, calls: () => calls }
}

/** What a file that was imported has to have left. */
async function check(world: ImportWorld, { name, puts, refused }: GeneratedFile): Promise<void> {
  const key = `ingest/g/${name}`
  const result = await world.resultOf(key)
  const { RowsRead, RowsWritten, RowsHistoric, RowsRefused, RefusedRows } = result
  expect({ ...result, RefusedRows: RefusedRows.map(({ Line }) => Line) }).toMatchObject({
    Status: 'Ingested',
    RowsRead: puts.length + refused.length,
    RowsRefused: refused.length,
    RefusedRows: refused,
  })
  expect(RowsWritten + RowsHistoric + RowsRefused).toBe(RowsRead)
  const model = makeModel()
  for (const put of puts) model.apply(put)
  for (const { id } of puts) expect(world.recordOf(id)).toEqual(model.recordOf(id))
  expect([...new Set(world.history())].sort()).toEqual([...new Set(model.history())].sort())
  expect(world.events.at(-1)).toMatchObject({ Key: key, RowsRead, RowsWritten, RowsHistoric, RowsRefused })
}

/** What is thrown by a worker that was killed, or whose stores were not there. */
function isPassing(error: unknown): boolean {
  return error instanceof ApiError && error.code === 'ServiceUnavailable'
}

/** Imports a file with a worker that is killed at those calls; a message whose worker is killed comes again. */
async function play(file: GeneratedFile, isKilledAt: (call: number) => boolean): Promise<number> {
  const world = await openImportWorld({ client, table })
  const { through, calls } = killing(world.stores, isKilledAt)
  const object = world.objects.put(`ingest/g/${file.name}`, file.body)
  const messages: (Job | 'notification')[] = ['notification']
  for (let steps = 0; ; steps++) {
    if (steps > 3_000) throw new Error('the import does not end')
    const message = messages.shift() ?? world.jobs.shift()
    if (message === undefined) break
    try {
      if (message === 'notification') await world.notify(object, through)
      else if ((await world.step(through, message)) !== 'done') messages.unshift(message)
    } catch (error) {
      if (!isPassing(error)) throw error
      messages.unshift(message)
    }
  }
  await check(world, file)
  expect(world.objects.keys()).toEqual([object.key, `${object.key}.result.json`])
  return calls()
}

describe.each(['csv', 'json.zst', 'parquet'] as const)('a file of %s', (form) => {
  it('ends the same wherever its worker is killed once', { timeout: 600_000 }, async () => {
    const file = generateFile(form, 10, seededRandom(SEED + FORMS.indexOf(form) + 1))
    const calls = await play(file, () => false)
    expect(calls).toBeGreaterThan(60)
    for (let at = 1; at <= calls; at++) await play(file, (call) => call === at)
  })
})

describe.each(FORMS)('a file of %s', (form) => {
  it('ends the same when its worker is killed again and again', { timeout: 600_000 }, async () => {
    let kills = 0
    for (let seed = 1; seed <= ROUNDS; seed++) {
      const random = seededRandom(SEED + 1_000 * FORMS.indexOf(form) + seed)
      const file = generateFile(form, 1 + Math.floor(random() * 60), random)
      await play(file, () => {
        const isKilled = random() < 0.04
        if (isKilled) kills += 1
        return isKilled
      })
    }
    expect(kills).toBeGreaterThan(ROUNDS)
  })

  it('ends the same with many workers at once, stores that fail, and messages that come twice', {
    timeout: 600_000,
  }, async () => {
    for (let seed = 1; seed <= ROUNDS; seed++) {
      const random = seededRandom(SEED + 7_000 * FORMS.indexOf(form) + seed)
      const file = generateFile(form, 1 + Math.floor(random() * 80), random)
      const world = await openImportWorld({ client, table, notTaken: 0.05, lost: 0.05, random })
      const stores = { ...world.stores, hasTime: () => form.includes('.') || random() < 0.7 }
      const object = world.objects.put(`ingest/g/${file.name}`, file.body)
      for (let told = 0; told < 3; told++) await world.notify(object)
      for (let turns = 0; world.jobs.length > 0; turns++) {
        if (turns > 3_000) throw new Error('the import does not end')
        const taken = world.jobs.splice(0, 1 + Math.floor(random() * 5))
        if (random() < 0.2) taken.push(...taken.slice(0, 1))
        const left = await Promise.all(
          taken.map(async (job) => {
            try {
              return (await world.step(stores, job)) === 'done' ? [] : [job]
            } catch (error) {
              if (!isPassing(error)) throw error
              return [job]
            }
          }),
        )
        world.jobs.push(...left.flat())
      }
      await check(world, file)
    }
  })
})
