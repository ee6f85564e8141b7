import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { BAD_DELETES, type BadDelete, LARGE_DELETES } from './bad-input/bad-deletes.ts'
import { type Answer, exchangeAlone, type KeptConnection, keptConnection } from './bad-input/connection.ts'
import { caller, GROUP, seed, wideRecord } from './bad-input/seeded-store.ts'
import { dumpStore } from './bad-input/store-dump.ts'
import { type ServerProcess, startServerProcess } from './server-process.ts'

const CASES = Number(process.env['CAIRN_BAD_DELETES'] ?? 4_000)
const TEXTS = ['missing', 'invalid', 'type', 'conflict', 'unknown', 'forbidden']

describe('a request to delete that is not valid', () => {
  let server: ServerProcess
  let directory: string
  let port: number
  let connection: KeptConnection
  let before: ReturnType<typeof dumpStore>

  beforeAll(async () => {
    directory = await mkdtemp(join(tmpdir(), 'cairn-bad-deletes-'))
    server = startServerProcess(directory, '--log-level', 'warn')
    port = (await server.ready).port
    const { call, close } = caller(port)
    await seed(call)
    await call('PutRecord', { FeatureGroupName: GROUP.wide, Record: wideRecord('done') })
    close()
    await deleteOne()
    connection = keptConnection(port)
    before = dumpStore(directory)
  })

  afterAll(async () => {
    connection.close()
    server.kill('SIGTERM')
    await server.ended
    await rm(directory, { recursive: true })
  })

  /** A session that has ended, for what is asked of one. */
  async function deleteOne(): Promise<void> {
    const url = `http://127.0.0.1:${port}/delete`
    const body = { session: 'done', table: GROUP.wide, filter: [['=', 'id', 'done']], mode: 'hard' }
    expect((await fetch(url, { method: 'POST', body: JSON.stringify(body) })).status).toBe(200)
    for (;;) {
      const { status, deleted } = (await (await fetch(`${url}/done`)).json()) as { status: string; deleted: number }
      if (status === 'completed') return expect(deleted).toBe(1)
      await pause(10)
    }
  }

  const send = (bad: BadDelete) =>
    bad.isAlone ? exchangeAlone(port, bad.bytes, false) : connection.exchange(bad.bytes)

  it(`is refused in kdb's shape and changes nothing, ${CASES} times`, { timeout: 300_000 }, async () => {
    const kinds = new Set<number>()
    await fc.assert(
      fc.asyncProperty(BAD_DELETES, async (bad) => {
        const answer = await send(bad)
        assertKdbError(answer, bad)
        kinds.add(answer.status)
      }),
      { numRuns: CASES },
    )
    expect([...kinds].sort()).toEqual([400, 403, 404, 405, 409])
    expect(dumpStore(directory)).toEqual(before)
  })

  it.each(LARGE_DELETES)('is refused in the same shape for $kind', async (bad) => {
    assertKdbError(await send(bad), bad)
    expect(dumpStore(directory)).toEqual(before)
  })
})

function assertKdbError({ status, headers, body }: Answer, { kind, bytes, statuses }: BadDelete): void {
  const told = `${kind}: ${bytes.subarray(0, 600).toString('latin1')}\n--> ${status} ${body.slice(0, 600)}`
  expect(statuses, told).toContain(status)
  expect(headers['content-type'], told).toBe('application/json')
  expect(headers['content-length'], told).toBe(String(Buffer.byteLength(body)))
  const { text, details } = JSON.parse(body)
  expect(body, told).toBe(JSON.stringify({ code: String(status), text, details }))
  expect(TEXTS, told).toContain(text)
  expect(details, told).toEqual(expect.any(String))
  expect(details.length, told).toBeGreaterThan(0)
  expect(details.length, told).toBeLessThanOrEqual(2_048)
}
