import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { SEED } from '../seed.ts'
import { type Client, makeClient, NoAnswer } from './kill/client.ts'
import { type Ledger, makeLedger } from './kill/ledger.ts'
import { keyOf } from './kill/record-model.ts'
import { listIdentifiers, readHistory, readOnline } from './kill/stored.ts'
import { GROUP, GROUP_REQUEST, type Random, randomBelow, writeUntilGone } from './kill/writer.ts'
import { type ServerProcess, startServerProcess } from './server-process.ts'

const ROUNDS = Number(process.env['CAIRN_KILL_ROUNDS'] ?? 15)
const WRITERS = 8
const MAX_UNDER_LOAD_MS = 400
const MAX_START_MS = 600
const ROUND_MS = 20_000

describe(`the data directory (seed ${SEED})`, () => {
  let directory: string
  const running = new Set<ServerProcess>()

  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), 'cairn-kill-'))
  })

  afterEach(async () => {
    for (const server of running) server.kill('SIGKILL')
    await Promise.all([...running].map((server) => server.ended))
    running.clear()
    await rm(directory, { recursive: true })
  })

  function launch(...options: string[]): ServerProcess {
    const server = startServerProcess(directory, '--log-level', 'warn', ...options)
    running.add(server)
    server.ended.then(() => running.delete(server))
    return server
  }

  async function start(...options: string[]) {
    const server = launch(...options)
    const { port } = await server.ready
    return { server, client: makeClient(port) }
  }

  async function kill(server: ServerProcess): Promise<void> {
    server.kill('SIGKILL')
    expect(await server.ended).toEqual({ code: null, signal: 'SIGKILL' })
  }

  it.each([
    { name: 'while rows wait in the log', options: [] },
    { name: 'while rows move into the table', options: ['--commit-seconds', '0'] },
  ])(
    `holds what was acknowledged, once, after each of ${ROUNDS} kills under load $name`,
    async ({ options }) => {
      const random = randomBelow(SEED)
      const ledger = makeLedger()
      let number = 0
      let acknowledged = 0
      const first = await start(...options)
      expect(await first.client.call('CreateFeatureGroup', GROUP_REQUEST)).toMatchObject({ status: 200 })
      await kill(first.server)

      for (let round = 1; round <= ROUNDS; round++) {
        if (random(3) === 0) await killWhileStarting(random)
        const { server, client } = await start(...options)
        await expectStored(ledger, client, `round ${round} of seed ${SEED}`)
        const writers = Array.from({ length: WRITERS }, (_, index) =>
          writeUntilGone({ name: `own ${index}`, client, ledger, random, nextNumber: () => ++number }),
        )
        await pause(random(MAX_UNDER_LOAD_MS))
        await kill(server)
        for (const count of await Promise.all(writers)) acknowledged += count
        client.close()
      }
      const { client, server } = await start()
      await expectStored(ledger, client, `the end of seed ${SEED}`)
      expect(acknowledged).toBeGreaterThan(ROUNDS)
      process.stderr.write(`killed ${ROUNDS} times, ${acknowledged} requests acknowledged, seed ${SEED}\n`)
      client.close()
      await kill(server)
    },
    60_000 + ROUNDS * ROUND_MS,
  )

  async function killWhileStarting(random: Random): Promise<void> {
    const server = launch()
    await pause(random(MAX_START_MS))
    await kill(server)
  }

  async function expectStored(ledger: Ledger, client: Client, when: string): Promise<void> {
    const history = await readHistory(directory)
    const logged = new Set(history.map(keyOf))
    expect(history.length, `${when}: rows that are there twice`).toBe(logged.size)
    expect(
      ledger.settle((key) => logged.has(key)),
      `${when}: requests that are there in part`,
    ).toEqual([])
    const rows = new Map(ledger.rows().map((row) => [keyOf(row), row]))
    expect(new Map(history.map((row) => [keyOf(row), row])), `${when}: the history`).toEqual(rows)

    const records = [...ledger.records()].filter(([, held]) => held !== undefined)
    const live = records.flatMap(([identifier, held]) =>
      held?.isDeleted === false
        ? [[identifier, { timeText: held.time.text, value: held.value, kept: held.kept }] as const]
        : [],
    )
    expect(await readOnline(client), `${when}: the online store`).toEqual(new Map(live))
    const identifiers = records.map(([identifier]) => identifier).sort()
    expect((await listIdentifiers(client, true)).sort(), `${when}: records and tombstones`).toEqual(identifiers)
  }

  it('is refused to a second server while the first one runs', async () => {
    const { server, client } = await start()
    const second = launch()
    expect(await second.ended).toEqual({ code: 1, signal: null })
    expect(second.stderr()).toContain(`the data directory ${directory} is in use by another server`)
    await expect(second.ready).rejects.toThrow('in use by another server')
    expect((await client.call('ListFeatureGroups', {})).status).toBe(200)
    client.close()
    await kill(server)
  })

  it('holds every request that was answered before a SIGTERM under load, and no connection drops one', async () => {
    const random = randomBelow(SEED)
    const { server, client } = await start()
    await client.call('CreateFeatureGroup', GROUP_REQUEST)
    const answered: string[] = []
    const failed: { identifier: string; error: NoAnswer }[] = []
    const writers = Array.from({ length: WRITERS * 2 }, async (_, writer) => {
      for (let count = 0; ; count++) {
        const identifier = `${writer}/${count}`
        try {
          expect(await client.call('PutRecord', put(identifier))).toMatchObject({ status: 200 })
          answered.push(identifier)
        } catch (error) {
          if (!(error instanceof NoAnswer)) throw error
          failed.push({ identifier, error })
          return
        }
      }
    })
    await pause(100 + random(MAX_UNDER_LOAD_MS))
    server.kill('SIGTERM')
    expect(await server.ended).toEqual({ code: 0, signal: null })
    await Promise.all(writers)
    client.close()
    expect(failed.filter(({ error }) => error.isReused)).toEqual([])

    const again = await start()
    expect([...(await readOnline(again.client)).keys()].sort()).toEqual(answered.sort())
    expect((await readHistory(directory)).map((row) => row.identifier).sort()).toEqual(answered)
    again.client.close()
    await kill(again.server)
  })
})

function put(identifier: string) {
  const Record = [
    { FeatureName: 'id', ValueAsString: identifier },
    { FeatureName: 'time', ValueAsString: '1' },
    { FeatureName: 'value', ValueAsString: identifier },
    { FeatureName: 'kept', ValueAsString: identifier },
  ]
  return { FeatureGroupName: GROUP, Record }
}
