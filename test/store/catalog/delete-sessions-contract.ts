import { describe, expect, it } from 'vitest'
import type { DeleteSessions, SessionListOptions } from '../../../store/catalog/delete-sessions.ts'
import type { DeleteSession } from '../../../store/deletes/delete-session.ts'

const ACCEPTED = 1_700_000_000_000

/** A session as it is when it was accepted. */
export function deleteSession(name: string, more: Partial<DeleteSession> = {}): DeleteSession {
  return {
    name,
    revision: 1,
    groupId: 'id-of-orders',
    table: 'orders',
    mode: 'soft',
    from: '1700000000000000',
    filter: [['=', 'city', 'Zürich ✓']],
    fingerprint: `fingerprint of ${name}`,
    status: 'processing',
    acceptedAt: ACCEPTED,
    updatedAt: ACCEPTED,
    actor: 'arn:aws:iam::123456789012:user/ada',
    counts: { matched: 0, deleted: 0, conflicts: 0, later: 0, restored: 0 },
    error: [],
    ledger: [{ status: 'processing', at: ACCEPTED, actor: 'arn:aws:iam::123456789012:user/ada' }],
    phase: 'mark',
    cursors: [{ isDone: false }],
    ...more,
  }
}

/** The session after a change. */
function changed(session: DeleteSession, more: Partial<DeleteSession>): DeleteSession {
  return { ...session, revision: session.revision + 1, ...more }
}

/** All pages of a listing. */
async function pagesOf(sessions: DeleteSessions, options: SessionListOptions): Promise<DeleteSession[][]> {
  const pages: DeleteSession[][] = []
  let after: string | undefined
  do {
    const page = await sessions.list({ ...options, ...(after !== undefined && { after }) })
    pages.push(page.sessions)
    after = page.next
  } while (after !== undefined)
  return pages
}

async function namesOf(sessions: DeleteSessions, options: Partial<SessionListOptions> = {}): Promise<string[]> {
  return (await pagesOf(sessions, { limit: 100, ...options })).flat().map(({ name }) => name)
}

type Open = () => Promise<DeleteSessions>

/** What every ledger of delete sessions does. `open` opens an empty one. */
export function deleteSessionsContract(open: Open): void {
  describe('one session', () => sessionContract(open))
  describe('turns', () => turnContract(open))
  describe('lists', () => listContract(open))
  describe('payloads', () => payloadContract(open))
}

function sessionContract(open: Open): void {
  it('gives back a session as it was created', async () => {
    const sessions = await open()
    expect(await sessions.create(deleteSession('a'))).toBe(true)
    expect(await sessions.get('a')).toEqual(deleteSession('a'))
    expect(await sessions.get('A')).toBeUndefined()
    expect(await sessions.get('constructor')).toBeUndefined()
  })

  it('keeps the first of two sessions of one name, in every respect', async () => {
    const sessions = await open()
    const first = deleteSession('a', { turn: '1' })
    await sessions.create(first)
    const second = deleteSession('a', {
      groupId: 'other',
      table: 'other',
      acceptedAt: ACCEPTED + 1,
      turn: '0',
      undoUntil: 1,
    })
    expect(await sessions.create(second)).toBe(false)
    expect(await sessions.get('a')).toEqual(first)
    expect(await namesOf(sessions)).toEqual(['a'])
    expect(await namesOf(sessions, { table: 'other' })).toEqual([])
    expect(await sessions.current('other')).toBeUndefined()
    expect(await sessions.due(ACCEPTED, 10)).toEqual([])
  })

  it('creates one session when many of its name come at once', async () => {
    const sessions = await open()
    const asked = Array.from({ length: 10 }, (_, n) => deleteSession('a', { fingerprint: String(n) }))
    const created = await Promise.all(asked.map((session) => sessions.create(session)))
    expect(created.filter(Boolean)).toHaveLength(1)
    expect(await sessions.get('a')).toEqual(asked[created.indexOf(true)])
  })

  it('replaces a session only on the revision before, and none that does not exist', async () => {
    const sessions = await open()
    const session = deleteSession('a')
    expect(await sessions.replace(changed(session, {}))).toBe(false)
    await sessions.create(session)
    const next = changed(session, { updatedAt: ACCEPTED + 5, cursors: [{ after: 'x', isDone: false }] })
    expect(await sessions.replace(next)).toBe(true)
    expect(await sessions.replace(next)).toBe(false)
    expect(await sessions.replace(changed(changed(next, {}), {}))).toBe(false)
    expect(await sessions.get('a')).toEqual(next)
  })

  it('lets one of many changes win each revision', async () => {
    const sessions = await open()
    await sessions.create(deleteSession('a'))
    let won = 0
    async function count(): Promise<void> {
      for (let own = 0; own < 4; ) {
        const before = await sessions.get('a')
        if (before === undefined) throw new Error('the session is gone')
        const counts = { ...before.counts, matched: before.counts.matched + 1 }
        if (!(await sessions.replace(changed(before, { counts, turn: String(before.revision) })))) continue
        own += 1
        won += 1
      }
    }
    await Promise.all(Array.from({ length: 5 }, count))
    expect(won).toBe(20)
    expect(await sessions.get('a')).toMatchObject({ revision: 21, turn: '20', counts: { matched: 20 } })
  })

  it('lets exactly one of many changes of the same revision win', async () => {
    const sessions = await open()
    const session = deleteSession('a')
    await sessions.create(session)
    const asked = Array.from({ length: 20 }, (_, n) => changed(session, { error: [String(n)], turn: String(n) }))
    const replaced = await Promise.all(asked.map((change) => sessions.replace(change)))
    expect(replaced.filter(Boolean)).toHaveLength(1)
    const winner = asked[replaced.indexOf(true)]
    expect(await sessions.get('a')).toEqual(winner)
    // What others wanted has left nothing: without the winner's turn there is none.
    expect(winner && (await sessions.replace(without(winner, 'turn')))).toBe(true)
    expect(await sessions.current('id-of-orders')).toBeUndefined()
  })
}

/** The session after a change that takes a member away. */
function without(session: DeleteSession, member: 'turn' | 'undoUntil'): DeleteSession {
  const { [member]: _, ...rest } = session
  return { ...rest, revision: session.revision + 1 }
}

function turnContract(open: Open): void {
  it('gives each session of a group its turn, in order, until none is left', async () => {
    const sessions = await open()
    const turns = { second: '0002', first: '0001', third: '0003' }
    for (const [name, turn] of Object.entries(turns)) await sessions.create(deleteSession(name, { turn }))
    await sessions.create(deleteSession('elsewhere', { turn: '0000', groupId: 'id-of-others' }))
    const seen: (string | undefined)[] = []
    for (let name = await sessions.current('id-of-orders'); name; name = await sessions.current('id-of-orders')) {
      seen.push(name)
      const session = await sessions.get(name)
      if (session === undefined) throw new Error(`${name} has a turn and does not exist`)
      await sessions.replace({ ...without(session, 'turn'), status: 'completed' })
    }
    expect(seen).toEqual(['first', 'second', 'third'])
    expect(await sessions.current('id-of-others')).toBe('elsewhere')
  })

  it('lets a session wait again, behind those that wait already', async () => {
    const sessions = await open()
    const ended = deleteSession('ended', { status: 'completed' })
    await sessions.create(ended)
    expect(await sessions.current('id-of-orders')).toBeUndefined()
    await sessions.create(deleteSession('waits', { turn: '1' }))
    await sessions.replace(changed(ended, { status: 'undoing', turn: '2' }))
    expect(await sessions.current('id-of-orders')).toBe('waits')
    await sessions.replace(without(deleteSession('waits', { turn: '1' }), 'turn'))
    expect(await sessions.current('id-of-orders')).toBe('ended')
  })

  it('moves a session whose turn changes', async () => {
    const sessions = await open()
    const moved = deleteSession('moved', { turn: '1' })
    await sessions.create(moved)
    await sessions.create(deleteSession('stays', { turn: '2' }))
    await sessions.replace(changed(moved, { turn: '3' }))
    expect(await sessions.current('id-of-orders')).toBe('stays')
  })

  it('keeps two sessions of the same turn apart', async () => {
    const sessions = await open()
    await sessions.create(deleteSession('b', { turn: '1' }))
    await sessions.create(deleteSession('a', { turn: '1' }))
    await sessions.create(deleteSession('c', { turn: '10' }))
    expect(await sessions.current('id-of-orders')).toBe('a')
    await sessions.replace(without(deleteSession('a', { turn: '1' }), 'turn'))
    expect(await sessions.current('id-of-orders')).toBe('b')
  })
}

function listContract(open: Open): void {
  it('lists the newest first, of all tables or of one, in one status or in any', async () => {
    const sessions = await open()
    for (const [n, name] of ['d', 'b', 'c', 'a'].entries()) {
      const table = n % 2 === 0 ? 'orders' : 'orders-2'
      await sessions.create(deleteSession(name, { table, acceptedAt: ACCEPTED + n }))
    }
    await sessions.create(deleteSession('oldest', { acceptedAt: 999 }))
    await sessions.replace(changed(deleteSession('c', { acceptedAt: ACCEPTED + 2 }), { status: 'completed' }))
    expect(await namesOf(sessions)).toEqual(['a', 'c', 'b', 'd', 'oldest'])
    expect(await namesOf(sessions, { table: 'orders' })).toEqual(['c', 'd', 'oldest'])
    expect(await namesOf(sessions, { table: 'orders-2', status: 'processing' })).toEqual(['a', 'b'])
    expect(await namesOf(sessions, { status: 'completed' })).toEqual(['c'])
    expect(await namesOf(sessions, { status: 'undone' })).toEqual([])
    expect(await namesOf(sessions, { table: 'other' })).toEqual([])
  })

  it('lists a session as it is now', async () => {
    const sessions = await open()
    const session = deleteSession('a', { turn: '1' })
    await sessions.create(session)
    const next = changed(session, { status: 'failed', error: ['no'], updatedAt: ACCEPTED + 1 })
    await sessions.replace(next)
    expect((await sessions.list({ limit: 5 })).sessions).toEqual([next])
    expect((await sessions.list({ limit: 5, status: 'processing' })).sessions).toEqual([])
  })

  it('lists each of thousands once, in pages of the limit, whatever is added in between', async () => {
    const sessions = await open()
    const accepted = Array.from({ length: 2_100 }, (_, n) => {
      const status = n % 100 === 0 ? 'completed' : 'processing'
      return deleteSession(`session-${n}`, { acceptedAt: ACCEPTED + Math.floor(n / 3), status })
    })
    for (let n = 0; n < accepted.length; n += 50) {
      await Promise.all(accepted.slice(n, n + 50).map((session) => sessions.create(session)))
    }
    const newestFirst = accepted.toSorted((a, b) => b.acceptedAt - a.acceptedAt || (a.name < b.name ? 1 : -1))
    const pages = await pagesOf(sessions, { limit: 100 })
    expect(Math.max(...pages.map((page) => page.length))).toBe(100)
    expect(pages.flat()).toEqual(newestFirst)
    const completed = await pagesOf(sessions, { limit: 4, status: 'completed' })
    expect(Math.max(...completed.map((page) => page.length))).toBe(4)
    expect(completed.flat()).toEqual(newestFirst.filter(({ status }) => status === 'completed'))
    const { next } = await sessions.list({ limit: 2_000 })
    await sessions.create(deleteSession('newer', { acceptedAt: ACCEPTED + 10_000 }))
    const rest = await sessions.list({ limit: 2_000, ...(next !== undefined && { after: next }) })
    expect(rest.sessions).toEqual(newestFirst.slice(2_000))
  })

  it('refuses a cursor that was altered, or is of another listing', async () => {
    const sessions = await open()
    for (const name of ['a', 'b', 'c']) await sessions.create(deleteSession(name))
    const { next = '' } = await sessions.list({ limit: 1 })
    const refused = expect.objectContaining({ code: 'ValidationError' })
    const listed = (options: SessionListOptions) => (async () => await sessions.list(options))()
    for (const after of ['', 'x', `${next}A`, next.slice(1)]) {
      await expect(listed({ limit: 1, after })).rejects.toThrow(refused)
    }
    await expect(listed({ limit: 1, after: next, table: 'orders' })).rejects.toThrow(refused)
    await expect(listed({ limit: 1, after: next, status: 'processing' })).rejects.toThrow(refused)
    expect((await sessions.list({ limit: 1, after: next })).sessions.map(({ name }) => name)).toEqual(['b'])
  })
}

function payloadContract(open: Open): void {
  it('tells of payloads when the undo window has ended, longest ago first, until they were removed', async () => {
    const sessions = await open()
    const due = (now: number, limit = 10) => sessions.due(now, limit)
    const [a, b] = [deleteSession('a', { undoUntil: 2_000 }), deleteSession('b', { undoUntil: 999 })]
    await sessions.create(a)
    await sessions.create(b)
    await sessions.create(deleteSession('hard', { mode: 'hard', undoUntil: 5 }))
    await sessions.create(deleteSession('none'))
    expect(await due(998)).toEqual([])
    expect(await due(999)).toEqual([b])
    expect(await due(1_999)).toEqual([b])
    expect(await due(2_000)).toEqual([b, a])
    expect(await due(2_000, 1)).toEqual([b])
    await sessions.replace(changed(b, { payloadsRemovedAt: 1_000 }))
    expect(await due(2_000)).toEqual([a])
    await sessions.replace(changed(a, { undoUntil: 3_000 }))
    expect(await due(2_000)).toEqual([])
    expect(await due(3_000)).toEqual([changed(a, { undoUntil: 3_000 })])
    await sessions.replace({ ...without(changed(a, {}), 'undoUntil') })
    expect(await due(4_000)).toEqual([])
  })
}
