import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { FeatureValue } from '@aws-sdk/client-sagemaker-featurestore-runtime'
import { BatchGetRecordCommand, paginateListRecords } from '@aws-sdk/client-sagemaker-featurestore-runtime'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { runtimeClient } from '../../bin/client/clients.ts'
import { readTable } from '../store/offline/iceberg/read-table.ts'
import { startProxy } from './interfering-proxy.ts'
import { cairn, startCairn, startServer } from './running-cairn.ts'
import { temporaryDirectory } from './temporary-directory.ts'

const orders = join(import.meta.dirname, '..', '..', 'examples', 'orders.csv')

let server: Awaited<ReturnType<typeof startServer>>
beforeAll(async () => {
  server = await startServer()
})
afterAll(async () => {
  await server.stop()
})

/** Runs `cairn ingest` in a directory of its own. */
async function ingest(
  args: string[],
  { stdin, endpoint = server.endpoint, cwd = temporaryDirectory() }: IngestRun = {},
) {
  return { cwd, ...(await cairn(['ingest', ...args], { endpoint, cwd, stdin })) }
}

interface IngestRun {
  stdin?: string | Buffer
  endpoint?: string
  cwd?: string
}

/** Every record of a group, each as an object of its features, by identifier. */
async function recordsOf(group: string): Promise<Map<string, object>> {
  const client = runtimeClient({ endpoint: server.endpoint, region: 'us-east-1' })
  const records = new Map<string, object>()
  for await (const page of paginateListRecords({ client }, { FeatureGroupName: group, MaxResults: 100 })) {
    const RecordIdentifiersValueAsString = page.RecordIdentifiers ?? []
    if (RecordIdentifiersValueAsString.length === 0) continue
    const { Records = [], Errors } = await client.send(
      new BatchGetRecordCommand({ Identifiers: [{ FeatureGroupName: group, RecordIdentifiersValueAsString }] }),
    )
    expect(Errors).toEqual([])
    for (const { RecordIdentifierValueAsString: id = '', Record = [] } of Records) records.set(id, toObject(Record))
  }
  return records
}

function toObject(record: FeatureValue[]) {
  return Object.fromEntries(
    record.map(({ FeatureName, ValueAsString, ValueAsStringList }) => [
      FeatureName,
      ValueAsString ?? ValueAsStringList,
    ]),
  )
}

/** What other engines read of the only group of a data directory. */
async function tableRows(data: string) {
  const [table = ''] = readdirSync(join(data, 'offline'))
  return await readTable(join(data, 'offline', table))
}

function refusals(path: string): { line: number; reason: string; row: unknown }[] {
  const lines = readFileSync(path, 'utf8').trimEnd().split('\n')
  return lines.map((line) => JSON.parse(line)).sort((a, b) => a.line - b.line)
}

/** What the online store should hold after `orders.csv`: of each customer the row with the newest time. */
function newestOrders(): Map<string, object> {
  const [header = '', ...lines] = readFileSync(orders, 'utf8').trimEnd().split('\n')
  const newest = new Map<string, { event_time: string }>()
  for (const line of lines) {
    const cells = [...line.matchAll(/"([^"]*)"|([^,]+)|(?<=,)(?=,|$)/g)].map((match) => match[1] ?? match[0])
    const pairs = header.split(',').map((name, index) => [name, cells[index] ?? ''])
    const row = Object.fromEntries(pairs.filter(([, cell]) => cell !== '')) as {
      customer_id: string
      event_time: string
    }
    if ((newest.get(row.customer_id)?.event_time ?? '') < row.event_time) newest.set(row.customer_id, row)
  }
  return newest
}

const CREATE_ORDERS = ['--create', '--id', 'customer_id', '--event-time', 'event_time']
const CREATE = ['--create', '--id', 'id', '--event-time', 'at']
const AT = '2026-01-01T00:00:00.000Z'

describe('the example', () => {
  const expected = newestOrders()

  it('is ingested, and every record read back is the newest row of its customer', async () => {
    const { status, stdout, stderr, cwd } = await ingest([orders, ...CREATE_ORDERS])
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' })
    expect(stdout).toMatch(/^500 rows read, 500 written or historic, 0 refused in \d+\.\d s \(\d+ rows\/s\)\n$/)
    expect(existsSync(join(cwd, 'orders.csv.refused.jsonl'))).toBe(false)
    expect(expected.size).toBeGreaterThan(100)
    expect(await recordsOf('orders')).toEqual(expected)
  })

  it('has the types that its columns show', async () => {
    const { stdout } = await cairn(['groups', 'describe', 'orders'], { endpoint: server.endpoint })
    const definitions: { FeatureName: string; FeatureType: string }[] = JSON.parse(stdout).FeatureDefinitions
    expect(Object.fromEntries(definitions.map((feature) => [feature.FeatureName, feature.FeatureType]))).toEqual({
      customer_id: 'String',
      event_time: 'String',
      postal_code: 'String',
      orders_30d: 'Integral',
      spend_30d: 'Fractional',
      favorite_category: 'String',
      is_subscriber: 'String',
    })
  })

  it('changes nothing online when it comes again, in whatever order', async () => {
    expect((await ingest([orders, ...CREATE_ORDERS])).status).toBe(0)
    const [header, ...lines] = readFileSync(orders, 'utf8').trimEnd().split('\n')
    const directory = temporaryDirectory()
    for (const [name, shuffled] of [
      ['reversed.csv', lines.toReversed()],
      ['mixed.csv', lines.toSorted((a, b) => a.slice(20).localeCompare(b.slice(20)))],
    ] as const) {
      writeFileSync(join(directory, name), `${[header, ...shuffled].join('\n')}\n`)
      expect((await ingest([join(directory, name), '--group', 'orders', '--concurrency', '3'])).status).toBe(0)
    }
    expect(await recordsOf('orders')).toEqual(expected)
  })
})

describe('cairn ingest', () => {
  it('reads stdin, as CSV or as JSON Lines', async () => {
    const csv = await ingest(['-', '--format', 'csv', '--group', 'from-stdin', ...CREATE], {
      stdin: `id,at,x\n1,${AT},5\n`,
    })
    expect(csv).toMatchObject({ status: 0, stderr: '' })
    const stdin = `{"id":2,"at":"${AT}","x":9007199254740993}\n{"Record":[{"FeatureName":"id","ValueAsString":"3"},{"FeatureName":"at","ValueAsString":"${AT}"}]}\n`
    expect((await ingest(['-', '--format', 'jsonl', '--group', 'from-stdin'], { stdin })).status).toBe(0)
    expect(await recordsOf('from-stdin')).toEqual(
      new Map<string, object>([
        ['1', { id: '1', at: AT, x: '5' }],
        ['2', { id: '2', at: AT, x: '9007199254740993' }],
        ['3', { id: '3', at: AT }],
      ]),
    )
  })

  it('writes lists', async () => {
    const stdin = `{"id":"1","at":"${AT}","tags":["b","a"],"v":[1.10,2]}\n`
    expect((await ingest(['-', '--format', 'jsonl', '--group', 'lists', ...CREATE], { stdin })).status).toBe(0)
    const csv = `id,at,tags\n2,${AT},"[""c"", 1.0]"\n`
    expect((await ingest(['-', '--format', 'csv', '--group', 'lists'], { stdin: csv })).status).toBe(0)
    expect(await recordsOf('lists')).toEqual(
      new Map<string, object>([
        ['1', { id: '1', at: AT, tags: ['b', 'a'], v: ['1.10', '2'] }],
        ['2', { id: '2', at: AT, tags: ['c', '1.0'] }],
      ]),
    )
  })

  it('lets the later line win between rows of the same record and time', async () => {
    const lines = Array.from({ length: 2_000 }, (_, i) => `${i % 7},${AT},${i}`)
    const stdin = `id,at,n\n${lines.join('\n')}\n`
    expect((await ingest(['-', '--format', 'csv', '--group', 'ties', ...CREATE], { stdin })).status).toBe(0)
    const last = [1994, 1995, 1996, 1997, 1998, 1999, 1993].map((n) => [String(n % 7), String(n)])
    const found = [...(await recordsOf('ties'))].map(([id, record]) => [id, (record as { n: string }).n])
    expect(found.sort()).toEqual(last.sort())
  })

  it('writes the good rows, keeps the refused ones with line and reason, and has exit status 2', async () => {
    await ingest(['-', '--format', 'csv', '--group', 'partly', ...CREATE], { stdin: `id,at,n\n0,${AT},0\n` })
    const stdin = [
      'id,at,n',
      `1,${AT},1`,
      `2,${AT},x`,
      `3,${AT}`,
      `,${AT},4`,
      '5,yesterday,5',
      `6,"${AT}"?,6`,
      `7,${AT},7`,
    ]
    const run = await ingest(['-', '--format', 'csv', '--group', 'partly'], { stdin: `${stdin.join('\n')}\n` })
    expect(run.status).toBe(2)
    expect(run.stdout).toMatch(/^7 rows read, 2 written or historic, 5 refused in /)
    expect(run.stderr).toBe('cairn: refused rows and the reasons are in stdin.refused.jsonl\n')
    const refused = refusals(join(run.cwd, 'stdin.refused.jsonl'))
    expect(refused.map(({ line }) => line)).toEqual([3, 4, 5, 6, 7])
    expect(refused[0]).toMatchObject({ row: { id: '2', at: AT, n: 'x' }, reason: expect.stringContaining("'n'") })
    expect(refused[0]?.reason).toMatch(/^ValidationError: /)
    expect(refused[1]).toMatchObject({ row: `3,${AT}`, reason: 'the row has 2 cells and the header 3' })
    expect(refused[2]?.row).toEqual({ id: '', at: AT, n: '4' })
    expect(refused[3]?.reason).toContain("'yesterday'")
    expect(refused[4]?.reason).toContain('quote')
    expect([...(await recordsOf('partly')).keys()].sort()).toEqual(['0', '1', '7'])
  })

  it('keeps refused JSON lines as they were, where it is told to', async () => {
    await ingest(['-', '--format', 'csv', '--group', 'refused-json', ...CREATE], { stdin: `id,at\n0,${AT}\n` })
    const stdin = `{"id":1,"at":"${AT}","zip":1.10}\n{"id":\n`
    const args = ['-', '--format', 'jsonl', '--group', 'refused-json', '--refused', 'bad.jsonl', '--quiet']
    const { status, stdout, cwd } = await ingest(args, { stdin })
    expect({ status, stdout }).toEqual({ status: 2, stdout: '' })
    const text = readFileSync(join(cwd, 'bad.jsonl'), 'utf8')
    expect(text).toContain(`"row":{"id":1,"at":"${AT}","zip":1.10}`)
    expect(refusals(join(cwd, 'bad.jsonl'))[1]).toMatchObject({ line: 2, row: '{"id":' })
  })

  it('writes to one store only and with a time to live when it is told to', async () => {
    const row = (id: number) => `id,at\n${id},2999-01-01T00:00:00Z\n`
    const args = ['-', '--format', 'csv', '--group', 'stores']
    await ingest([...args, ...CREATE, '--offline-only'], { stdin: row(1) })
    expect((await recordsOf('stores')).size).toBe(0)
    await ingest([...args, '--online-only', '--ttl', '1d'], { stdin: row(2) })
    const { stdout } = await cairn(['get', 'stores', '2', '--expires-at'], { endpoint: server.endpoint })
    expect(Date.parse(JSON.parse(stdout).ExpiresAt)).toBe(Date.parse('2999-01-02T00:00:00Z'))
  })

  beforeAll(async () => {
    await ingest(['-', '--format', 'csv', '--group', 'narrow', ...CREATE], { stdin: `id,at\n1,${AT}\n` })
  })

  it.each([
    [['missing.csv', '--group', 'x'], 'missing.csv cannot be read: there is no such file'],
    [['.', '--group', 'x', '--format', 'csv'], '. is a directory'],
    [['-', '--group', 'x'], 'give --format csv or --format jsonl'],
    [['-', '--format', 'csv', ...CREATE], 'give --group'],
    [[orders], 'give --group'],
    [[orders, '--group', 'nowhere'], 'feature group nowhere does not exist; --create'],
    [[orders, '--group', 'narrow'], "column 'customer_id' of orders.csv is not a feature of narrow, which has id, at"],
    [[orders, '--group', 'narrow', ...CREATE_ORDERS], "its identifier is 'id' and not 'customer_id'"],
    [[orders, '--group', 'x', '--create', '--id', 'id', '--event-time', 'at'], "has no column 'id'"],
    [[orders, '--group', 'x', '--refused', orders], '--refused names the file that is read'],
    [[orders, '--group', 'a b', ...CREATE_ORDERS], 'ValidationException: '],
  ])('fails with a clear message: %j', async (args, message) => {
    const { status, stdout, stderr } = await ingest(args)
    expect({ status, stdout }).toEqual({ status: 1, stdout: '' })
    expect(stderr).toContain(message)
    expect(stderr.trimEnd().split('\n').length).toBe(1)
  })
})

describe('cairn ingest in trouble', () => {
  const isWrite = (path: string) => path === '/BatchWriteRecord'
  const unavailable = {
    status: 503,
    headers: { 'x-amzn-errortype': 'ServiceUnavailable' },
    body: '{"Message":"no"}',
  }

  it('sends again what a server in trouble did not take', async () => {
    const attempts = new Map<string, number>()
    const proxy = await startProxy(server.endpoint, (path, body) => {
      if (!isWrite(path)) return undefined
      const { Entries } = JSON.parse(body)
      const batch = JSON.stringify(Entries[0])
      const attempt = (attempts.get(batch) ?? 0) + 1
      attempts.set(batch, attempt)
      if (attempt === 1) return { status: 200, body: JSON.stringify({ Errors: [], UnprocessedEntries: Entries }) }
      if (attempt === 2) return unavailable
      return undefined
    })
    try {
      const run = await ingest([orders, '--group', 'troubled', ...CREATE_ORDERS], { endpoint: proxy.endpoint })
      expect(run).toMatchObject({ status: 0, stderr: '' })
      expect(attempts.size).toBeGreaterThan(15)
      expect([...attempts.values()].every((count) => count === 3)).toBe(true)
      expect(await recordsOf('troubled')).toEqual(newestOrders())
    } finally {
      proxy.stop()
    }
  })

  it('stops with exit status 1 when it is not let in any more', async () => {
    const proxy = await startProxy(server.endpoint, (path) =>
      isWrite(path)
        ? { status: 403, headers: { 'x-amzn-errortype': 'AccessForbidden' }, body: '{"Message":"not you"}' }
        : undefined,
    )
    try {
      const run = await ingest([orders, '--group', 'forbidden', ...CREATE_ORDERS], { endpoint: proxy.endpoint })
      expect(run.status).toBe(1)
      expect(run.stderr).toBe('cairn: AccessForbidden: not you\n')
      expect(run.stdout).toContain(' 0 written or historic, 0 refused')
    } finally {
      proxy.stop()
    }
  })

  it('ends well on Ctrl-C, with what it has done so far', async () => {
    let interrupt = () => {}
    const firstWrite = new Promise<void>((resolve) => {
      interrupt = resolve
    })
    const proxy = await startProxy(server.endpoint, async (path) => {
      if (!isWrite(path)) return undefined
      interrupt()
      await new Promise((resolve) => setTimeout(resolve, 300))
      return undefined
    })
    try {
      const args = ['ingest', orders, '--group', 'interrupted', '--concurrency', '2', ...CREATE_ORDERS]
      const { child, finished } = startCairn(args, { endpoint: proxy.endpoint, cwd: temporaryDirectory() })
      await firstWrite
      child.kill('SIGINT')
      const { status, stdout } = await finished
      expect(status).toBe(130)
      const [, written] = /^\d+ rows read, (\d+) written or historic, 0 refused, \d+ not sent/.exec(stdout) ?? []
      expect(Number(written)).toBeGreaterThan(0)
      expect(Number(written)).toBeLessThan(500)
    } finally {
      proxy.stop()
    }
  })
})

describe('cairn ingest of events', () => {
  const lines = (...values: object[]) => `${values.map((value) => JSON.stringify(value)).join('\n')}\n`
  const event = (Record: object, more: object = {}) => ({ FeatureGroupName: 'eventful', Record, ...more })

  beforeAll(async () => {
    await ingest(['-', '--format', 'csv', '--group', 'eventful', ...CREATE], { stdin: `id,at,n\n0,${AT},0\n` })
  })

  it('makes puts, updates and deletes in the order of the lines, and refuses the others with line and reason', async () => {
    const later = AT.replace('2026', '2027')
    const stdin = lines(
      event({ id: 1, at: AT, n: 1 }),
      event({ id: 2, at: AT, n: 2 }),
      event({ id: 1, n: 5 }, { Operation: 'Update' }),
      { specversion: '1.0', id: 'x', source: '/s', type: 't', data: event({ id: 3, at: AT, n: 3 }) },
      { 'detail-type': 't', source: 's', detail: event({ id: 2, at: later }, { Operation: 'HardDelete' }) },
      event({ id: 4, n: 1 }, { Operation: 'Update' }),
      event({ id: 5 }, { Operation: 'Remove' }),
      event({ id: 6, at: AT }, { FeatureGroupName: 'nowhere' }),
      { id: 7, at: AT },
    )
    const run = await ingest(['-', '--format', 'jsonl'], { stdin })
    expect(run.stdout).toMatch(/^9 rows read, 5 written or historic, 4 refused in /)
    expect(run.status).toBe(2)
    const refused = refusals(join(run.cwd, 'stdin.refused.jsonl')).toSorted((a, b) => a.line - b.line)
    expect(refused.map(({ line, reason }) => [line, reason.slice(0, 30)])).toEqual([
      [6, 'ResourceNotFound: Record with '],
      [7, 'Validation Error: the event is'],
      [8, 'ResourceNotFound: Resource Not'],
      [9, 'the row is no event and names '],
    ])
    const records = await recordsOf('eventful')
    expect([...records.keys()].sort()).toEqual(['0', '1', '3'])
    expect(records.get('1')).toEqual({ id: '1', at: AT, n: '5' })
  })

  it('writes them into a directory without a server as well, and says which were late', async () => {
    const data = temporaryDirectory()
    const make = ['-', '--format', 'csv', '--group', 'eventful', ...CREATE, '--data', data]
    await ingest(make, { stdin: `id,at,n\n0,${AT},0\n`, endpoint: 'http://127.0.0.1:1' })
    const stdin = lines(
      event({ id: 0, at: AT.replace('2026', '2025'), n: 1 }),
      event({ id: 1, at: AT, n: 1 }),
      event({ id: 1, n: 2 }, { Operation: 'Update' }),
      event({ id: 2, at: 'never' }),
    )
    const run = await ingest(['-', '--format', 'jsonl', '--data', data], { stdin, endpoint: 'http://127.0.0.1:1' })
    expect(run.stdout).toMatch(/^4 rows read, 3 written \(1 older than what is online\), 1 refused in /)
    expect(run.stderr).toBe('cairn: refused rows and the reasons are in stdin.refused.jsonl\n')
    await ingest(['-', '--format', 'csv', '--group', 'eventful', '--data', data], { stdin: `id,at,n\n1,${AT},9\n` })
    const again = await ingest(make, { stdin: `id,at,n\n1,${AT.replace('2026', '2025')},9\n` })
    expect(again.stdout).toContain('1 written (1 older than what is online)')
  })

  it('leaves the rows of a directory without a server in the tables of the history', async () => {
    const data = temporaryDirectory()
    const args = ['-', '--format', 'csv', '--group', 'few', ...CREATE, '--data', data]
    await ingest(args, { stdin: `id,at,n\n0,${AT},0\n1,${AT},1\n` })
    await ingest(args, { stdin: `id,at,n\n2,${AT},2\n` })
    expect((await tableRows(data)).map(({ id }) => id).toSorted()).toEqual([0n, 1n, 2n])
  })

  it('says that rows could not be moved into the history, and has a later run move them', async () => {
    const data = temporaryDirectory()
    const args = ['-', '--format', 'csv', '--group', 'few', ...CREATE, '--data', data]
    writeFileSync(join(data, 'offline'), '')
    const run = await ingest(args, { stdin: `id,at,n\n0,${AT},0\n` })
    expect(run).toMatchObject({ status: 1, stdout: expect.stringContaining('1 written') })
    expect(run.stderr).toMatch(/^cairn: what was written waits to be moved into the history: .* few cannot be written/)
    rmSync(join(data, 'offline'))
    await ingest(args, { stdin: `id,at,n\n1,${AT},1\n` })
    expect((await tableRows(data)).map(({ id }) => id).toSorted()).toEqual([0n, 1n])
  })

  it('does not write into a directory that a server has', async () => {
    const run = await ingest([orders, '--data', server.data, '--group', 'x'])
    expect(run).toMatchObject({ status: 1, stderr: expect.stringContaining('in use by another server') })
  })
})
