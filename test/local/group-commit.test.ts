import { DatabaseSync } from 'node:sqlite'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { groupCommit } from '../../local/group-commit.ts'
import { type Command, recordTransaction } from '../../local/record-transaction.ts'
import { sqliteLog } from '../../store/offline/sqlite-log.ts'
import { sqliteOnlineStore } from '../../store/online/sqlite.ts'
import { GROUP, put, retract, softDelete } from '../store/online/changes.ts'

/** A writer on a database in memory whose commits are counted, each a turn of the event loop away. */
function open() {
  const db = new DatabaseSync(':memory:')
  const transact = recordTransaction(db)
  const commits: number[] = []
  const errors: Error[] = []
  const commit = async (commands: Command[], now: number) => {
    await new Promise(setImmediate)
    commits.push(commands.length)
    return transact(commands, now)
  }
  const writer = groupCommit(commit, { now: () => 1_000, onError: (error) => errors.push(error) })
  return { db, writer, commits, errors, online: sqliteOnlineStore(db), log: sqliteLog(db) }
}

describe('group commits', () => {
  it('let concurrent requests share a commit', async () => {
    const { writer, commits, log } = open()
    await Promise.all(Array.from({ length: 100 }, (_, i) => writer.write([put(`id ${i}`, 1, 'x')])))
    expect(commits).toEqual([1, 99])
    expect(log.waiting()).toBe(100)
  })

  it('are settled when all that was under way is in the store', async () => {
    const { writer, online } = open()
    const writing = ['a', 'b'].map((identifier) => writer.write([put(identifier, 1, 'x')]))
    await writer.settled()
    expect(['a', 'b'].map((identifier) => online.get(GROUP, identifier, 1_000)?.identifier)).toEqual(['a', 'b'])
    await Promise.all(writing)
  })

  it('answer each request with the outcomes of its own changes', async () => {
    const { writer } = open()
    const requests = [[put('a', 2, 'x')], [put('a', 1, 'y'), put('b', 1, 'y')], [softDelete('b', 5)]]
    const outcomes = await Promise.all(requests.map((changes) => writer.write(changes)))
    expect(outcomes.map((of) => of.map(({ result }) => result))).toEqual([
      ['applied'],
      ['historic', 'applied'],
      ['applied'],
    ])
  })

  it('let no request wait for all that a job writes, and answer the job in its order', async () => {
    const { writer, commits, log } = open()
    const identifiers = Array.from({ length: 1_000 }, (_, i) => `id ${i}`)
    await writer.write(identifiers.map((identifier) => put(identifier, 1, 'x')))
    const victims = identifiers.map((identifier, i) => ({
      ...retract(identifier, i % 2 === 0 ? 1 : 2),
      acceptedAt: 1_000,
    }))
    const ended: string[] = []
    const job = writer.write(victims).finally(() => ended.push('job'))
    await Promise.all([job, writer.write([put('new', 1, 'x')]).finally(() => ended.push('request'))])
    expect(ended).toEqual(['request', 'job'])
    expect((await job).map(({ result }) => result)).toEqual(
      identifiers.map((_, i) => (i % 2 === 0 ? 'applied' : 'stale')),
    )
    expect(commits.length).toBeLessThan(8)
    expect(log.waiting()).toBe(1_501)
  })

  it('leave a request that fails out of both stores, and write the others of its commit', async () => {
    const { writer, errors, online, log } = open()
    const bad = put('bad', 1, 'x')
    const tooLate = { ...bad, version: { ...bad.version, eventTime: 2n ** 70n } }
    const written = await Promise.all([
      writer.write([put('a', 1, 'x')]),
      writer.write([put('b', 1, 'x'), tooLate]),
      writer.write([put('c', 1, 'x')]),
    ])
    expect(written.map((outcomes) => outcomes.map(({ result }) => result))).toEqual([
      ['applied'],
      ['unprocessed', 'unprocessed'],
      ['applied'],
    ])
    expect(errors).toHaveLength(1)
    expect(online.list(GROUP, { limit: 10, includeSoftDeleted: true, now: 0 }).identifiers).toEqual(['a', 'c'])
    expect(log.read(0, 10).map(({ identifier }) => identifier)).toEqual(['a', 'c'])
  })

  it('turn requests away when too many changes wait, and write nothing of them', async () => {
    const { writer, log } = open()
    const batch = Array.from({ length: 10_000 }, (_, i) => put(`id ${i}`, 1, 'x'))
    const written = await Promise.all(Array.from({ length: 8 }, () => writer.write(batch)))
    const results = written.map((outcomes) => outcomes[0]?.result)
    expect(results.filter((result) => result === 'unprocessed').length).toBeGreaterThan(0)
    expect(log.waiting()).toBe(10_000 * results.filter((result) => result === 'applied').length)
  })

  it('make the changes in the order in which they were asked for', async () => {
    const event = fc.record({ id: fc.constantFrom('a', 'b', 'c'), time: fc.integer({ min: 1, max: 5 }) })
    await fc.assert(
      fc.asyncProperty(fc.array(event, { maxLength: 30 }), async (events) => {
        const { writer, log } = open()
        await Promise.all(events.map(({ id, time }, i) => writer.write([put(id, time, String(i))])))
        const logged = log.read(0, 100).map((row) => JSON.parse(row.features ?? '')[1].ValueAsString)
        expect(logged).toEqual(events.map((_, i) => String(i)))
      }),
    )
  })
})
