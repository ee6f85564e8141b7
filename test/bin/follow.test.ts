import { appendFileSync, existsSync, mkdirSync, readFileSync, renameSync, truncateSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { describe, expect, it } from 'vitest'
import { SEED, seededRandom } from '../seed.ts'
import { cairn, startCairn } from './running-cairn.ts'
import { readStored } from './stored-rows.ts'
import { temporaryDirectory } from './temporary-directory.ts'

const AT = '2026-01-01T00:00:00Z'
const HEADER = 'id,at,n\n'
const MAX_WAIT_MS = 50_000

/** A data directory with the group `g`, a directory to follow, and commands on them. */
async function prepare() {
  const data = temporaryDirectory()
  const cwd = temporaryDirectory()
  const seed = ['-', '--format', 'csv', '--group', 'g', '--create', '--id', 'id', '--event-time', 'at', '--data', data]
  expect((await cairn(['ingest', ...seed], { cwd, stdin: `${HEADER}seed,${AT},0\n` })).stderr).toBe('')
  const args = (place: string) => ['ingest', '--follow', place, '--group', 'g', '--data', data]
  return {
    data,
    cwd,
    start: (place: string, ...more: string[]) => startCairn([...args(place), ...more], { cwd }),
    /** Each record's `n` by identifier, without the seed. */
    records: () => storedIn(data),
    refused: (name: string) => distinctRefusals(join(cwd, `${name}.refused.jsonl`)),
  }
}

async function storedIn(dataDirectory: string): Promise<{ online: Map<string, string>; history: string[] }> {
  const { rows } = await readStored(dataDirectory, 'g')
  const sent = rows.map(({ row, online }) => [String(row['id']), online] as const).filter(([id]) => id !== 'seed')
  const values = sent.map(([id, features]) => [id, JSON.parse(features ?? '[]')[2]?.ValueAsString] as const)
  return { online: new Map(values), history: sent.map(([id]) => id) }
}

function distinctRefusals(path: string): Set<string> {
  const lines = existsSync(path) ? readFileSync(path, 'utf8').trimEnd().split('\n') : []
  return new Set(lines.map((line) => JSON.stringify(JSON.parse(line).row)))
}

/** Resolves when it is so; what is waited for comes with other processes, whose pace nobody knows. */
async function until(isSo: () => boolean): Promise<void> {
  const deadline = Date.now() + MAX_WAIT_MS
  while (!isSo()) {
    if (Date.now() > deadline) throw new Error('it did not come')
    await wait(20)
  }
}

function byteOf(checkpoint: string, name: string): number {
  if (!existsSync(checkpoint)) return -1
  return JSON.parse(readFileSync(checkpoint, 'utf8')).files[name]?.byte ?? -1
}

describe('cairn ingest --follow', () => {
  it('takes rows as their lines end, through renaming and truncation, and ends well on SIGTERM', async () => {
    const { cwd, start, records, refused } = await prepare()
    const path = join(cwd, 'in.csv')
    const checkpoint = `${path}.checkpoint`
    writeFileSync(path, `${HEADER}1,${AT},1\n2,${AT},`)
    const { child, finished } = start(path)
    await until(() => byteOf(checkpoint, 'in.csv') === HEADER.length + `1,${AT},1\n`.length)
    appendFileSync(path, `2\n3,${AT},"3`)
    appendFileSync(path, `"\n4,${AT},four\n`)
    const size = readFileSync(path).length
    await until(() => byteOf(checkpoint, 'in.csv') === size)
    appendFileSync(path, `5,${AT},5`)
    renameSync(path, `${path}.1`)
    const renamed = `n,at,id\n6,${AT},6\n`
    writeFileSync(path, renamed)
    await until(() => byteOf(checkpoint, 'in.csv') === renamed.length)
    truncateSync(path)
    const anew = `${HEADER}7,${AT},7\n8,${AT},8\n`
    appendFileSync(path, anew)
    await until(() => byteOf(checkpoint, 'in.csv') === anew.length)
    child.kill('SIGTERM')
    const { status, stdout, stderr } = await finished
    expect(stdout).toMatch(/^8 rows read, 7 written, 1 refused in /)
    expect(stderr).toBe('cairn: refused rows and the reasons are in in.csv.refused.jsonl\n')
    expect(status).toBe(2)
    expect([...refused('in.csv')]).toEqual([JSON.stringify({ id: '4', at: AT, n: 'four' })])
    const pairs = [1, 2, 3, 5, 6, 7, 8].map((n) => [String(n), String(n)] as [string, string])
    expect((await records()).online).toEqual(new Map(pairs))
  })

  it('goes on where it was, in a file that was renamed while it was away too', async () => {
    const { cwd, start, records } = await prepare()
    const path = join(cwd, 'in.jsonl')
    const row = (id: number) => `{"id":${id},"at":"${AT}","n":${id}}\n`
    const followTo = async (byte: number) => {
      const { child, finished } = start(path)
      await until(() => byteOf(`${path}.checkpoint`, 'in.jsonl') === byte)
      child.kill('SIGINT')
      expect(await finished).toMatchObject({ status: 0, stderr: '' })
    }
    writeFileSync(path, row(1))
    await followTo(row(1).length)
    appendFileSync(path, row(2))
    renameSync(path, `${path}.1`)
    writeFileSync(path, row(3) + row(4) + row(5))
    await followTo(row(1).length * 3)
    expect((await records()).history.toSorted()).toEqual(['1', '2', '3', '4', '5'])
  })

  it('takes the files of a directory, each once, and the last line of one that rests', async () => {
    const { cwd, start, records, refused } = await prepare()
    const directory = join(cwd, 'inbox')
    mkdirSync(directory)
    writeFileSync(join(directory, 'a.csv'), `${HEADER}1,${AT},1\n`)
    writeFileSync(join(directory, 'notes.txt'), 'nothing\n')
    const checkpoint = join(directory, '.cairn-checkpoint')
    const { child, finished } = start(directory)
    await until(() => byteOf(checkpoint, 'a.csv') > 0)
    const events = `{"FeatureGroupName":"g","Record":{"id":2,"at":"${AT}","n":2}}\n{"id":3}`
    writeFileSync(join(directory, 'b.jsonl'), events)
    await until(() => byteOf(checkpoint, 'b.jsonl') === events.length)
    child.kill('SIGTERM')
    expect((await finished).stdout).toMatch(/^3 rows read, 2 written, 1 refused in /)
    expect([...refused('inbox')]).toEqual(['{"id":3}'])
    const again = start(directory)
    writeFileSync(join(directory, 'c.csv'), `${HEADER}4,${AT},4\n`)
    await until(() => byteOf(checkpoint, 'c.csv') > 0)
    again.child.kill('SIGTERM')
    expect((await again.finished).stdout).toMatch(/^1 rows read, 1 written, 0 refused in /)
    expect((await records()).history.toSorted()).toEqual(['1', '2', '4'])
  })

  it('reads a pipe to its end, whatever its parts are', async () => {
    const { start, records } = await prepare()
    const { child, finished } = start('-', '--format', 'csv')
    const text = `${HEADER}1,${AT},1\n2,${AT},"2"\n3,${AT},3`
    for (const part of text.match(/.{1,7}/gs) ?? []) {
      child.stdin?.write(part)
      await wait(5)
    }
    child.stdin?.end()
    expect(await finished).toMatchObject({ status: 0, stderr: '' })
    expect((await records()).history.toSorted()).toEqual(['1', '2', '3'])
  })

  it.each([
    [['-'], 'give --format csv'],
    [['x.csv', '--create', '--id', 'id', '--event-time', 'at'], 'make the group first'],
    [['-', '--format', 'csv', '--checkpoint', 'c'], 'a pipe cannot be read again'],
    [['.', '--refused', './r.jsonl'], 'would be read as well'],
  ])('says what is wrong: %j', async (args, message) => {
    const { cwd, data } = await prepare()
    const run = await cairn(['ingest', '--follow', ...args, '--group', 'g', '--data', data], { cwd })
    expect(run.status).toBe(1)
    expect(run.stderr).toContain(message)
  })

  it(`adds up to the row after kills, with rows added and the file renamed meanwhile (seed ${SEED})`, async () => {
    const random = seededRandom(SEED)
    const { cwd, start, records, refused } = await prepare()
    const path = join(cwd, 'in.csv')
    const checkpoint = `${path}.checkpoint`
    const good = new Map<string, string>()
    let bad = 0
    let next = 0
    const rows = (count: number) => {
      let text = ''
      for (const end = next + count; next < end; next++) {
        const isBad = random() < 0.02
        if (isBad) bad += 1
        else good.set(String(next), String(next % 97))
        text += `${next},${AT},${isBad ? 'bad' : next % 97}\n`
      }
      return text
    }
    writeFileSync(path, HEADER + rows(60_000))
    for (let round = 0; round < 5; round++) {
      const { child, finished } = start(path)
      const from = byteOf(checkpoint, 'in.csv')
      if (round % 2 === 0) await until(() => byteOf(checkpoint, 'in.csv') !== from)
      appendFileSync(path, rows(5_000))
      await wait(random() * 150)
      child.kill('SIGKILL')
      await finished
      if (round === 2) {
        renameSync(path, `${path}.1`)
        writeFileSync(path, HEADER + rows(20_000))
      }
    }
    const { child, finished } = start(path)
    await until(() => byteOf(checkpoint, 'in.csv') === readFileSync(path).length)
    child.kill('SIGTERM')
    await finished
    const { online, history } = await records()
    expect(online).toEqual(good)
    expect(new Set(history)).toEqual(new Set(good.keys()))
    expect(refused('in.csv').size).toBe(bad)
  })
})
