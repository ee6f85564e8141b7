import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { makeLogger } from '../../local/logger.ts'
import { makeMetrics } from '../../local/metrics.ts'
import { makeServer } from '../../local/server.ts'
import { type LocalStores, openLocalStores } from '../../local/stores.ts'
import { sweepSessions } from '../../store/jobs/sweep-sessions.ts'
import { addTags } from '../../store/operations/add-tags.ts'
import { createFeatureGroup } from '../../store/operations/create-feature-group.ts'
import { getRecord } from '../../store/operations/get-record.ts'
import { listRecords } from '../../store/operations/list-records.ts'
import { putRecord } from '../../store/operations/put-record.ts'

let directory: string
let local: LocalStores
let server: ReturnType<typeof makeServer>
let endpoint: string
let clock: number

async function open(): Promise<void> {
  const logger = makeLogger('error')
  const report = (err: unknown) => logger.error({ err })
  const where = { dataDirectory: directory, account: '000000000000', region: 'us-east-1', now: () => clock }
  local = await openLocalStores({ ...where, onError: report, onFatal: report })
  server = makeServer({ ...local, metrics: makeMetrics(local.log.waiting), logger, assertAccess: () => {} })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  endpoint = `http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}`
}

async function close(): Promise<void> {
  server.closeAllConnections()
  await new Promise((resolve) => server.close(resolve))
  await local.close()
}

beforeEach(async () => {
  directory = mkdtempSync(join(tmpdir(), 'cairn-deletes-'))
  clock = Date.parse('2026-03-01T00:00:00Z')
  await open()
  await createFeatureGroup(local.stores, {
    FeatureGroupName: 'trades',
    RecordIdentifierFeatureName: 'id',
    EventTimeFeatureName: 'at',
    FeatureDefinitions: [
      { FeatureName: 'id', FeatureType: 'String' },
      { FeatureName: 'at', FeatureType: 'String' },
      { FeatureName: 'sym', FeatureType: 'String' },
      { FeatureName: 'price', FeatureType: 'Fractional' },
    ],
    OnlineStoreConfig: { EnableOnlineStore: true },
    OfflineStoreConfig: { S3StorageConfig: { S3Uri: 's3://history/trades' } },
  })
})

afterEach(async () => {
  await close()
  rmSync(directory, { recursive: true })
})

async function put(id: string, at: string, values: { sym?: string; price?: string } = {}): Promise<void> {
  const record = Object.entries({ id, at, ...values })
  await putRecord(local.stores, {
    FeatureGroupName: 'trades',
    Record: record.map(([FeatureName, ValueAsString]) => ({ FeatureName, ValueAsString })),
  })
}

async function call(method: string, path: string, body?: unknown) {
  const response = await fetch(endpoint + path, {
    method,
    ...(body !== undefined && { body: typeof body === 'string' ? body : JSON.stringify(body) }),
  })
  const text = await response.text()
  return { status: response.status, headers: response.headers, text, answer: JSON.parse(text) }
}

async function ended(name: string) {
  for (;;) {
    const { answer } = await call('GET', `/delete/${name}`)
    if (answer.status !== 'processing' && answer.status !== 'undoing') return answer
    await pause(10)
  }
}

async function run(body: object) {
  const { status, answer } = await call('POST', '/delete', body)
  expect(status).toBe(200)
  return await ended(answer.name)
}

const groupId = () => (local.stores.catalog.get('trades') as unknown as { groupId: string }).groupId

const live = async (id: string) =>
  (await getRecord(local.stores, { FeatureGroupName: 'trades', RecordIdentifierValueAsString: id })) !== '{}'

const identifiers = async () =>
  JSON.parse(JSON.stringify(await listRecords(local.stores, { FeatureGroupName: 'trades' }))).RecordIdentifiers

describe('POST /delete', () => {
  it('answers a session of its own name byte for byte as kdb Insights does', async () => {
    const body = { session: 's1', table: 'trades', startTS: '2026.01.02D00:00:00', filter: [['=', 'sym', 'AAPL']] }
    const { status, headers, text } = await call('POST', '/delete', body)
    expect(status).toBe(200)
    expect(text).toBe('{"name":"s1","updtype":"delete","status":"processing","error":[]}')
    expect(headers.get('content-type')).toBe('application/json')
    expect(headers.get('content-length')).toBe(String(text.length))
  })

  it('makes a name where none is given', async () => {
    const { text, headers } = await call('POST', '/delete', { session: '', table: 'trades', all: true })
    expect(text).toMatch(/^\{"name":"[0-9a-f-]{36}","updtype":"delete","status":"processing","error":\[\]\}$/)
    expect(headers.get('content-length')).toBe('99')
  })

  it.each([
    ['', '{"code":"400","text":"missing","details":"body"}'],
    ['{}', '{"code":"400","text":"missing","details":"table"}'],
  ])('answers the body %j with %s', async (body, expected) => {
    const { status, text, headers } = await call('POST', '/delete', body)
    expect({ status, text }).toEqual({ status: 400, text: expected })
    expect(headers.get('content-length')).toBe(String(expected.length))
    expect(headers.get('content-type')).toBe('application/json')
  })

  it('deletes what is in the window and matches, and nothing else', async () => {
    await put('a', '2026-01-01T00:00:00Z', { sym: 'AAPL' })
    await put('b', '2026-01-02T00:00:00Z', { sym: 'AAPL' })
    await put('c', '2026-01-02T12:00:00Z', { sym: 'MSFT' })
    await put('d', '2026-01-03T00:00:00Z', { sym: 'AAPL' })
    const session = await run({
      table: 'trades',
      startTS: '2026.01.02',
      endTS: '2026.01.03',
      filter: [['like', 'sym', 'A*']],
    })
    expect(session).toMatchObject({ status: 'completed', matched: 1, deleted: 1, conflicts: 0, later: 0 })
    expect(Object.keys(session).slice(0, 14)).toEqual(
      'name updtype status error table mode acceptedAt updatedAt undoUntil matched deleted conflicts later actor'.split(
        ' ',
      ),
    )
    expect(await identifiers()).toEqual(['a', 'c', 'd'])
  })

  it('lets newer events in and keeps older ones out afterwards', async () => {
    await put('a', '2026-01-02T00:00:00Z')
    await run({ table: 'trades', all: true })
    await put('a', '2026-01-01T00:00:00Z')
    expect(await live('a')).toBe(false)
    await put('a', '2026-01-02T00:00:01Z')
    expect(await live('a')).toBe(true)
  })

  it('leaves records alone that were written after it was accepted, and counts them', async () => {
    await put('a', '2026-01-01T00:00:00Z')
    clock += 1
    const name = 'later'
    await call('POST', '/delete', { session: 'first', table: 'trades', filter: [['=', 'id', 'none']] })
    await ended('first')
    clock += 10
    await put('b', '2026-01-01T00:00:00Z')
    clock -= 5
    await call('POST', '/delete', { session: name, table: 'trades', all: true })
    expect(await ended(name)).toMatchObject({ matched: 1, deleted: 1, later: 1 })
    expect(await identifiers()).toEqual(['b'])
  })

  it('stops before the first record when more match than maxRows', async () => {
    for (const id of ['a', 'b', 'c']) await put(id, '2026-01-01T00:00:00Z')
    expect(await run({ table: 'trades', all: true, maxRows: 2 })).toMatchObject({ status: 'failed', deleted: 0 })
    expect(await identifiers()).toEqual(['a', 'b', 'c'])
    expect(await run({ table: 'trades', all: true, maxRows: 3 })).toMatchObject({ status: 'completed', deleted: 3 })
  })

  it('previews without writing anything', async () => {
    await put('a', '2026-01-01T00:00:00Z')
    await put('b', '2026-01-02T00:00:00Z')
    const { answer } = await call('POST', '/delete', { session: 'p', table: 'trades', all: true, dryRun: true })
    expect(answer).toMatchObject({
      dryRun: true,
      matched: 2,
      sample: ['a', 'b'],
      oldest: '2026-01-01T00:00:00Z',
      newest: '2026-01-02T00:00:00Z',
    })
    expect((await call('GET', '/delete/p')).status).toBe(404)
    expect(await identifiers()).toEqual(['a', 'b'])
  })

  it('takes the same name with the same body as the same session, and with another body as a conflict', async () => {
    const body = { session: 'once', table: 'trades', filter: [['=', 'sym', 'AAPL']] }
    await run(body)
    await put('a', '2026-01-01T00:00:00Z', { sym: 'AAPL' })
    const again = await call('POST', '/delete', { ...body, startTS: '', mode: 'soft' })
    expect(again.text).toBe('{"name":"once","updtype":"delete","status":"completed","error":[]}')
    expect(await live('a')).toBe(true)
    const other = await call('POST', '/delete', { ...body, mode: 'hard' })
    expect(other.status).toBe(409)
    expect(other.answer).toMatchObject({ code: '409', text: 'conflict' })
  })

  it('rejects a window that reaches into the locked range before anything is touched', async () => {
    await put('a', '2026-01-03T00:00:00Z')
    const { FeatureGroupArn } = local.stores.catalog.get('trades') as unknown as { FeatureGroupArn: string }
    await addTags(local.stores, {
      ResourceArn: FeatureGroupArn,
      Tags: [{ Key: 'cairn:locked-before', Value: '2026-01-02T00:00:00Z' }],
    })
    const refused = [{ all: true }, { startTS: '2026-01-01T23:59:59.999999' }, { endTS: '2026-01-05' + 'T00:00:00' }]
    for (const window of refused) {
      const { status, answer } = await call('POST', '/delete', { table: 'trades', ...window })
      expect({ status, ...answer }).toMatchObject({ status: 400, code: '400', text: 'locked' })
    }
    expect(await live('a')).toBe(true)
    expect(await run({ table: 'trades', startTS: '2026-01-02T00:00:00' })).toMatchObject({ deleted: 1 })
  })
})

describe('an undo', () => {
  it('brings back every victim that nobody wrote since', async () => {
    for (const id of ['a', 'b', 'c']) await put(id, '2026-01-02T00:00:00Z', { sym: id, price: '1.50' })
    const before = await getRecord(local.stores, { FeatureGroupName: 'trades', RecordIdentifierValueAsString: 'a' })
    const { name } = await run({ table: 'trades', all: true })
    expect(await identifiers()).toEqual([])
    await put('b', '2026-01-03T00:00:00Z', { sym: 'new' })
    expect((await call('POST', `/delete/${name}/undo`)).answer).toMatchObject({ name, status: 'undoing' })
    expect(await ended(name)).toMatchObject({ status: 'undone', restored: 2, deleted: 3 })
    expect(await identifiers()).toEqual(['a', 'b', 'c'])
    const after = await getRecord(local.stores, { FeatureGroupName: 'trades', RecordIdentifierValueAsString: 'a' })
    expect(after).toBe(before)
    const b = await getRecord(local.stores, { FeatureGroupName: 'trades', RecordIdentifierValueAsString: 'b' })
    expect(b).toContain('new')
  })

  it('is refused for hard deletions, for sessions under way, and after its window', async () => {
    await put('a', '2026-01-02T00:00:00Z')
    const hard = await run({ table: 'trades', all: true, mode: 'hard' })
    expect((await call('POST', `/delete/${hard.name}/undo`)).status).toBe(409)
    await put('b', '2026-01-02T00:00:00Z', { sym: 'a secret' })
    const soft = await run({ table: 'trades', all: true })
    clock += 7 * 86_400_000
    const late = await call('POST', `/delete/${soft.name}/undo`)
    expect(late.answer).toMatchObject({ code: '410', text: 'gone' })
    expect((await call('POST', '/delete/nobody/undo')).status).toBe(404)
  })
})

describe('the undo window', () => {
  it('ends as set, and what the tombstones hid is removed after it', async () => {
    const secret = 'hidden-4711'
    await put('a', '2026-01-02T00:00:00Z', { sym: secret })
    const { name, undoUntil } = await run({ table: 'trades', all: true })
    expect(Date.parse(undoUntil)).toBe(clock + 7 * 86_400_000)
    clock = Date.parse(undoUntil)
    await sweepSessions(local.stores)
    let session = await ended(name)
    while (session.payloadsRemovedAt === undefined) {
      await pause(10)
      session = await ended(name)
    }
    expect(session.status).toBe('completed')
    const { records } = await local.stores.online.scan(groupId(), { shard: 0, limit: 10 })
    expect(records).toMatchObject([{ identifier: 'a', isDeleted: true }])
    expect(records[0]?.hasPayload ?? false).toBe(false)
    await put('a', '2026-01-01T00:00:00Z')
    expect(await live('a')).toBe(false)
  })
})

describe('a hard deletion', () => {
  it('leaves no tombstone: an older event may come', async () => {
    await put('a', '2026-01-02T00:00:00Z')
    expect(await run({ table: 'trades', all: true, mode: 'hard' })).toMatchObject({ deleted: 1, undoUntil: null })
    await put('a', '2026-01-01T00:00:00Z')
    expect(await live('a')).toBe(true)
  })
})

describe('an erasing session', () => {
  it('leaves no byte of its victims in the data directory, and gives the proof', async () => {
    const secret = 'whispered-4711'
    await put('a', '2026-01-01T00:00:00Z', { sym: `${secret}-old` })
    await put('a', '2026-01-02T00:00:00Z', { sym: secret })
    await put('b', '2026-01-02T00:00:00Z', { sym: 'kept' })
    await local.history.flush()
    const session = await run({ table: 'trades', filter: [['like', 'sym', `${secret}*`]], mode: 'erase' })
    expect(session).toMatchObject({ status: 'completed', deleted: 1, erasure: { rowsRemoved: 3 } })
    const files = readdirSync(directory, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile())
    const holding = files
      .map((entry) => join(entry.parentPath, entry.name))
      .filter((path) => !path.includes('catalog') && readFileSync(path).includes(secret))
    expect(holding).toEqual([])
    expect(await identifiers()).toEqual(['b'])
  })
})

describe('GET /delete', () => {
  it('lists the sessions newest first, by table and status, in pages', async () => {
    for (const session of ['s1', 's2', 's3']) {
      clock += 1_000
      await run({ session, table: 'trades', filter: [['=', 'sym', session]] })
    }
    const names = async (query: string) =>
      (await call('GET', `/delete${query}`)).answer.sessions.map(({ name }: { name: string }) => name)
    expect(await names('')).toEqual(['s3', 's2', 's1'])
    expect(await names('?table=trades&status=completed')).toEqual(['s3', 's2', 's1'])
    expect(await names('?status=cancelled')).toEqual([])
    const { answer } = await call('GET', '/delete?limit=2')
    expect(answer.sessions).toHaveLength(2)
    expect(await names(`?limit=2&nextToken=${answer.nextToken}`)).toEqual(['s1'])
  })

  it.each([
    ['GET', '/delete?status=done', 400, 'invalid'],
    ['GET', '/delete?limit=0', 400, 'invalid'],
    ['GET', '/delete?nextToken=x', 400, 'invalid'],
    ['GET', '/delete?colour=red', 400, 'invalid'],
    ['GET', '/delete/none', 404, 'unknown'],
    ['GET', '/delete/none/cancel', 405, 'invalid'],
    ['PUT', '/delete', 405, 'invalid'],
    ['POST', '/delete/none/burn', 404, 'unknown'],
    ['POST', '/delete/none/cancel', 400, 'missing'],
  ])('%s %s answers %i %s in kdb’s shape', async (method, path, status, text) => {
    const { answer, ...response } = await call(method, path, method === 'GET' ? undefined : '{}')
    expect(response.status).toBe(status)
    expect(Object.keys(answer)).toEqual(['code', 'text', 'details'])
    expect(answer).toMatchObject({ code: String(status), text })
  })
})

describe('a session', () => {
  it('goes on after a restart of the server', async () => {
    for (let i = 0; i < 3_000; i++) await put(`r${i}`, '2026-01-02T00:00:00Z')
    await call('POST', '/delete', { session: 'long', table: 'trades', all: true })
    await close()
    await open()
    expect(await ended('long')).toMatchObject({ status: 'completed', matched: 3_000, deleted: 3_000 })
    expect(await identifiers()).toEqual([])
  })

  it('stops when it is cancelled, says why, and can be undone', async () => {
    for (let i = 0; i < 3_000; i++) await put(`r${i}`, '2026-01-02T00:00:00Z')
    const { name, answer } = await startAndCancel()
    expect(answer).toMatchObject({ name, status: 'cancelled' })
    expect(answer.ledger.at(-1)).toMatchObject({ status: 'cancelled', reason: 'wrong table', actor: 'local' })
    expect((await call('POST', `/delete/${name}/cancel`, { reason: 'again' })).status).toBe(409)
    const undone = await undo(name)
    expect(undone.restored).toBe(undone.deleted)
    expect((await listAll()).length).toBe(3_000)
  })
})

/** A session that ends before it is cancelled is undone, and another one begun. */
async function startAndCancel() {
  for (;;) {
    const { name } = (await call('POST', '/delete', { table: 'trades', all: true })).answer
    const { status, answer } = await call('POST', `/delete/${name}/cancel`, { reason: 'wrong table' })
    if (status === 200) return { name, answer }
    expect({ status, ...answer }).toMatchObject({ status: 409, details: `session '${name}' is completed` })
    await undo(name)
  }
}

/** Undoes a session as soon as it has ended, and waits for that. */
async function undo(name: string) {
  while ((await call('POST', `/delete/${name}/undo`)).status === 409) await pause(10)
  return await ended(name)
}

async function listAll(): Promise<string[]> {
  const found: string[] = []
  let NextToken: string | undefined
  do {
    const answer = await listRecords(local.stores, {
      FeatureGroupName: 'trades',
      MaxResults: 100,
      ...(NextToken !== undefined && { NextToken }),
    })
    const page = JSON.parse(typeof answer === 'string' ? answer : JSON.stringify(answer))
    found.push(...page.RecordIdentifiers)
    NextToken = page.NextToken
  } while (NextToken !== undefined)
  return found
}
