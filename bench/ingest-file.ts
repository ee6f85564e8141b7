import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createWriteStream, existsSync } from 'node:fs'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { setTimeout } from 'node:timers/promises'
import { DuckDBInstance } from '@duckdb/node-api'
import { openEmbeddedStore } from '../local/ingest/embedded-store.ts'
import { openInput } from '../local/ingest/open-input.ts'
import type { Bench, Figure } from './figure.ts'
import { sqliteWriteFloor } from './floor-sqlite.ts'
import { GROUP, GROUP_REQUEST, recordJson } from './records.ts'

const COMMAND = join(import.meta.dirname, '../bin/cairn.js')
const TARGET = 20_000
/** What a commit of the embedded store takes at most. */
const PER_COMMIT = 4_000
/** From so many rows on all threads work and all caches are full: with fewer, less memory is taken than there may be. */
const FULL_ROWS = 100_000
/** Ten or a hundred times the rows may take this much more memory. */
const MAX_GROWTH = 1.1
/** A row group is what is in memory of Parquet: the smaller files have a few as well. */
const ROW_GROUP = 20_480
const MEGABYTE = 1_000_000
/** How often memory is looked at. */
const SAMPLE_MS = 50
/**
 * Linux grants a run no more, one of few rows like one of many: RLIMIT_DATA, with the half gigabyte that V8 reserves for
 * the code of the main thread and mostly leaves alone. https://man7.org/linux/man-pages/man2/getrlimit.2.html
 */
const LIMIT_KIB = 820_000
const LIMITED = process.platform === 'linux' ? ['sh', '-c', `ulimit -d ${LIMIT_KIB} && exec "$0" "$@"`] : []

type Format = 'csv' | 'parquet'

export const ingestCsv: Figure = { name: 'ingestCsv', measure: (bench) => measure('csv', bench) }
export const ingestParquet: Figure = { name: 'ingestParquet', measure: (bench) => measure('parquet', bench) }

async function measure(format: Format, { cairn, records, isLong, ...extent }: Bench) {
  const directory = await mkdtemp(join(tmpdir(), 'cairn-bench-ingest-'))
  try {
    const peaks = new Map<number, number>()
    const rates: number[] = []
    for (const count of [records / 100, records / 10, records, ...(isLong ? [records * 10] : [])]) {
      for (let run = 0; run < (count > records ? 1 : extent.runs); run++) {
        const { rate, peak } = await embedded(directory, format, count)
        peaks.set(count, Math.max(peaks.get(count) ?? 0, peak))
        if (count === records) rates.push(rate)
      }
    }
    const rate = rates.sort((a, b) => a - b)[Math.floor(rates.length / 2)] ?? Number.NaN
    const few = await makeFile(directory, format, records / 10)
    const overHttp = await ingest([few, '--endpoint', cairn.url])
    const alone = await parse(few)
    return {
      what: `cairn ingest --data, ${records.toLocaleString('en')} rows of ${format === 'csv' ? 'CSV' : 'Parquet'}`,
      unit: 'rows/s',
      measured: rate,
      bareSqlite: sqliteWriteFloor(PER_COMMIT, extent),
      target: `${TARGET.toLocaleString('en')}, memory flat`,
      isMet: rate >= TARGET && isFlat(peaks),
      note: `parsing alone ${whole(alone)}, over HTTP ${whole(overHttp.rate)}; peak ${peaksText(peaks)}`,
    }
  } finally {
    await rm(directory, { recursive: true })
  }
}

/** True when no file takes more memory than the smallest that fills everything, or little more. */
function isFlat(peaks: Map<number, number>): boolean {
  const full = [...peaks].filter(([count]) => count >= FULL_ROWS).map(([, peak]) => peak)
  return Math.max(...full) < (full[0] ?? Number.NaN) * MAX_GROWTH
}

function peaksText(peaks: Map<number, number>): string {
  const texts = [...peaks].map(([count, peak]) => `${(peak / MEGABYTE).toFixed(0)} MB of ${whole(count)}`)
  return `${texts.join(', ')} rows`
}

/** A file of so many of the bench's records, made unless it is there. */
async function makeFile(directory: string, format: Format, count: number): Promise<string> {
  const path = join(directory, `${count}.${format}`)
  if (existsSync(path)) return path
  const csv = join(directory, `${count}.csv`)
  await pipeline(csvLines(count), createWriteStream(csv))
  if (format === 'csv') return csv
  const instance = await DuckDBInstance.create(':memory:')
  const connection = await instance.connect()
  await connection.run(`COPY (FROM read_csv('${csv}')) TO '${path}' (FORMAT parquet, ROW_GROUP_SIZE ${ROW_GROUP})`)
  connection.closeSync()
  instance.closeSync()
  return path
}

function* csvLines(count: number): Generator<string> {
  yield `${GROUP_REQUEST.FeatureDefinitions.map(({ FeatureName }) => FeatureName).join(',')}\n`
  for (let number = 0; number < count; number++) {
    const values: { ValueAsString: string }[] = JSON.parse(recordJson(number))
    yield `${values.map(({ ValueAsString }) => ValueAsString).join(',')}\n`
  }
}

/** Ingests a file of so many records into a data directory of its own. */
async function embedded(directory: string, format: Format, count: number): Promise<Run> {
  const file = await makeFile(directory, format, count)
  const data = await mkdtemp(join(directory, 'data-'))
  const fail = (error: unknown) => {
    throw error
  }
  const where = { dataDirectory: data, account: '000000000000', region: 'us-east-1' }
  const store = await openEmbeddedStore({ ...where, onError: fail, onFatal: fail })
  await store.create(GROUP_REQUEST)
  await store.close()
  const run = await ingest([file, '--data', data])
  await rm(data, { recursive: true })
  return run
}

interface Run {
  /** Rows a second, as the command tells. */
  rate: number
  /** The most memory that it has had resident, in bytes; not a number where the system does not tell. */
  peak: number
}

/** Runs `cairn ingest`. Throws unless every row was written. */
async function ingest(args: string[]): Promise<Run> {
  const [program = '', ...rest] = [...LIMITED, process.execPath, COMMAND, 'ingest', ...args, '--group', GROUP]
  const child = spawn(program, rest, { stdio: ['ignore', 'pipe', 'inherit'] })
  let told = ''
  child.stdout.on('data', (text) => {
    told += text
  })
  let peak = Number.NaN
  const closed = once(child, 'close')
  while (child.exitCode === null) {
    peak = (await peakOf(child.pid)) ?? peak
    await Promise.race([closed, setTimeout(SAMPLE_MS)])
  }
  await closed
  const rate = /, 0 refused in .* \((\d+) rows\/s\)/.exec(told)?.[1]
  if (rate === undefined) throw new Error(`cairn ingest said: ${told}`)
  return { rate: Number(rate), peak }
}

async function peakOf(pid: number | undefined): Promise<number | undefined> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8').catch(() => '')
  const kilobytes = /^VmHWM:\s+(\d+) kB$/m.exec(status)?.[1]
  return kilobytes === undefined ? undefined : Number(kilobytes) * 1024
}

/** Rows a second that are read and nothing else. */
async function parse(file: string): Promise<number> {
  const input = await openInput(file, undefined, new AbortController().signal)
  const started = performance.now()
  let rows = 0
  for await (const _ of input.rows()) rows += 1
  return (rows * 1000) / (performance.now() - started)
}

function whole(value: number): string {
  return Math.round(value).toLocaleString('en')
}
