import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DuckDBInstance } from '@duckdb/node-api'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { athenaOnDuckdb } from '../local/athena-on-duckdb.ts'
import { type FilledStore, openFilledStore } from './filled-store.ts'
import { cairn } from './running-cairn.ts'

const directory = mkdtempSync(join(tmpdir(), 'cairn-dataset-'))
const data = join(directory, 'data')
let store: FilledStore
let clock = Date.parse('2026-01-01T00:00:00Z')

beforeAll(async () => {
  store = await openFilledStore(data, () => clock)
  await store.createGroup('customers', [
    { FeatureName: 'Spend', FeatureType: 'Fractional' },
    { FeatureName: 'zip', FeatureType: 'String' },
    { FeatureName: 'tags', FeatureType: 'String', CollectionType: 'List' },
  ])
  await store.createGroup('risk-scores', [{ FeatureName: 'spend', FeatureType: 'Integral' }])
  await store.createGroup('numbered', [
    { FeatureName: 'id', FeatureType: 'Integral' },
    { FeatureName: 'at', FeatureType: 'Fractional' },
    { FeatureName: 'score', FeatureType: 'Integral' },
  ])
  await store.put('customers', {
    id: 'a',
    at: '2024-01-01T00:00:00Z',
    Spend: '1.5',
    zip: '01063',
    tags: ['x', 'y,"z"'],
  })
  await store.put('customers', { id: 'a', at: '2024-01-03T00:00:00Z', Spend: '2', zip: null })
  await store.put('customers', { id: 'b', at: '2024-01-01T00:00:00Z', Spend: '7', zip: '' })
  await store.remove('customers', 'b', '2024-01-02T00:00:00Z')
  await store.put('risk-scores', { id: 'a', at: '2024-01-02T00:00:00Z', spend: '9223372036854775807' })
  await store.put('numbered', { id: '7', at: '1704067200.25', score: '70' })
  clock += 60_000
  await store.put('customers', { id: 'a', at: '2024-01-02T00:00:00Z', Spend: '99', zip: 'late' })
  await store.flush()
})

afterAll(async () => {
  await store.close()
  rmSync(directory, { recursive: true })
})

let count = 0
function baseFile(text: string | Buffer, extension = 'csv'): string {
  count += 1
  const path = join(directory, `base-${count}.${extension}`)
  writeFileSync(path, text)
  return path
}

const output = (extension: string) => join(directory, `set-${count}.${extension}`)

const dataset = (base: string, ...options: string[]) =>
  cairn(['dataset', '--data', data, '--base', base, '--id', 'id', '--time', 'at', ...options])

/** The CSV text of the training set of a base that is CSV. */
async function setOf(base: string, ...options: string[]): Promise<string> {
  const path = baseFile(base)
  const { status, stderr } = await dataset(path, ...options, '--output', output('csv'))
  expect({ status, stderr }).toEqual({ status: 0, stderr: expect.stringMatching(/^\d+ rows? written to .*\n$/) })
  return readFileSync(output('csv'), 'utf8')
}

describe('cairn dataset', () => {
  it('takes the values known at each time, and keeps the rows and columns of the base as they are', async () => {
    const base =
      'zip,at,id,Label\n' +
      '007,2023-12-31T23:59:59.999Z,a,"1,5"\n' +
      ',2024-01-01T00:00:00Z,a,""\n' +
      '1.50,2024-02-01,a,"say ""x"""\n' +
      'x,2024-01-02 00:00:00,b,2\n' +
      'x,2024-01-02T00:59:59.999+01:00,b,3\n' +
      ' y,1704067200.5,nobody,4\n' +
      'z,2024-01-01,,5\n'
    expect(await setOf(base, '--group', 'customers:Spend,zip,tags')).toBe(
      'zip,at,id,Label,spend,customers_zip,tags\n' +
        '007,2023-12-31T23:59:59.999Z,a,"1,5",,,\n' +
        ',2024-01-01T00:00:00Z,a,"",1.5,01063,"[""x"",""y,\\""z\\""""]"\n' +
        '1.50,2024-02-01,a,"say ""x""",2.0,,\n' +
        'x,2024-01-02 00:00:00,b,2,,,\n' +
        'x,2024-01-02T00:59:59.999+01:00,b,3,7.0,"",\n' +
        ' y,1704067200.5,nobody,4,,,\n' +
        'z,2024-01-01,,5,,,\n',
    )
  })

  it('joins several groups, and names what they share after them', async () => {
    const base = 'id,at\na,2024-01-02T12:00:00Z\n'
    expect(await setOf(base, '--group', 'customers', '--group', 'risk-scores')).toBe(
      'id,at,customers_at,customers_spend,zip,tags,risk-scores_at,risk-scores_spend\n' +
        'a,2024-01-02T12:00:00Z,2024-01-02T00:00:00Z,99.0,late,,2024-01-02T00:00:00Z,9223372036854775807\n',
    )
  })

  it('leaves out what was written later than --write-time-as-of', async () => {
    const base = 'id,at\na,2024-01-02T12:00:00Z\n'
    const options = ['--group', 'customers:spend', '--write-time-as-of']
    expect(await setOf(base, ...options, '2026-01-01T00:00:59Z')).toBe('id,at,spend\na,2024-01-02T12:00:00Z,1.5\n')
    expect(await setOf(base, ...options, '2026-01-01T00:01:00Z')).toBe('id,at,spend\na,2024-01-02T12:00:00Z,99.0\n')
  })

  it('reads identifiers and times that are numbers', async () => {
    const base = 'ID,AT\n7,1704067200.249999\n+7,1704067200.25\n007,1.7040672003e9\n'
    expect(await setOf(base, '--group', 'numbered:score')).toBe(
      'ID,AT,score\n7,1704067200.249999,\n+7,1704067200.25,70\n007,1.7040672003e9,70\n',
    )
  })

  it('gives a Parquet set types that lose nothing, and takes Parquet as a base', async () => {
    const base = baseFile('id,at,n,zip,d\na,2024-01-05,1,007,1\nb,2024-01-01T12:00:00Z,,1,-2.5\n')
    const parquet = output('parquet')
    expect(await dataset(base, '--group', 'customers', '--output', parquet)).toMatchObject({ status: 0 })
    const connection = await (await DuckDBInstance.create()).connect()
    const described = await connection.runAndReadAll(`DESCRIBE FROM '${parquet}'`)
    expect(described.getRows().map(([name, type]) => `${name} ${type}`)).toEqual([
      ...['id VARCHAR', 'at VARCHAR', 'n BIGINT', 'zip VARCHAR', 'd DOUBLE'],
      ...['customers_at VARCHAR', 'spend DOUBLE', 'customers_zip VARCHAR', 'tags VARCHAR[]'],
    ])
    await dataset(parquet, '--group', 'risk-scores:spend', '--output', output('csv'))
    expect(readFileSync(output('csv'), 'utf8')).toBe(
      'id,at,n,zip,d,customers_at,spend,customers_zip,tags,risk-scores_spend\n' +
        'a,2024-01-05,1,007,1.0,2024-01-03T00:00:00Z,2.0,,,9223372036854775807\n' +
        'b,2024-01-01T12:00:00Z,,1,-2.5,2024-01-01T00:00:00Z,7.0,"",,\n',
    )
  })

  it('reads the times that Parquet has: zoned, unzoned, days, and numbers of seconds', async () => {
    const connection = await (await DuckDBInstance.create()).connect()
    for (const time of [
      `TIMESTAMP '2024-01-02 00:00:00'`,
      `TIMESTAMPTZ '2024-01-02 01:00:00+01'`,
      `TIMESTAMP_NS '2024-01-02 00:00:00.000000999'`,
      `DATE '2024-01-02'`,
      '1704153600',
      '1704153600.0::DOUBLE',
      '1704153600.5::DECIMAL(20, 3)',
    ]) {
      const base = baseFile('', 'parquet')
      await connection.run(`COPY (SELECT 'a' AS id, ${time} AS "at") TO '${base}' (FORMAT parquet)`)
      await dataset(base, '--group', 'risk-scores:spend', '--output', output('csv'))
      expect(readFileSync(output('csv'), 'utf8')).toMatch(/,9223372036854775807\n$/)
    }
  })

  it('makes a set of no rows from a base of no rows', async () => {
    expect(await setOf('id,at\n', '--group', 'customers:zip')).toBe('id,at,zip\n')
  })

  it('keeps the order of many rows', async () => {
    const rows = Array.from(
      { length: 300_000 },
      (_, i) => `${i % 3 === 0 ? 'a' : `x${i}`},2024-01-0${1 + (i % 5)},${i}`,
    )
    const lines = (
      await setOf(`id,at,n\n${rows.join('\n')}\n`, '--group', 'customers:zip', '--memory-limit', '200MB')
    ).split('\n')
    expect(lines.slice(1, -1).map((line) => line.slice(0, line.lastIndexOf(',')))).toEqual(rows)
    expect(lines[1]).toBe('a,2024-01-01,0,01063')
  })
})

describe('cairn dataset --dialect athena', () => {
  it('prints a statement with the columns of the set, over the table that has the base', async () => {
    const base = baseFile('id,at,spend\na,2024-01-02T12:00:00Z,1\nb,1704110400,2\nnobody,2024-01-05,3\n')
    const options = ['--group', 'customers:spend,zip', '--write-time-as-of', '2026-01-01T00:00:59Z']
    const printed = await dataset(base, ...options, '--dialect', 'athena', '--base-table', 'labels.my-table')
    expect(printed).toMatchObject({ status: 0, stderr: '' })
    const connection = await athenaOnDuckdb(data, ['customers'])
    await connection.run(`CREATE TABLE labels."my-table" AS FROM read_csv('${base}', all_varchar = true)`)
    const answer = await connection.runAndReadAll(`FROM (${printed.stdout}) ORDER BY spend`)
    expect(answer.columnNames()).toEqual(['id', 'at', 'spend', 'customers_spend', 'zip'])
    expect(answer.getRows()).toEqual([
      ['a', '2024-01-02T12:00:00Z', '1', 1.5, '01063'],
      ['b', '1704110400', '2', 7, ''],
      ['nobody', '2024-01-05', '3', null, null],
    ])
  })

  it('needs to know the table, and one that can be', async () => {
    const base = baseFile('id,at\n')
    const options = ['--group', 'customers', '--dialect', 'athena']
    expect((await dataset(base, ...options)).stderr).toContain('needs --base-table <database.table>')
    expect((await dataset(base, ...options, '--base-table', 'x; DROP')).stderr).toContain(
      'It must look like database.table',
    )
  })
})

describe('cairn dataset refuses', () => {
  const BASE = 'id,at\na,2024-01-01\n'

  async function refused(base: string | Buffer, options: string[], extension = 'csv'): Promise<string> {
    const path = baseFile(base, extension)
    const before = readdirSync(directory).sort()
    const { status, stdout, stderr } = await dataset(path, ...options)
    expect({ status, stdout }).toEqual({ status: 1, stdout: '' })
    expect(stderr.split('\n')).toHaveLength(2)
    expect(readdirSync(directory).sort()).toEqual(before)
    return stderr
  }

  const CUSTOMERS = ['--group', 'customers', '--output', join(directory, 'refused.csv')]

  it.each([
    ['2024-01-01\nb,2024-02-30', "row 2 of .* has '2024-02-30' in column at"],
    ['2024-01-01\nb,', 'row 2 of .* has no value in column at'],
    ['yesterday', "row 1 of .* has 'yesterday' in column at; it must be ISO 8601"],
    ['1e30', "row 1 of .* has '1e30' in column at"],
    ['2024-01-01T25:00:00Z', "row 1 of .* has '2024-01-01T25:00:00Z' in column at"],
  ])('the time %j', async (time, expected) => {
    expect(await refused(`id,at\na,${time}\n`, CUSTOMERS)).toMatch(new RegExp(`^cairn: ${expected}`))
  })

  it('columns, groups and features that are not there', async () => {
    expect(await refused('id,when\na,2024-01-01\n', CUSTOMERS)).toMatch(
      /base-\d+\.csv has no column at; it has id, when/,
    )
    const features = ['--group', 'customers:spend,nope', '--output', output('csv')]
    expect(await refused(BASE, features)).toMatch(/customers has no feature nope; it has id, at, spend, zip, tags/)
    const group = ['--group', 'nobody', '--output', output('csv')]
    expect(await refused(BASE, group)).toMatch(/no feature group nobody with a history; there are customers, numbered/)
  })

  it('columns that would have one name', async () => {
    const base = 'id,at,spend,customers_spend\na,2024-01-01,1,2\n'
    expect(await refused(base, CUSTOMERS)).toContain('two columns of the dataset would be called customers_spend')
  })

  it('identifiers that the group cannot have', async () => {
    const options = ['--group', 'numbered', '--output', output('csv')]
    expect(await refused('id,at\n7,2024-01-01\n7.5,2024-01-01\n', options)).toMatch(
      /row 2 of .* has '7\.5' in column id; it must be a whole number of 64 bits, as the identifiers of numbered are/,
    )
  })

  it('a base that cannot be read', async () => {
    expect(await refused('', CUSTOMERS)).toMatch(/is empty: its first line must name the columns/)
    expect(await refused('id,at,id\n', CUSTOMERS)).toMatch(/column id is twice in the header/)
    expect(await refused('id,at\na\n', CUSTOMERS)).toMatch(/base-\d+\.csv cannot be read: .*CSV Error on Line: 2/)
    expect(await refused('id,at\na,"2024-01-01\n', CUSTOMERS)).toMatch(/cannot be read: .*unterminated quote/)
    expect(await refused(Buffer.from('id,at\n\xff\xfe,2024-01-01\n', 'latin1'), CUSTOMERS)).toMatch(
      /cannot be read: .*utf-8/i,
    )
    expect(await refused('PAR1 and nothing else PAR1', CUSTOMERS, 'parquet')).toMatch(/\.parquet cannot be read: /)
    expect(await refused('x', CUSTOMERS, 'txt')).toMatch(/must end in \.csv or \.parquet/)
    mkdirSync(join(directory, 'folder.csv'))
    expect((await dataset(join(directory, 'folder.csv'), ...CUSTOMERS)).stderr).toMatch(/folder\.csv is not a file/)
    expect((await dataset(join(directory, 'none.csv'), ...CUSTOMERS)).stderr).toMatch(
      /none\.csv .*there is no such file/,
    )
  })

  it('an output that cannot be written, a group given twice, and to go without what it needs', async () => {
    expect(await refused(BASE, ['--group', 'customers', '--output', '/nope/set.csv'])).toMatch(/\/nope\/set\.csv/)
    expect(await refused(BASE, ['--group', 'customers', '--output', 'set.txt'])).toMatch(
      /must end in \.csv or \.parquet/,
    )
    expect(await refused(BASE, [...CUSTOMERS, '--group', 'customers'])).toMatch(/The group was given before/)
    expect(await refused(BASE, ['--group', 'customers'])).toMatch(/--output <file>/)
    expect(await refused(BASE, ['--output', output('csv')])).toMatch(/--group/)
    expect(await refused(BASE, [...CUSTOMERS, '--memory-limit', 'lots'])).toMatch(/'lots' is invalid/)
  })
})
