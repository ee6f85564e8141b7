import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { gzipSync, zstdCompressSync } from 'node:zlib'
import { DuckDBInstance } from '@duckdb/node-api'
import { parse } from 'csv-parse/sync'
import { describe, expect, it } from 'vitest'
import { cairn, startCairn } from './running-cairn.ts'
import { readStored } from './stored-rows.ts'
import { temporaryDirectory } from './temporary-directory.ts'

const orders = join(import.meta.dirname, '..', '..', 'examples', 'orders.csv')

/** Files whose rows have an identifier and an event time; the loans are not part of the repository. */
const FILES = [{ path: orders, id: 'customer_id', time: 'event_time', types: ", spend_30d: 'DECIMAL(9,2)'" }]
const loans = process.env['CAIRN_LOANS']
if (loans !== undefined) FILES.push({ path: loans, id: 'loan_id', time: 'event_time', types: '' })

/** The file as JSON Lines and, with times as timestamps, as Parquet, in a directory of its own. */
async function convert({ path, time, types }: { path: string; time: string; types: string }): Promise<string> {
  const directory = temporaryDirectory()
  const csv = `read_csv('${path}', types = {'${time}': 'VARCHAR'${types}})`
  const instance = await DuckDBInstance.create(':memory:')
  const connection = await instance.connect()
  const timed = `SELECT * REPLACE (${time}::TIMESTAMPTZ AS ${time}) FROM ${csv}`
  for (const codec of ['zstd', 'snappy']) {
    await connection.run(`COPY (${timed}) TO '${directory}/${codec}.parquet' (FORMAT parquet, COMPRESSION ${codec})`)
  }
  connection.closeSync()
  instance.closeSync()
  const text = readFileSync(path)
  writeFileSync(join(directory, 'a.csv'), text)
  writeFileSync(join(directory, 'a.jsonl'), toJsonLines(text))
  for (const name of ['a.csv', 'a.jsonl']) {
    const bytes = readFileSync(join(directory, name))
    writeFileSync(join(directory, `${name}.gz`), gzipSync(bytes))
    // Two frames one after the other are a file as well.
    const parts = [bytes.subarray(0, 1_000), bytes.subarray(1_000)].map((part) => zstdCompressSync(part))
    writeFileSync(join(directory, `${name}.zst`), Buffer.concat(parts))
  }
  return directory
}

/** Columns of numbers become JSON numbers, digit by digit; an empty cell is null. */
function toJsonLines(csv: Buffer): string {
  const rows: { [column: string]: string }[] = parse(csv, { columns: true })
  const isNumber = (name: string) => rows.every((row) => /^(-?(0|[1-9]\d*)(\.\d+)?)?$/.test(row[name] ?? ''))
  const numbers = new Set(Object.keys(rows[0] ?? {}).filter(isNumber))
  const lines = rows.map((row) => {
    const members = Object.entries(row).map(([name, cell]) => {
      const json = cell === '' ? 'null' : numbers.has(name) ? cell : JSON.stringify(cell)
      return `${JSON.stringify(name)}:${json}`
    })
    return `{${members.join(',')}}\n`
  })
  return lines.join('')
}

/** The definitions of the group `g`, and each row of its history with what is online of its record. */
async function contentOf(dataDirectory: string) {
  const { group, rows } = await readStored(dataDirectory, 'g')
  const compared = rows.map(({ row, online }) => {
    const { write_time: _write, api_invocation_time: _call, _sequence, ...columns } = row
    const names = Object.keys(columns).sort()
    return JSON.stringify([names.map((name) => [name, columns[name]]), online], (_, value: unknown) =>
      typeof value === 'bigint' ? String(value) : value,
    )
  })
  const definitions = group.FeatureDefinitions.toSorted((a, b) => (a.FeatureName < b.FeatureName ? -1 : 1))
  return { definitions, rows: compared.sort() }
}

const NAMES = [
  'a.csv',
  'a.csv.gz',
  'a.csv.zst',
  'a.jsonl',
  'a.jsonl.gz',
  'a.jsonl.zst',
  'zstd.parquet',
  'snappy.parquet',
]

describe.each(FILES)('the rows of $path', ({ id, ...file }) => {
  const { path, time } = file
  it('make the same store in every format, compressed or not', async () => {
    const directory = await convert(file)
    const contents: Awaited<ReturnType<typeof contentOf>>[] = []
    for (const name of NAMES) {
      const data = temporaryDirectory()
      const args = ['--data', data, '--group', 'g', '--create', '--id', id, '--event-time', time]
      const run = await cairn(['ingest', join(directory, name), ...args], { cwd: directory })
      expect({ name, stderr: run.stderr, status: run.status }).toEqual({ name, stderr: '', status: 0 })
      contents.push(await contentOf(data))
    }
    const [first] = contents
    expect(first?.rows.length).toBe(readFileSync(path, 'utf8').trimEnd().split('\n').length - 1)
    for (const [index, { definitions, rows }] of contents.entries()) {
      expect({ name: NAMES[index], definitions }).toEqual({ name: NAMES[index], definitions: first?.definitions })
      expect({ name: NAMES[index], differing: rows.filter((row, at) => row !== first?.rows[at]).slice(0, 2) }).toEqual({
        name: NAMES[index],
        differing: [],
      })
    }
  }, 240_000)
})

describe('whole files in a directory that is followed', () => {
  it('are taken once, and one that is broken is told of', async () => {
    const directory = await convert({ path: orders, time: 'event_time', types: '' })
    const data = temporaryDirectory()
    const make = ['--data', data, '--group', 'g', '--create', '--id', 'customer_id', '--event-time', 'event_time']
    await cairn(['ingest', join(directory, 'a.csv'), ...make], { cwd: directory })
    const inbox = join(directory, 'inbox')
    mkdirSync(inbox)
    for (const name of ['zstd.parquet', 'a.csv.gz'])
      writeFileSync(join(inbox, name), readFileSync(join(directory, name)))
    writeFileSync(join(inbox, 'broken.parquet'), readFileSync(join(directory, 'zstd.parquet')).subarray(0, 5_000))
    const places = () => {
      try {
        return Object.keys(JSON.parse(readFileSync(join(inbox, '.cairn-checkpoint'), 'utf8')).files)
      } catch {
        return []
      }
    }
    const { child, finished } = startCairn(['ingest', '--follow', inbox, '--group', 'g', '--data', data], {
      cwd: directory,
    })
    while (places().length < 3) await wait(50)
    child.kill('SIGTERM')
    const { stdout, status } = await finished
    expect(stdout).toMatch(/^1001 rows read, 1000 written .*, 1 refused in /)
    expect(status).toBe(2)
    expect(readFileSync(join(directory, 'inbox.refused.jsonl'), 'utf8')).toContain('"file":"broken.parquet"')
    expect((await contentOf(data)).rows.length).toBe(1_500)
  })
})
