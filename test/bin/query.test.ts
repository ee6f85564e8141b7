import { execFileSync, spawnSync } from 'node:child_process'
import {
  closeSync,
  existsSync,
  globSync,
  mkdtempSync,
  openSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs'
import { readFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DuckDBInstance } from '@duckdb/node-api'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { plainText } from '../../local/history/format/cell-text.ts'
import { updateFeatureGroup } from '../../store/operations/update-feature-group.ts'
import { athenaOnDuckdb } from '../local/athena-on-duckdb.ts'
import { type FilledStore, openFilledStore } from './filled-store.ts'
import { cairn, startServer } from './running-cairn.ts'

const directory = mkdtempSync(join(tmpdir(), 'cairn-query-'))
const data = join(directory, 'data')
let store: FilledStore
let clock = Date.parse('2026-01-01T00:00:00Z')

const LARGEST = '9223372036854775807'
const UNICODE = 'é😀\u0000"\',;\n\u202e漢'

beforeAll(async () => {
  store = await openFilledStore(data, () => clock)
  await store.createGroup('my-group', [
    { FeatureName: 'Amount', FeatureType: 'Integral' },
    { FeatureName: 'rate', FeatureType: 'Fractional' },
    { FeatureName: 'tags', FeatureType: 'String', CollectionType: 'List' },
    { FeatureName: 'counts', FeatureType: 'Integral', CollectionType: 'Set' },
  ])
  await store.put('my-group', {
    id: 'a',
    at: '2024-01-01T00:00:00Z',
    Amount: LARGEST,
    rate: '0.1',
    tags: ['x', UNICODE],
  })
  await store.put('my-group', { id: 'b', at: '2024-01-02T00:00:00Z', Amount: '1', counts: ['3', LARGEST] })
  await store.put('my-group', { id: 'b', at: '2024-01-02T00:00:00Z', Amount: '1', counts: ['3', LARGEST] })
  await store.flush()
  clock += 60_000
  await updateFeatureGroup(store.stores, {
    FeatureGroupName: 'my-group',
    FeatureAdditions: [{ FeatureName: 'name', FeatureType: 'String' }],
  })
  await store.put('my-group', { id: 'a', at: '2024-01-03T00:00:00.500Z', Amount: '-2', name: UNICODE })
  await store.put('my-group', { id: 'a', at: '2023-01-01T00:00:00Z', Amount: '3', name: '' })
  await store.remove('my-group', 'b', '2024-01-05T00:00:00Z')
  await store.flush()
  await store.createGroup('Empty', [])
})

afterAll(async () => {
  await store.close()
  rmSync(directory, { recursive: true })
})

const query = (sql: string, ...options: string[]) => cairn(['query', sql, '--data', data, ...options])

async function rowsOf(sql: string, ...options: string[]): Promise<unknown[]> {
  const { status, stdout, stderr } = await query(sql, '--format', 'json', ...options)
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' })
  return JSON.parse(stdout)
}

describe('cairn query', () => {
  it('reads every version and marker of a group while a server may be writing', async () => {
    const rows = await rowsOf('SELECT id, amount, name, is_deleted, _event_time FROM "my-group" ORDER BY _sequence')
    expect(rows).toEqual([
      { id: 'a', amount: expect.anything(), name: null, is_deleted: false, _event_time: '2024-01-01T00:00:00.000Z' },
      { id: 'b', amount: 1, name: null, is_deleted: false, _event_time: '2024-01-02T00:00:00.000Z' },
      { id: 'b', amount: 1, name: null, is_deleted: false, _event_time: '2024-01-02T00:00:00.000Z' },
      { id: 'a', amount: -2, name: UNICODE, is_deleted: false, _event_time: '2024-01-03T00:00:00.500Z' },
      { id: 'a', amount: 3, name: '', is_deleted: false, _event_time: '2023-01-01T00:00:00.000Z' },
      { id: 'b', amount: null, name: null, is_deleted: true, _event_time: '2024-01-05T00:00:00.000Z' },
    ])
  })

  it('has a view of the latest records, without deleted ones, repeats and late arrivals', async () => {
    expect(await rowsOf('SELECT id, amount, name FROM "my-group_latest"')).toEqual([
      { id: 'a', amount: -2, name: UNICODE },
    ])
  })

  it('writes integers with all their digits, and collections and times as JSON and ISO 8601', async () => {
    const sql = `SELECT amount, tags, counts, write_time FROM "my-group" ORDER BY _sequence LIMIT 2`
    const json = await query(sql, '--format', 'json')
    expect(json.stdout).toBe(
      `[\n{"amount":${LARGEST},"tags":["x",${JSON.stringify(UNICODE)}],"counts":null,"write_time":"2026-01-01T00:00:00.000Z"},\n` +
        `{"amount":1,"tags":null,"counts":[3,${LARGEST}],"write_time":"2026-01-01T00:00:00.000Z"}\n]\n`,
    )
    const csv = await query(sql, '--format', 'csv')
    const cell = `"${JSON.stringify(['x', UNICODE]).replaceAll('"', '""')}"`
    expect(csv.stdout).toBe(
      `amount,tags,counts,write_time\n${LARGEST},${cell},,2026-01-01T00:00:00.000Z\n` +
        `1,,"[3,${LARGEST}]",2026-01-01T00:00:00.000Z\n`,
    )
  })

  it('tells null from the empty string in CSV', async () => {
    const { stdout } = await query(`SELECT NULL AS a, '' AS b, 'x,y' AS c, 'say "x"' AS d`, '--format', 'csv')
    expect(stdout).toBe('a,b,c,d\n,"","x,y","say ""x"""\n')
  })

  it('writes the sign of a zero', async () => {
    const sql = "SELECT '-0'::DOUBLE AS a, ['-0'::DOUBLE, 0] AS b"
    expect((await query(sql, '--format', 'csv')).stdout).toBe('a,b\n-0.0,"[-0.0,0]"\n')
    expect((await query(sql, '--format', 'json')).stdout).toBe('[\n{"a":-0.0,"b":[-0.0,0]}\n]\n')
  })

  it('prints a table in which nothing can act on the terminal', async () => {
    const { stdout } = await query(`SELECT amount, name FROM "my-group" WHERE id = 'a' ORDER BY _sequence`)
    const name = 'é😀\\u{0}"\',;\\u{a}\\u{202e}漢'
    expect(stdout).toBe(
      `amount               name\n-------------------  ${'-'.repeat([...name].length)}\n${LARGEST}  NULL\n` +
        `                 -2  ${name}\n                  3\n(3 rows)\n`,
    )
  })

  it('shows the history as it was known at a time, whatever was committed since', async () => {
    const sql = 'SELECT id, amount FROM "my-group_latest" ORDER BY id'
    const rows = [{ id: 'a' }, { id: 'b', amount: 1 }]
    expect(await rowsOf(sql, '--as-of', '2026-01-01T00:00:59.999Z')).toMatchObject(rows)
    expect(await rowsOf(sql, '--as-of', '2026-01-01')).toMatchObject(rows)
    expect(await rowsOf(sql, '--as-of', '2025-12-31T23:59')).toEqual([])
    expect(await rowsOf(sql, '--as-of', '2026-01-01T01:01:00+01:00')).toEqual([{ id: 'a', amount: -2 }])
  })

  it('shows what readers of an earlier snapshot saw', async () => {
    const snapshots = await rowsOf('FROM "my-group_snapshots" ORDER BY committed_at')
    expect(snapshots).toMatchObject([
      { operation: 'append', total_records: 3 },
      { operation: 'append', total_records: 6 },
    ])
    const [first] = snapshots as { snapshot_id: number }[]
    expect(await rowsOf('SELECT count(*) AS n FROM "my-group"', '--as-of', String(first?.snapshot_id))).toEqual([
      { n: 3 },
    ])
  })

  it('knows groups without rows, in any case, with their columns', async () => {
    const { stdout } = await query('SELECT * FROM empty_latest', '--format', 'csv')
    expect(stdout).toBe('id,at,write_time,api_invocation_time,is_deleted,_event_time,_deletion_session,_sequence\n')
    expect((await query('FROM Empty')).stdout).toMatch(/\n\(0 rows\)\n$/)
    expect(await rowsOf('FROM Empty_snapshots')).toEqual([])
  })

  it('joins groups, and lets the SQL have tables of its own', async () => {
    const sql = `WITH n AS (SELECT count(*) AS n FROM empty) SELECT l.id, n.n FROM "my-group_latest" l, n;`
    expect(await rowsOf(sql)).toEqual([{ id: 'a', n: 0 }])
  })

  it('writes files, Parquet ones with the types of the columns', async () => {
    const parquet = join(directory, 'answer.parquet')
    expect(await query('FROM "my-group" ORDER BY _sequence', '--format', 'parquet', '--output', parquet)).toEqual({
      status: 0,
      stdout: '',
      stderr: '',
    })
    const connection = await (await DuckDBInstance.create()).connect()
    const read = await connection.runAndReadAll(
      `SELECT amount, tags::VARCHAR[] = ['x', $1] FROM '${parquet}' LIMIT 1`,
      [UNICODE],
    )
    expect(read.getRows()).toEqual([[BigInt(LARGEST), true]])
    const csv = join(directory, 'answer.csv')
    await query('SELECT id FROM "my-group_latest"', '--format', 'csv', '--output', csv)
    expect(readFileSync(csv, 'utf8')).toBe('id\na\n')
  })

  it('leaves no file behind when the query fails', async () => {
    const before = readdirSync(directory).sort()
    const sql = `SELECT CASE WHEN id = 'b' THEN error('stop') END FROM "my-group"`
    for (const format of ['csv', 'parquet']) {
      const output = join(directory, `failed.${format}`)
      const { status, stderr } = await query(sql, '--format', format, '--output', output)
      expect({ status, stderr }).toEqual({ status: 1, stderr: expect.stringContaining('stop') })
    }
    expect(readdirSync(directory).sort()).toEqual(before)
  })

  it.skipIf(process.platform === 'win32')('writes to a pipe that has a name, and leaves it there', async () => {
    const pipe = join(directory, 'pipe')
    execFileSync('mkfifo', [pipe])
    const read = readFile(pipe, 'utf8')
    const options = ['--format', 'csv', '--output', pipe]
    expect(await query('SELECT id FROM "my-group_latest"', ...options)).toMatchObject({ status: 0, stderr: '' })
    expect(await read).toBe('id\na\n')
    expect(statSync(pipe).isFIFO()).toBe(true)
    rmSync(pipe)
  })

  it.skipIf(!existsSync('/dev/full'))('says in a line that what takes its output is full', () => {
    const full = openSync('/dev/full', 'w')
    const command = [join(import.meta.dirname, '../../bin/cairn.js'), 'query', 'SELECT 1', '--data', data]
    const { status, stderr } = spawnSync(process.execPath, command, { stdio: ['ignore', full, 'pipe'] })
    closeSync(full)
    expect({ status, stderr: stderr.toString() }).toEqual({
      status: 1,
      stderr: expect.stringMatching(/^cairn: the output cannot be written: ENOSPC.*\n$/),
    })
  })

  it('says on stderr that rows wait which it does not see', async () => {
    await store.put('Empty', { id: 'x', at: '2024-01-01T00:00:00Z' })
    try {
      const { stdout, stderr } = await query('SELECT count(*) AS n FROM empty', '--format', 'csv')
      expect(stdout).toBe('n\n0\n')
      expect(stderr).toMatch(/^cairn: 1 row waits in the log .*cairn flush/)
    } finally {
      await store.flush()
    }
    expect(await rowsOf('SELECT id FROM empty')).toEqual([{ id: 'x' }])
  })
})

describe('cairn query refuses', () => {
  const refused = async (sql: string, ...options: string[]) => {
    const { status, stdout, stderr } = await query(sql, ...options)
    expect({ status, stdout }).toEqual({ status: 1, stdout: '' })
    expect(stderr.split('\n')).toHaveLength(2)
    return stderr
  }

  it('tables that are not there, and names those that are', async () => {
    expect(await refused('SELECT * FROM nothing')).toBe(
      'cairn: there is no table nothing; the feature groups with a history are Empty, my-group\n',
    )
  })

  it('SQL that is wrong, that is nothing, and more than one statement', async () => {
    expect(await refused('SELECT * FORM x')).toMatch(/^cairn: Parser Error: .*"x"/)
    expect(await refused('SELECT nope FROM empty')).toMatch(/^cairn: Binder Error: .*"nope"/)
    expect(await refused(' \n ')).toBe('cairn: the SQL has 0 statements; it must have one\n')
    expect(await refused('SELECT 1; SELECT 2')).toBe('cairn: the SQL has 2 statements; it must have one\n')
  })

  it('to change anything or to read anything else', async () => {
    const file = join(directory, 'written.csv')
    for (const sql of [
      `COPY (SELECT 1) TO '${file}'`,
      `EXPLAIN ANALYZE COPY (SELECT 1) TO '${join(data, 'offline', 'x.csv')}'`,
      `SELECT * FROM read_text('/etc/passwd')`,
      `SELECT * FROM '${join(data, 'catalog.db')}'`,
      'CREATE TABLE t (a INT)',
      `SET memory_limit = '1TB'`,
      'INSTALL httpfs',
      `ATTACH '${file}'`,
    ]) {
      await refused(sql)
    }
    expect(existsSync(file)).toBe(false)
    expect(existsSync(join(data, 'offline', 'x.csv'))).toBe(false)
  })

  it('a snapshot that the table does not have, and what is neither time nor snapshot', async () => {
    expect(await refused('FROM "my-group"', '--as-of', '12')).toMatch(
      /it has no snapshot 12; those that are kept are \d+/,
    )
    for (const time of ['yesterday', '2026-02-30', '2026-01-01T25:00']) {
      expect(await refused('FROM "my-group"', '--as-of', time)).toContain(`'${time}' is invalid`)
    }
  })

  it('a directory that has no data, and a Parquet answer without a file', async () => {
    expect(await refused('SELECT 1', '--data', directory)).toContain(`${directory} is not a data directory`)
    expect(await refused('SELECT 1', '--format', 'parquet')).toContain('needs --output')
  })

  it('groups whose names differ in case only, unless one is written exactly', async () => {
    await store.createGroup('Twin', [])
    await store.createGroup('tWIN', [])
    await store.createGroup('Empty_latest', [])
    expect(await rowsOf('SELECT count(*) AS n FROM "Twin"')).toEqual([{ n: 0 }])
    expect(await refused('SELECT * FROM twin')).toContain('Twin and tWIN are one name in SQL')
    expect(await refused('SELECT * FROM Twin, tWIN')).toContain('Twin and tWIN are one name in SQL')
  })
})

describe('cairn query --dialect athena', () => {
  const athena = async (sql: string, ...options: string[]) => {
    const { status, stdout, stderr } = await query(sql, '--dialect', 'athena', ...options)
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' })
    return stdout
  }

  it.each([
    ['SELECT id, amount FROM "my-group_latest"'],
    [
      '\n-- mine\nWITH n AS (SELECT count(*) AS n FROM "MY-GROUP")\nSELECT n, id, amount FROM n, "my-group_latest" ORDER BY id',
    ],
    ['/* mine */ with recursive t(n) as (SELECT 1 UNION ALL SELECT n + 1 FROM t WHERE n < 3) SELECT * FROM t, empty'],
    ['SELECT count(*), max(write_time) FROM "my-group"', '--as-of', '2026-01-01T00:00:30Z'],
    ['SELECT id FROM "my-group_latest" ORDER BY id', '--as-of', '2026-01-01T00:00:30Z'],
  ])('prints a statement that answers the same: %s', async (sql, ...options) => {
    const connection = await athenaOnDuckdb(data, ['my-group', 'Empty'])
    const answer = await connection.runAndReadAll(await athena(sql, ...options))
    const own = await query(sql, '--format', 'csv', ...options)
    const lines = answer.getRows().map((row) => row.map(plainText).join(','))
    expect(own.stdout).toBe([answer.columnNames().join(','), ...lines, ''].join('\n'))
  })

  it('names tables by database and table, snapshots as Iceberg does', async () => {
    const sql = await athena('SELECT * FROM "my-group", "my-group_snapshots"', '--as-of', '123')
    expect(sql).toMatch(/FROM "sagemaker_featurestore"\."my_group_1767225600" FOR VERSION AS OF 123\n/)
    expect(sql).toMatch(/FROM "sagemaker_featurestore"\."my_group_1767225600\$snapshots"\n/)
    expect(sql).not.toContain('row_number')
    expect(await athena('SELECT 1')).toBe('SELECT 1\n')
  })

  it('takes the groups from a server, too', async () => {
    const server = await startServer()
    try {
      const options = ['--id', 'id', '--event-time', 'at', '--feature', 'id:String', '--feature', 'at:String']
      await cairn(['groups', 'create', 'remote', ...options], { endpoint: server.endpoint })
      await cairn(['groups', 'create', 'other', ...options], { endpoint: server.endpoint })
      const sql = await athena('SELECT * FROM remote_latest', '--endpoint', server.endpoint, '--data', '/nope')
      expect(sql).toMatch(
        /^WITH "remote" AS \(\nSELECT \* FROM "sagemaker_featurestore"\."remote_\d+"\n\),\n"remote_latest"/,
      )
      expect(sql).not.toContain('other')
    } finally {
      await server.stop()
    }
  })
})

describe('a damaged history', () => {
  let table: string
  const everyFile = (pattern: string, damage: (path: string) => void) => {
    const paths = globSync(join(table, pattern))
    expect(paths.length).toBeGreaterThan(0)
    for (const path of paths) damage(path)
  }

  async function message(damage: (path: string) => void, pattern: string): Promise<string> {
    const damaged = join(directory, 'damaged')
    const filled = await openFilledStore(damaged)
    await filled.createGroup('visits', [{ FeatureName: 'page', FeatureType: 'String' }])
    for (let i = 0; i < 100; i += 1)
      await filled.put('visits', { id: `${i}`, at: '2024-01-01T00:00:00Z', page: `p${i * i}` })
    await filled.flush()
    await filled.close()
    table = globSync(join(damaged, 'offline', 'visits_*')).join()
    everyFile(pattern, damage)
    const { status, stdout, stderr } = await cairn(['query', 'SELECT sum(length(page)) FROM visits', '--data', damaged])
    rmSync(damaged, { recursive: true })
    expect({ status, stdout }).toEqual({ status: 1, stdout: '' })
    expect(stderr).toMatch(/^cairn: .*\n$/)
    return stderr
  }

  const overwrite = (text: string) => (path: string) => writeFileSync(path, text)
  const cut = (path: string) => truncateSync(path, statSync(path).size - 40)
  const flip = (path: string) => {
    const bytes = readFileSync(path)
    bytes.fill(0xa5, 60, Math.min(2_000, bytes.length - 300))
    writeFileSync(path, bytes)
  }

  it.each([
    [
      'metadata that is no JSON',
      'metadata/v2.*',
      overwrite('{"format'),
      /the table metadata .*v2\.metadata\.json is damaged/,
    ],
    ['metadata that is empty of meaning', 'metadata/v2.*', overwrite('{}'), /lists no snapshots/],
    ['metadata that is missing altogether', 'metadata/*.*', rmSync, /the table metadata in \S+ is missing/],
    [
      'a hint that is no number',
      'metadata/version-hint.text',
      overwrite('x'),
      /version-hint\.text is damaged: it has 'x'/,
    ],
    ['a manifest list that is missing', 'metadata/snap-*', rmSync, /snap-.* cannot be read: .*ENOENT/],
    ['a manifest list that was cut off', 'metadata/snap-*', cut, /snap-\S* is damaged/],
    ['a manifest list that is none', 'metadata/snap-*', overwrite('Obj'), /snap-\S* is damaged/],
    ['a manifest that is missing', 'metadata/*-m0.avro', rmSync, /-m0\.avro cannot be read: .*ENOENT/],
    ['a manifest that was cut off', 'metadata/*-m0.avro', cut, /-m0\.avro is damaged: it has \d+ bytes, not \d+/],
    ['a data file that is missing', 'data/*/*.parquet', rmSync, /its file \S*\.parquet is missing/],
    ['a data file that was cut off', 'data/*/*.parquet', cut, /its file \S*\.parquet is damaged: it has \d+ bytes/],
    ['a data file with other bytes', 'data/*/*.parquet', flip, /\.parquet/],
    ['a catalog that is none', '../../catalog.db', overwrite('x'.repeat(5_000)), /catalog\.db cannot be read/],
  ])('is refused for %s', async (_, pattern, damage, expected) => {
    expect(await message(damage, pattern)).toMatch(expected)
  })
})
