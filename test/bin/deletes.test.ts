import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { cairn as runCairn, startCairn, startServer } from './running-cairn.ts'

let server: Awaited<ReturnType<typeof startServer>>
beforeAll(async () => {
  server = await startServer()
})
afterAll(async () => {
  await server.stop()
})

const cairn = (...args: string[]) => runCairn(args, { endpoint: server.endpoint })

/** Makes a group of records: a third of each country, one a day from 2026-01-01 on, without spend when it is 0. */
async function fill(group: string, length = 300): Promise<void> {
  const rows = Array.from({ length }, (_, i) => {
    const at = new Date(Date.UTC(2026, 0, 1 + i)).toISOString().replace('.000', '')
    return JSON.stringify({ id: String(i), at, country: ['US', 'DE', 'New "York"'][i % 3], spend: i % 10 || undefined })
  })
  const args = ['ingest', '-', '--format', 'jsonl', '--create', '--group', group, '--id', 'id', '--event-time', 'at']
  const stdin = rows.reverse().join('\n')
  expect(await runCairn(args, { endpoint: server.endpoint, stdin })).toMatchObject({ status: 0 })
}

/** Lets sessions wait for a while, since those before them in the line look at every record each. */
async function queue(group: string): Promise<void> {
  for (let i = 0; i < 90; i++) {
    const body = JSON.stringify({ table: group, session: `${group}-${i}`, mode: 'hard', filter: [['=', 'id', 'none']] })
    expect((await fetch(new URL('/delete', server.endpoint), { method: 'POST', body })).status).toBe(200)
  }
}

async function count(group: string): Promise<number> {
  const { stdout } = await cairn('list', group)
  return stdout.split('\n').length - 1
}

/** What a command printed as JSON, when it ended well and said nothing else. */
async function answer(...args: string[]) {
  const { status, stdout, stderr } = await cairn(...args)
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' })
  return JSON.parse(stdout)
}

describe('cairn delete-where', () => {
  it('says what it would delete, and deletes nothing', async () => {
    await fill('preview')
    const preview = await answer('delete-where', 'preview', '--from', '2026-01-11', '--to', '2026-01-21', '--dry-run')
    expect(preview).toMatchObject({
      dryRun: true,
      table: 'preview',
      mode: 'soft',
      matched: 10,
      oldest: '2026-01-11T00:00:00Z',
      newest: '2026-01-20T00:00:00Z',
      isComplete: true,
    })
    expect(await count('preview')).toBe(300)
    expect((await cairn('deletes', 'list', '--table', 'preview')).stdout).toContain('(0 rows)')
  })

  it.each([
    [['country = US'], 100],
    [['country <> US'], 200],
    [['country = "New \\"York\\""'], 100],
    [['country in US,DE'], 200],
    [['country like [UD]?'], 200],
    [['spend within 2,4'], 90],
    [['spend<1'], 30],
    [['["=","spend",null]'], 30],
    [['country = US', 'spend >= 5'], 50],
  ])('deletes what matches %j', async (filters, matched) => {
    if ((await cairn('groups', 'describe', 'filters')).status !== 0) await fill('filters')
    const args = filters.flatMap((filter) => ['--filter', filter])
    expect(await answer('delete-where', 'filters', ...args, '--dry-run')).toMatchObject({ matched })
  })

  it('deletes, waits for the end, and brings back', async () => {
    await fill('soft')
    const args = ['soft', '--filter', 'country = US', '--session', 'no-us', '--max-rows', '100']
    expect(await answer('delete-where', ...args, '--watch')).toMatchObject({
      name: 'no-us',
      updtype: 'delete',
      status: 'completed',
      error: [],
      table: 'soft',
      mode: 'soft',
      matched: 100,
      deleted: 100,
    })
    expect(await count('soft')).toBe(200)
    expect(await answer('delete-where', ...args)).toEqual({
      name: 'no-us',
      updtype: 'delete',
      status: 'completed',
      error: [],
    })
    expect(await answer('deletes', 'undo', 'no-us', '--watch')).toMatchObject({ status: 'undone', restored: 100 })
    expect(await answer('deletes', 'show', 'no-us')).toMatchObject({ status: 'undone', restored: 100 })
    expect(await count('soft')).toBe(300)
  })

  it('has the session go on when it is not watched, and shows its end', async () => {
    await fill('later')
    const { name, status } = await answer('delete-where', 'later', '--all')
    expect(['processing', 'completed']).toContain(status)
    expect(await answer('deletes', 'show', name, '--watch')).toMatchObject({ status: 'completed', deleted: 300 })
    expect(await count('later')).toBe(0)
  })

  it('removes for good in mode hard', async () => {
    await fill('hard')
    const args = ['hard', '--to', '2026.02.01', '--mode', 'hard', '--yes', '--watch']
    const { name } = await answer('delete-where', ...args)
    expect((await cairn('list', 'hard', '--include-deleted')).stdout.split('\n').length - 1).toBe(269)
    const { status, stdout, stderr } = await cairn('deletes', 'undo', name)
    expect({ status, stdout }).toEqual({ status: 1, stdout: '' })
    expect(stderr).toMatch(/^cairn: conflict: .*\n$/)
  })

  it('erases from the history, with a proof', async () => {
    await fill('erased')
    const args = ['erased', '--filter', 'country = DE', '--mode', 'erase', '--yes', '--watch']
    const { status, deleted, erasure } = await answer('delete-where', ...args)
    expect({ status, deleted }).toEqual({ status: 'completed', deleted: 100 })
    expect(erasure.rowsRemoved).toBeGreaterThanOrEqual(100)
  })

  it('has exit status 1 when more records match than may be deleted', async () => {
    await fill('guarded')
    const { status, stdout, stderr } = await cairn('delete-where', 'guarded', '--all', '--max-rows', '299', '--watch')
    expect(status).toBe(1)
    expect(JSON.parse(stdout)).toMatchObject({ status: 'failed', deleted: 0 })
    expect(stderr).toMatch(/^cairn: session [\w-]+ is failed: .*maxRows 299.*\n$/)
    expect(await count('guarded')).toBe(300)
  })

  it('says in one line what the server refuses', async () => {
    await fill('refused')
    for (const [args, message] of [
      [['no-group', '--all'], /^cairn: unknown: table 'no-group'.*\n$/],
      [['refused'], /^cairn: missing: filter or window.*\n$/],
      [['refused', '--from', 'yesterday'], /^cairn: invalid: startTS 'yesterday'.*\n$/],
      [['refused', '--filter', 'colour = red'], /^cairn: unknown: .*'colour'.*\n$/],
      [['refused', '--filter', 'spend = much'], /^cairn: type: .*'much'.*\n$/],
    ] as const) {
      const { status, stdout, stderr } = await cairn('delete-where', ...args)
      expect({ status, stdout }).toEqual({ status: 1, stdout: '' })
      expect(stderr).toMatch(message)
    }
    expect(await count('refused')).toBe(300)
  })

  it.each([
    [['--filter', 'country == US'], 'COLUMN OPERATOR VALUE'],
    [['--filter', ''], 'COLUMN OPERATOR VALUE'],
    [['--from', ''], 'It must be a time'],
    [['--to', ' '], 'It must be a time'],
    [['--session', ''], 'name of a session'],
    [['--mode', 'gone'], 'soft, hard, erase'],
    [['--max-rows', 'all'], 'whole number'],
  ])('refuses %j', async (args, message) => {
    const { status, stdout, stderr } = await cairn('delete-where', 'rows', '--all', ...args)
    expect({ status, stdout }).toEqual({ status: 1, stdout: '' })
    expect(stderr).toContain(message)
  })
})

describe('cairn deletes', () => {
  it('goes on watching when the server starts again', async () => {
    await fill('restarted', 10_000)
    await queue('restarted')
    const args = ['delete-where', 'restarted', '--filter', 'country = US', '--session', 'watched', '--watch']
    const { child, finished } = startCairn(args, { endpoint: server.endpoint })
    child.stdin?.end()
    await vi.waitUntil(async () => (await fetch(new URL('/delete/watched', server.endpoint))).ok, { timeout: 20_000 })
    await server.stop()
    server = await startServer(['--port', new URL(server.endpoint).port, '--data', server.data])
    const { status, stdout, stderr } = await finished
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' })
    expect(JSON.parse(stdout)).toMatchObject({ status: 'completed', deleted: 3_334 })
  })

  it('lists the sessions of a group, or those with a status, newest first', async () => {
    await fill('listed')
    for (const [index, session] of ['first', 'second'].entries()) {
      await answer('delete-where', 'listed', '--session', session, '--filter', `id = ${index}`, '--watch')
    }
    await answer('deletes', 'undo', 'first', '--watch')
    const { stdout } = await cairn('deletes', 'list', '--table', 'listed')
    const [header = '', , ...lines] = stdout.split('\n')
    expect(header.split(/ +/)).toEqual([
      'accepted',
      'status',
      'mode',
      'table',
      'matched',
      'deleted',
      'conflicts',
      'restored',
      'session',
    ])
    expect(lines.slice(0, 2).map((line) => line.split(/ +/).slice(1))).toEqual([
      ['completed', 'soft', 'listed', '1', '1', '0', '0', 'second'],
      ['undone', 'soft', 'listed', '1', '1', '0', '1', 'first'],
    ])
    const undone = await cairn('deletes', 'list', '--table', 'listed', '--status', 'undone')
    expect(undone.stdout).toContain('first')
    expect(undone.stdout).not.toContain('second')
  })

  it('cancels a session for a reason, which its watcher is told', async () => {
    await fill('queued', 10_000)
    await queue('queued')
    await answer('delete-where', 'queued', '--all', '--mode', 'hard', '--session', 'last')
    expect(await answer('deletes', 'cancel', 'last', '--reason', 'wrong campaign')).toMatchObject({
      status: 'cancelled',
      deleted: 0,
    })
    const { status, stdout, stderr } = await cairn('deletes', 'show', 'last', '--watch')
    expect({ status, stderr }).toEqual({ status: 1, stderr: 'cairn: session last is cancelled\n' })
    expect(JSON.parse(stdout).ledger.at(-1)).toMatchObject({ status: 'cancelled', reason: 'wrong campaign' })
  })

  it('lists page after page', async () => {
    await fill('pages')
    const url = new URL('/delete', server.endpoint)
    for (let i = 0; i < 105; i++) {
      const body = JSON.stringify({ table: 'pages', session: `page-${i}`, filter: [['=', 'id', String(i)]] })
      expect((await fetch(url, { method: 'POST', body })).status).toBe(200)
    }
    const { stdout } = await cairn('deletes', 'list', '--table', 'pages')
    const names = [...stdout.matchAll(/page-(\d+)$/gm)].map((match) => Number(match[1]))
    expect(names.sort((a, b) => a - b)).toEqual(Array.from({ length: 105 }, (_, i) => i))
    expect(stdout).toContain('(105 rows)')
  })

  it('says in one line that there is no such session, or that it has ended', async () => {
    await fill('ended')
    const { name } = await answer('delete-where', 'ended', '--all', '--watch')
    for (const [args, message] of [
      [['show', 'none'], /^cairn: unknown: session 'none'\n$/],
      [['show', 'none', '--watch'], /^cairn: unknown: session 'none'\n$/],
      [['undo', 'none'], /^cairn: unknown: session 'none'\n$/],
      [['cancel', 'none', '--reason', 'x'], /^cairn: unknown: session 'none'\n$/],
      [['cancel', name, '--reason', 'too late'], /^cairn: conflict: .*completed\n$/],
    ] as [string[], RegExp][]) {
      const { status, stdout, stderr } = await cairn('deletes', ...args)
      expect({ status, stdout }).toEqual({ status: 1, stdout: '' })
      expect(stderr).toMatch(message)
    }
  })

  it('wants a reason for a cancellation, and a status that there is', async () => {
    expect((await cairn('deletes', 'cancel', 'x')).stderr).toContain('--reason')
    expect((await cairn('deletes', 'list', '--status', 'gone')).stderr).toContain('processing, completed')
  })
})
