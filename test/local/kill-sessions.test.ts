import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { SEED } from '../seed.ts'
import { makeClient } from './kill/client.ts'
import { keyOf } from './kill/record-model.ts'
import { listIdentifiers, readHistory } from './kill/stored.ts'
import { GROUP, GROUP_REQUEST, randomBelow } from './kill/writer.ts'
import { type ServerProcess, startServerProcess } from './server-process.ts'

const ROUNDS = Number(process.env['CAIRN_SESSION_KILL_ROUNDS'] ?? 12)
const KILLS_PER_SESSION = 3
const VICTIMS = 1_200
const SURVIVORS = 50
const MAX_UNDER_WAY_MS = 250
const ROUND_MS = 60_000
/** What a batch may have. */
const ENTRIES = 25

type Kind = 'soft' | 'hard' | 'erase' | 'undo'
const KINDS: readonly Kind[] = ['soft', 'hard', 'erase', 'undo']

/** What the history has of a record of each kind of session, in rows that tell a version and a deletion. */
const HISTORY: Record<Kind, string[]> = {
  soft: ['version', 'deletion'],
  hard: ['version', 'deletion'],
  erase: [],
  undo: ['version', 'deletion', 'version'],
}

describe(`a delete session (seed ${SEED})`, () => {
  let directory: string
  let server: ServerProcess
  let url: string
  let client: ReturnType<typeof makeClient>

  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), 'cairn-kill-sessions-'))
    await start()
  })

  afterEach(async () => {
    await kill()
    await rm(directory, { recursive: true })
  })

  async function start(...options: string[]): Promise<void> {
    server = startServerProcess(directory, '--log-level', 'warn', ...options)
    const { port, url: at } = await server.ready
    url = at
    client = makeClient(port)
  }

  async function kill(): Promise<void> {
    client.close()
    server.kill('SIGKILL')
    expect(await server.ended).toEqual({ code: null, signal: 'SIGKILL' })
  }

  async function write(identifiers: string[], kept: string): Promise<void> {
    for (let at = 0; at < identifiers.length; at += ENTRIES) {
      const Entries = identifiers
        .slice(at, at + ENTRIES)
        .map((id) => ({ FeatureGroupName: GROUP, Record: record(id, kept) }))
      const { body } = await client.call('BatchWriteRecord', { Entries })
      expect(body).toBe('{"Errors":[],"UnprocessedEntries":[]}')
    }
  }

  async function post(path: string, body: object): Promise<void> {
    const answer = await fetch(`${url}/delete${path}`, { method: 'POST', body: JSON.stringify(body) })
    expect({ status: answer.status, body: await answer.text() }).toMatchObject({ status: 200 })
  }

  async function statusOf(name: string) {
    return (await (await fetch(`${url}/delete/${name}`)).json()) as { [member: string]: unknown }
  }

  /** Kills the server again and again while the session runs, then lets it end. */
  async function runThroughKills(name: string, random: (below: number) => number) {
    let interrupted = 0
    for (let kills = 0; kills < KILLS_PER_SESSION; kills++) {
      await pause(random(MAX_UNDER_WAY_MS))
      const { status } = await statusOf(name)
      if (status === 'processing' || status === 'undoing') interrupted += 1
      await kill()
      await start(...(random(2) === 0 ? ['--commit-seconds', '0'] : []))
    }
    for (;;) {
      const session = await statusOf(name)
      if (session['status'] !== 'processing' && session['status'] !== 'undoing') return { session, interrupted }
      await pause(20)
    }
  }

  it(
    `ends with the right counts and both stores agree, in each of ${ROUNDS} rounds with ${KILLS_PER_SESSION} kills`,
    async () => {
      const random = randomBelow(SEED)
      const live = new Set<string>()
      const expected = new Map<string, string[]>()
      let interrupted = 0
      expect(await client.call('CreateFeatureGroup', GROUP_REQUEST)).toMatchObject({ status: 200 })
      for (let round = 0; round < ROUNDS; round++) {
        const kind = KINDS[round % KINDS.length] ?? 'soft'
        const told = `round ${round}, ${kind}, seed ${SEED}`
        const name = `s${round}`
        const victims = names(`r${round}-v`, VICTIMS)
        const survivors = names(`r${round}-s`, SURVIVORS)
        await write(victims, 'gone')
        await write(survivors, 'stays')
        const filter = [
          ['like', 'id', `r${round}-*`],
          ['=', 'kept', 'gone'],
        ]
        await post('', { session: name, table: GROUP, filter, mode: kind === 'undo' ? 'soft' : kind })
        const ran = await runThroughKills(name, random)
        const counts = { matched: VICTIMS, deleted: VICTIMS, conflicts: 0, later: 0 }
        expect(ran.session, told).toMatchObject({ status: 'completed', ...counts, restored: 0 })
        interrupted += ran.interrupted
        if (kind === 'undo') {
          await post(`/${name}/undo`, {})
          const undone = await runThroughKills(name, random)
          expect(undone.session, told).toMatchObject({ status: 'undone', ...counts, restored: VICTIMS })
          interrupted += undone.interrupted
        }
        for (const id of kind === 'undo' ? [...victims, ...survivors] : survivors) live.add(id)
        for (const id of victims) expected.set(id, HISTORY[kind])
        for (const id of survivors) expected.set(id, ['version'])
        expect((await listIdentifiers(client, false)).sort(), told).toEqual([...live].sort())
        expect(await storedHistory(), told).toEqual(wanted(expected))
      }
      expect(interrupted).toBeGreaterThan(0)
      process.stderr.write(`${interrupted} of the kills met a session under way, seed ${SEED}\n`)
    },
    30_000 + ROUNDS * ROUND_MS,
  )

  /** Every row, those that are there twice told twice. */
  async function storedHistory(): Promise<string[]> {
    return (await readHistory(directory)).map((row) => keyOf({ ...row, timeText: '' })).sort()
  }
})

function wanted(expected: Map<string, string[]>): string[] {
  return [...expected]
    .flatMap(([id, rows]) => rows.map((row) => (row === 'version' ? `version ${id}` : `deletion ${id} `)))
    .sort()
}

function names(prefix: string, count: number): string[] {
  return Array.from({ length: count }, (_, index) => `${prefix}${index}`)
}

function record(id: string, kept: string) {
  const values = { id, time: '1700000000', value: id, kept }
  return Object.entries(values).map(([FeatureName, ValueAsString]) => ({ FeatureName, ValueAsString }))
}
