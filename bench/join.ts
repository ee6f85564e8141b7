import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join as joinPath } from 'node:path'
import { type DuckDBConnection, DuckDBInstance } from '@duckdb/node-api'
import { writeDataset } from '../local/dataset/dataset.ts'
import { openHistories } from '../local/history/histories.ts'
import type { FeatureGroup } from '../store/groups/feature-group.ts'
import type { Figure } from './figure.ts'
import { makeBase, makeHistory } from './join-history.ts'

const MEMORY = '2GB'
/** How many times as long as the ASOF JOIN by hand it may take. */
const TARGET = 1.2
/** A join takes a second and a half, more or less by a third: the median of a few says little. */
const JOINS_PER_RUN = 3

export const join: Figure = {
  name: 'join',
  async measure({ records, runs }) {
    const directory = await mkdtemp(joinPath(tmpdir(), 'cairn-bench-join-'))
    try {
      const { seconds, byHand, unordered } = await measure(directory, records, runs)
      const times = (other: number) => (seconds / other).toFixed(2)
      return {
        what: `Point-in-time join, ${records.toLocaleString('en')} rows with as many of history`,
        unit: 'rows/s',
        measured: records / seconds,
        target: `${TARGET} times by hand`,
        isMet: seconds <= TARGET * byHand,
        note: `${times(byHand)} times the ASOF JOIN by hand, ${times(unordered)} times one that drops the order of rows`,
      }
    } finally {
      await rm(directory, { recursive: true })
    }
  },
}

/** Medians in seconds: of `cairn dataset`, and of the same join typed into DuckDB, with and without the rows' order. */
async function measure(directory: string, records: number, runs: number) {
  const group = await makeHistory(joinPath(directory, 'data'), records)
  const base = joinPath(directory, 'base.parquet')
  await withDuckdb((connection) => makeBase(connection, base, records))
  const own = joinPath(directory, 'own.parquet')
  const typed = joinPath(directory, 'typed.parquet')
  const sql = await asofJoin(directory, group, base)
  const times = { own: [] as number[], byHand: [] as number[], unordered: [] as number[] }
  for (let run = 0; run < runs * JOINS_PER_RUN; run += 1) {
    times.own.push(await seconds(() => dataset(directory, group, { base, output: own })))
    times.byHand.push(await seconds(() => copy(`${sql} ORDER BY b.file_row_number`, typed)))
    if (run === 0) await assertSame(own, typed)
    times.unordered.push(await seconds(() => copy(sql, typed)))
  }
  return { seconds: median(times.own), byHand: median(times.byHand), unordered: median(times.unordered) }
}

async function dataset(directory: string, group: FeatureGroup, files: { base: string; output: string }): Promise<void> {
  await writeDataset(openHistories(joinPath(directory, 'data')), {
    ...files,
    id: 'loan_id',
    time: 'time',
    choices: [{ group, features: undefined }],
    memoryLimit: MEMORY,
    signal: new AbortController().signal,
    onProgress: () => {},
  })
}

/** As a person would type it who knows that no two versions have one time and that nothing was deleted. */
async function asofJoin(directory: string, group: FeatureGroup, base: string): Promise<string> {
  const { files } = await openHistories(joinPath(directory, 'data')).read(group)
  const features = group.FeatureDefinitions.slice(1).map(({ FeatureName }) => `h.${FeatureName}`)
  return `SELECT b.* EXCLUDE (file_row_number), ${features.join(', ')}
    FROM read_parquet('${base}', file_row_number = true) AS b
    ASOF LEFT JOIN read_parquet([${files.map((file) => `'${file}'`)}], hive_partitioning = false) AS h
    ON b.loan_id = h.loan_id AND b.time >= h._event_time`
}

async function copy(sql: string, output: string): Promise<void> {
  await withDuckdb((connection) => connection.run(`COPY (${sql}) TO '${output}' (FORMAT parquet, COMPRESSION zstd)`))
}

async function assertSame(own: string, typed: string): Promise<void> {
  await withDuckdb(async (connection) => {
    const differing = await connection.runAndReadAll(
      `SELECT count(*) FROM '${own}' AS a POSITIONAL JOIN '${typed}' AS b WHERE a IS DISTINCT FROM b`,
    )
    const [count] = differing.getRows()[0] ?? []
    if (count !== 0n) throw new Error(`${count} rows of the join differ from those of the join by hand`)
  })
}

async function withDuckdb(use: (connection: DuckDBConnection) => Promise<unknown>): Promise<void> {
  const instance = await DuckDBInstance.create(':memory:', { memory_limit: MEMORY })
  const connection = await instance.connect()
  try {
    await use(connection)
  } finally {
    connection.closeSync()
    instance.closeSync()
  }
}

async function seconds(run: () => Promise<void>): Promise<number> {
  const start = performance.now()
  await run()
  return (performance.now() - start) / 1000
}

function median(values: number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN
}
