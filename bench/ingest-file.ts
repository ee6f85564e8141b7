import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createWriteStream } from 'node:fs'
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
/**
 * Four times the rows may take this much more memory. It is compared within a run, a quarter of which is enough for all
 * threads to have begun their work: those that move the history begin theirs with its first 64 MB.
 */
const MAX_GROWTH = 1.2
const MEGABYTE = 1_000_000
/** How often memory is looked at. */
const SAMPLE_MS = 50

type Format = 'csv' | 'parquet'

export const ingestCsv: Figure = { name: 'ingestCsv', measure: (bench) => measure('csv', bench) }
export const ingestParquet: Figure = { name: 'ingestParquet', measure: (bench) => measure('parquet', bench) }

async function measure(format: Format, { cairn, records, ...extent }: Bench) {
  const directory = await mkdtemp(join(tmpdir(), 'cairn-bench-ingest-'))
  try {
    const few = await makeFile(directory, format, records / 10)
    const file = await makeFile(directory, format, records)
    const small = await embedded(directory, few)
    const runs = []
    for (let run = 0; run < extent.runs; run++) runs.push(await embedded(directory, file))
    const median = runs.sort((a, b) => a.rate - b.rate)[Math.floor(runs.length / 2)]
    const { rate = Number.NaN, early = Number.NaN, peak = Number.NaN } = median ?? {}
    const overHttp = await ingest([few, '--endpoint', cairn.url])
    const alone = await parse(file)
    const megabytes = (bytes: number) => `${(bytes / MEGABYTE).toFixed(0)} MB`
    return {
      what: `cairn ingest --data, ${records.toLocaleString('en')} rows of ${format === 'csv' ? 'CSV' : 'Parquet'}`,
      unit: 'rows/s',
      measured: rate,
      bareSqlite: sqliteWriteFloor(PER_COMMIT, extent),
      target: `${TARGET.toLocaleString('en')}, memory flat`,
      isMet: rate >= TARGET && peak < early * MAX_GROWTH,
      note: `parsing alone ${whole(alone)}, over HTTP ${whole(overHttp.rate)}; peak ${megabytes(peak)}, after a quarter ${megabytes(early)}; a tenth of the rows ${megabytes(small.peak)}`,
    }
  } finally {
    await rm(directory, { recursive: true })
  }
}

/** A file of so many of the bench's records. */
async function makeFile(directory: string, format: Format, count: number): Promise<string> {
  const csv = join(directory, `${count}.csv`)
  await pipeline(csvLines(count), createWriteStream(csv))
  if (format === 'csv') return csv
  const parquet = join(directory, `${count}.parquet`)
  const instance = await DuckDBInstance.create(':memory:')
  const connection = await instance.connect()
  await connection.run(`COPY (FROM read_csv('${csv}')) TO '${parquet}' (FORMAT parquet)`)
  connection.closeSync()
  instance.closeSync()
  return parquet
}

function* csvLines(count: number): Generator<string> {
  yield `${GROUP_REQUEST.FeatureDefinitions.map(({ FeatureName }) => FeatureName).join(',')}\n`
  for (let number = 0; number < count; number++) {
    const values: { ValueAsString: string }[] = JSON.parse(recordJson(number))
    yield `${values.map(({ ValueAsString }) => ValueAsString).join(',')}\n`
  }
}

/** Ingests a file into a data directory of its own. */
async function embedded(directory: string, file: string): Promise<Run> {
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
  /** The same when a quarter of the time was over. */
  early: number
}

/** Runs `cairn ingest`. Throws unless every row was written. */
async function ingest(args: string[]): Promise<Run> {
  const child = spawn(process.execPath, [COMMAND, 'ingest', ...args, '--group', GROUP], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  let told = ''
  child.stdout.on('data', (text) => {
    told += text
  })
  const peaks: number[] = []
  const closed = once(child, 'close')
  while (child.exitCode === null) {
    peaks.push((await peakOf(child.pid)) ?? peaks.at(-1) ?? Number.NaN)
    await Promise.race([closed, setTimeout(SAMPLE_MS)])
  }
  await closed
  const rate = /, 0 refused in .* \((\d+) rows\/s\)/.exec(told)?.[1]
  if (rate === undefined) throw new Error(`cairn ingest said: ${told}`)
  const [peak = Number.NaN, early = Number.NaN] = [peaks.at(-1), peaks[Math.floor(peaks.length / 4)]]
  return { rate: Number(rate), peak, early }
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
